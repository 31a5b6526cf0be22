using System.CommandLine;
using ProofMesh.Cli;
using Spectre.Console;

// A pipe or a file has no width: lines stay whole.
if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 1_000;

return await CommandTree.Parse(args).InvokeAsync();
