using System.CommandLine;

namespace ProofMesh.Cli;

/// <summary>Everything that can be typed after `proofmesh`.</summary>
static class CommandTree
{
    // A question may begin with @: no word is the name of a file with more words.
    static readonly ParserConfiguration Words = new() { ResponseFileTokenReplacer = null };
    static readonly RootCommand Root = Create();

    public static ParseResult Parse(IReadOnlyList<string> words) => Root.Parse(words, Words);

    static RootCommand Create()
    {
        var root = new RootCommand("ProofMesh: buy and sell language-model inference that can be proven.") { UpCommand.Create() };
        Command[] commands =
        [
            ChatCommand.Create(),
            WalletCommand.Create(),
            DepositCommand.Create(),
            ThawCommand.Create(),
            WithdrawCommand.Create(),
            GrantCommand.Create(),
            KeyCommand.Create(),
            ProviderCommand.Create(),
            ModelCommand.Create(),
            ReceiptsCommand.Create(),
            AuditCommand.Create(),
        ];
        foreach (var command in commands)
        {
            Given.AddTo(command);
            root.Add(command);
        }
        return root;
    }
}
