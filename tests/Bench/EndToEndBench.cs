using System.Diagnostics;
using ProofMesh.Chain;
using ProofMesh.Cli;
using ProofMesh.Client;
using ProofMesh.Protocol;

namespace ProofMesh.Bench;

/// <summary>
/// A whole market on this machine and one customer: from the request to the first token, to the end of the answer and to the
/// receipt in a mined settlement. The peer is the same question at the node's own door, so that the ratio is the gateway's share.
/// </summary>
internal static class EndToEndBench
{
    private const string Model = "proofmesh-words";
    private const int Warm = 6, Rounds = 9;
    private const uint AnswerTokens = 64;
    private static readonly TokenAmount Gift = new(20_000_000), Deposit = new(10_000_000);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Words = ["river", "bridge", "winter", "candle", "harbor", "engine", "window", "mountain", "teacher"];

    public static async Task<Report> RunAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var folder = Path.Combine(Path.GetTempPath(), $"proofmesh-bench-{Environment.ProcessId}");
        var options = new MarketOptions { Folder = folder, Nodes = [new("node", "Cpu")], StatementInterval = TimeSpan.FromSeconds(1) };
        await using var market = await LocalMarket.StartAsync(options, step => new Progress(step), limit.Token);
        using var customer = await ArriveAsync(market, "customer", limit.Token);
        await customer.SignIn(limit.Token);
        using var payer = await ArriveAsync(market, "payer", limit.Token);
        using var door = await NodeDoor.OpenAsync(new Uri(await market["node"].Ready), market.Rail, payer.Wallet, limit.Token);
        var report = await MeasureAsync(market, customer, door, limit.Token);
        await market.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        return report;
    }

    private static async Task<Customer> ArriveAsync(LocalMarket market, string name, CancellationToken stop)
    {
        var customer = await Customer.Arrive(market, name, Gift, stop);
        await using var wallet = new Web3(customer.Wallet, market.Rpc);
        await Escrowed.Deposit(wallet, market.Rail, Deposit, stop);
        return customer;
    }

    private static async Task<Report> MeasureAsync(LocalMarket market, Customer customer, NodeDoor door, CancellationToken stop)
    {
        for (var i = 0; i < Warm; i++)
        {
            await AskGatewayAsync(customer, Words[i], stop);
            await door.AskAsync(Model, Question(Words[i]), AnswerTokens, stop);
        }
        List<Answer> ours = [], peers = [];
        List<double> settled = [];
        using var http = new HttpClient();
        for (var round = 0; round < Rounds; round++)
        {
            var question = Words[round];
            // Who asks first changes, since the second finds the node's caches warm.
            if (round % 2 == 1) peers.Add(await door.AskAsync(Model, Question(question), AnswerTokens, stop));
            var answer = await AskGatewayAsync(customer, question, stop);
            ours.Add(answer);
            if (round % 2 == 0) peers.Add(await door.AskAsync(Model, Question(question), AnswerTokens, stop));
            settled.Add(await SettledAsync(http, market, answer, stop));
        }
        return new(
            $"A market of one Cpu node (one thread, float32), gateway, indexer and settlement as their own processes over Postgres and a chain with a block a second; {Rounds} questions after {Warm} to warm up, at most {AnswerTokens} tokens each, medians. Settled means that the receipt's statement is in a mined transaction; nodes hand over a statement and the settler a batch at least once a second. The last row is the time from the request to the first token.",
            "the same question at the node's own door: frames over HTTP, each voucher signed by the customer's wallet, no gateway.",
            [
                new("end of the answer, receipt included", "ms", Median.Of(ours, answer => answer.EndMs), Median.Of(peers, answer => answer.EndMs), null, LessIsBetter: true),
                new("tokens, from the request to the receipt", "per second", Median.Of(ours, answer => answer.TokensPerSecond), Median.Of(peers, answer => answer.TokensPerSecond), null),
                new("settled receipt", "ms", Median.Of(settled), null, 10_000, LessIsBetter: true),
                new("e2e", "ms", Median.Of(ours, answer => answer.FirstMs), Median.Of(peers, answer => answer.FirstMs), 500, LessIsBetter: true),
            ]);
    }

    private static string Question(string word) => $"What does the word '{word}' mean?";

    private static async Task<Answer> AskGatewayAsync(Customer customer, string word, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        double? first = null;
        SignedReceipt? receipt = null;
        var question = new ChatQuestion { Model = Model, Messages = [new("user", Question(word))], MaxTokens = AnswerTokens, Temperature = 0 };
        await foreach (var piece in customer.Mesh.Chat.StreamAsync(question, stop))
        {
            if (piece.Text.Length > 0) first ??= Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            receipt = piece.Receipt?.Receipt ?? receipt;
        }
        var end = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new(start, first ?? end, end, receipt!.Receipt.CompletionTokens, receipt.Receipt.RequestId);
    }

    private static async Task<double> SettledAsync(HttpClient http, LocalMarket market, Answer answer, CancellationToken stop)
    {
        while (Stopwatch.GetElapsedTime(answer.Start) < Patience)
        {
            if (await Verification.Find(http, market.Settlement, answer.RequestId, stop) is { Transaction: not null, State: "mined" or "final" })
                return Stopwatch.GetElapsedTime(answer.Start).TotalMilliseconds;
            await Task.Delay(20, stop);
        }
        throw new InvalidOperationException($"The receipt of {answer.RequestId} isn't settled after {Patience.TotalSeconds} s.");
    }

    private sealed record Progress(string Step) : IDisposable
    {
        private readonly long start = Stopwatch.GetTimestamp();

        public void Dispose() => Console.WriteLine($"{Step}: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
    }
}

/// <param name="Start">A timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="EndMs">When the receipt was read, and through a gateway the answer's end.</param>
internal sealed record Answer(long Start, double FirstMs, double EndMs, uint Tokens, Bytes32 RequestId)
{
    public double TokensPerSecond => Tokens * 1000 / EndMs;
}
