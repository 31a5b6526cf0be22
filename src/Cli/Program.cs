using System.CommandLine;
using ProofMesh.Cli;

var root = new RootCommand("ProofMesh: buy and sell language-model inference that can be proven.")
{
    UpCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
