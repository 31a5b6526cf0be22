using System.CommandLine;
using ProofMesh.Client;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>proofmesh receipts: what the wallet asked and paid.</summary>
static class ReceiptsCommand
{
    const int Most = 100;

    public static Command Create()
    {
        var limit = new Option<int>("--limit") { Description = $"How many, newest first; at most {Most}.", DefaultValueFactory = _ => 20 };
        var command = new Command("receipts", "What was asked and paid, newest first.") { limit, Show() };
        command.Act(async (given, party, stop) =>
        {
            if (given.GetValue(limit) is < 1 or > Most) throw new CommandException($"--limit must be from 1 to {Most}.");
            var paid = await (await party.Buyer(stop)).Account.GetReceiptsAsync(given.GetValue(limit), stop);
            if (given.AsJson()) return Output.Json(paid, CliJson.Default.IReadOnlyListPaidRequest);
            foreach (var request in paid) Console.WriteLine(Output.Plain(Line(request, party)));
            return 0;
        });
        return command;
    }

    static Command Show()
    {
        var id = new Argument<string>("request") { Description = "The request's id." };
        var command = new Command("show", "One request with its receipt.") { id };
        command.Act(async (given, party, stop) =>
        {
            var request = Amount.Request(given.GetValue(id)!);
            var paid = await (await party.Buyer(stop)).Account.GetReceiptAsync(request, stop);
            return given.AsJson() ? Output.Json(paid, CliJson.Default.PaidRequest) : Output.Lines([.. Told(paid, party), .. Signed(paid.Receipt)]);
        });
        return command;
    }

    static string Line(PaidRequest paid, Party party)
    {
        var tokens = paid.Receipt is { Receipt: var receipt } ? $"{receipt.PromptTokens}+{receipt.CompletionTokens} tokens" : "no receipt";
        return $"{paid.CreatedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss}  {paid.RequestId}  {paid.Status,-9}  {party.Show(paid.Paid),-16}  {tokens,-16}  {paid.Model}";
    }

    static IEnumerable<(string Name, string Value)> Told(PaidRequest paid, Party party) =>
    [
        ("request", paid.RequestId.ToString()),
        ("status", paid.Fault is null ? paid.Status : $"{paid.Status}: {paid.Fault}"),
        ("model", paid.Model),
        ("paid", party.Show(paid.Paid)),
        ("asked at", $"{paid.CreatedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss}"),
        ("node", paid.Node?.ToString() ?? "none"),
        ("provider", paid.Provider?.ToString() ?? "none"),
    ];

    static IEnumerable<(string Name, string Value)> Signed(SignedReceipt? signed) => signed is not { Receipt: var receipt } ? [("receipt", "none")] :
    [
        ("sequence", receipt.Sequence.ToString()),
        ("tokens", $"{receipt.PromptTokens} prompt ({receipt.CachedTokens} cached), {receipt.CompletionTokens} answer"),
        ("prices", $"{receipt.InputPrice} / {receipt.CachedPrice} / {receipt.OutputPrice} base units per 1,000,000 tokens of prompt / cached / answer"),
        ("time", $"first token after {receipt.FirstTokenMs} ms, done after {receipt.DurationMs} ms"),
        ("ended", receipt.Status.ToString()),
        ("receipt hash", receipt.StructHash().ToString()),
        ("signature", signed.Signature.ToString()),
    ];
}
