using System.CommandLine;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>proofmesh audit: believes nobody but the chain. Exits with 1 when anything is wrong.</summary>
static class AuditCommand
{
    const int MostBytes = 1 << 20;

    public static Command Create() => new("audit", "Check what others claim, and have fraud punished.") { Receipt(), ReportCommand.Create(), ReportCommand.Collect(), ChallengeCommand.Create(), AuditorCommand.Create() };

    static Command Receipt()
    {
        var id = new Argument<string?>("request") { Description = "The request's id.", Arity = ArgumentArity.ZeroOrOne };
        var settlement = new Option<string?>("--settlement") { Description = "A settler that publishes receipts, in place of the profile's.", HelpName = "URL" };
        var file = new Option<string?>("--file") { Description = "A published receipt (JSON) in place of a settler's." };
        var offline = new Option<bool>("--offline") { Description = "Don't ask the chain." };
        var command = new Command("receipt", "Check a receipt: its arithmetic, signatures, place in the statement, and what the chain says of it.") { id, settlement, file, offline };
        command.Validators.Add(result =>
        {
            if (result.GetValue(id) is null == result.GetValue(file) is null) result.AddError("Give a request's id or --file, one of them.");
            if (result.GetValue(file) is not null && result.GetValue(settlement) is not null) result.AddError("--file and --settlement exclude each other.");
        });
        command.Act(async (given, party, stop) =>
        {
            var published = given.GetValue(file) is { } path ? Evidence.Published(path) : await Fetch(given.GetValue(settlement) ?? party.Settlement, Amount.Request(given.GetValue(id)!), stop);
            List<Check> checks = [.. ReceiptAudit.Offline(published, party.Rail)];
            if (!given.GetValue(offline)) checks.AddRange(await ReceiptAudit.OnChain(await party.Reader(stop), party.Rail, published, stop));
            return Tell(published, [.. checks], given.AsJson());
        });
        return command;
    }

    static async Task<PublishedReceipt> Fetch(string settlement, Bytes32 request, CancellationToken stop)
    {
        using var http = new HttpClient { MaxResponseContentBufferSize = MostBytes, Timeout = TimeSpan.FromSeconds(30) };
        PublishedReceipt? published;
        try
        {
            published = await Verification.Find(http, Profile.Url(settlement, "Settlement").OriginalString.TrimEnd('/'), request, stop);
        }
        catch (JsonException fault)
        {
            throw new CommandException($"What {settlement} answers is no published receipt: {fault.Message}");
        }
        if (published is null) throw new CommandException($"{settlement} has no receipt of request {request}: its node may not have handed in its statement yet.");
        return published.Proof.Receipt.Receipt.RequestId == request ? published : throw new CommandException($"{settlement} answers with the receipt of another request, {published.Proof.Receipt.Receipt.RequestId}.");
    }

    static int Tell(PublishedReceipt published, Check[] checks, bool json)
    {
        var holds = checks.All(check => check.Holds);
        var request = published.Proof.Receipt.Receipt.RequestId;
        if (json)
        {
            Output.Json(new AuditView(holds, request, published.Transaction, published.State, checks), CliJson.Default.AuditView);
            return holds ? 0 : 1;
        }
        Console.WriteLine($"request {request}");
        foreach (var check in checks) Console.WriteLine(Output.Plain($"{(check.Holds ? "✓" : "✗")} {check.Name,-14}{check.Says}"));
        Console.WriteLine(holds ? "Everything holds." : "This receipt is not to be believed.");
        return holds ? 0 : 1;
    }
}
