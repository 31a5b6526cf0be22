using System.CommandLine;
using ProofMesh.Cli;
using Spectre.Console;

// A pipe or a file has no width: lines stay whole.
if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 1_000;

// A market needs some seconds to hand over its last statements and to stop Postgres.
var patience = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await CommandTree.Parse(args).InvokeAsync(patience);
