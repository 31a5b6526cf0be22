using System.CommandLine;
using ProofMesh.Cli;
using Spectre.Console;

// A pipe or a file has no width: lines stay whole.
if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 1_000;

var root = new RootCommand("ProofMesh: buy and sell language-model inference that can be proven.")
{
    UpCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
