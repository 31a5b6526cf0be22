using System.CommandLine;

namespace ProofMesh.Cli;

/// <summary>What may be said to every command.</summary>
static class Given
{
    static readonly Option<string?> Profile = new("--profile") { Description = "The market's profile. [default: PROOFMESH_PROFILE, then ~/.proofmesh/profile.json]", HelpName = "FILE", Recursive = true };
    static readonly Option<string?> WalletFile = new("--wallet") { Description = "A wallet in place of the profile's.", HelpName = "FILE", Recursive = true };
    static readonly Option<bool> Json = new("--json") { Description = "Answer in JSON, amounts in base units.", Recursive = true };

    public static void AddTo(Command command)
    {
        command.Options.Add(Profile);
        command.Options.Add(WalletFile);
        command.Options.Add(Json);
    }

    /// <summary>Lets a command run within a market, with its faults in words.</summary>
    public static void Act(this Command command, Func<ParseResult, Party, CancellationToken, Task<int>> run) =>
        command.SetAction((given, stop) => Output.Guard(async () =>
        {
            await using var party = new Party(Cli.Profile.Load(given.GetValue(Profile)), given.GetValue(WalletFile));
            return await run(given, party, stop);
        }));

    public static bool AsJson(this ParseResult given) => given.GetValue(Json);

    /// <summary>The wallet that --wallet or the profile names, where a command needs no market.</summary>
    public static string Wallet(this ParseResult given) => given.GetValue(WalletFile) ?? Cli.Profile.Load(given.GetValue(Profile)).Wallet;
}
