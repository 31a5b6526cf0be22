using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace ProofMesh.Bench;

/// <summary>
/// What the gateway adds to an answer: time to the first token over asking the server behind it, and requests a second.
/// Ours books every request in Postgres, checks a signed receipt and signs a voucher; the peer passes bytes on.
/// </summary>
internal static class GatewayBench
{
    private const int Warm = 300, Sequential = 500, Concurrent = 1_000, Streams = 32, Rounds = 3;
    private const string Question = "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"Say something.\"}],\"max_tokens\":100,\"stream\":true}";

    public static async Task<Report> RunAsync()
    {
        await using var upstream = await EchoServer.StartAsync();
        await using var market = await GatewayMarket.StartAsync();
        using var portkey = await Portkey.StartAsync();
        var direct = new Target("direct", upstream.Url, ["x"], []);
        var ours = new Target("ours", market.Url, market.ApiKeys, []);
        var peer = portkey is null ? null : new Target("portkey", portkey.Url, ["x"], new()
        {
            ["x-portkey-provider"] = "openai",
            ["x-portkey-custom-host"] = $"{upstream.Url}v1",
        });
        var targets = new[] { direct, ours, peer }.OfType<Target>().ToArray();
        foreach (var target in targets) await MeasureAsync(target, Warm, 8);

        Console.WriteLine($"20 tokens an answer, {Sequential} answers one by one and {Concurrent} with {Streams} at once; medians of {Rounds} interleaved rounds");
        Console.WriteLine("target    first token p50 ms    p99 ms    requests/s");
        var results = targets.ToDictionary(target => target, _ => new List<(double P50, double P99, double Rate)>());
        for (var round = 0; round < Rounds; round++)
            foreach (var target in targets)
            {
                var (waits, _) = await MeasureAsync(target, Sequential, 1);
                var (_, rate) = await MeasureAsync(target, Concurrent, Streams);
                results[target].Add((waits[waits.Length / 2], waits[waits.Length * 99 / 100], rate));
            }
        double First(Target target) => Median.Of(results[target], row => row.P50);
        double Rate(Target target) => Median.Of(results[target], row => row.Rate);
        foreach (var target in targets)
            Console.WriteLine($"{target.Name,-9} {First(target),18:F3} {Median.Of(results[target], row => row.P99),10:F3} {Rate(target),12:F0}");
        return new(
            $"Twenty tokens at once from a server in this process, asked {Sequential} times one by one and {Concurrent} times with {Streams} at once; medians of {Rounds} interleaved rounds. Ours books each request in Postgres, checks a signed receipt and signs a voucher. The last row is what it adds to the time to the first token (p50) over asking an OpenAI-shaped server directly.",
            peer is null ? "none: npm's @portkey-ai/gateway couldn't be installed or doesn't answer." : "npm's @portkey-ai/gateway 1.15.2 before an OpenAI-shaped server in this process; it passes bytes on and keeps no books. Its built-in pause of 25 ms before a stream's first event is taken out.",
            [
                new("answers", "per second", Rate(ours), peer is null ? null : Rate(peer), null),
                new("gateway", "ms added", First(ours) - First(direct), peer is null ? null : First(peer) - First(direct), 1, LessIsBetter: true),
            ]);
    }

    private sealed record Target(string Name, Uri Url, List<string> Keys, Dictionary<string, string> Headers);

    // The time to the first event with text of each answer, sorted, and answers a second.
    private static async Task<(double[] Waits, double Rate)> MeasureAsync(Target target, int answers, int streams)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = streams }) { BaseAddress = target.Url };
        foreach (var (name, value) in target.Headers) http.DefaultRequestHeaders.Add(name, value);
        var waits = new double[answers];
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, streams).Select(stream => Task.Run(async () =>
        {
            for (var i = stream; i < answers; i += streams)
                try
                {
                    waits[i] = await AskAsync(http, target.Keys[stream % target.Keys.Count]);
                }
                catch (HttpRequestException fault)
                {
                    throw new InvalidOperationException($"{target.Name} broke off an answer: {fault.Message}", fault);
                }
        })));
        var rate = answers / clock.Elapsed.TotalSeconds;
        Array.Sort(waits);
        return (waits, rate);
    }

    private static async Task<double> AskAsync(HttpClient http, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Question, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Authorization = new("Bearer", key);
        var start = Stopwatch.GetTimestamp();
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        var (first, done) = (0.0, false);
        while (await lines.ReadLineAsync() is { } line)
        {
            if (first == 0 && line.Contains("\"content\":\"word", StringComparison.Ordinal)) first = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (line.Contains("\"error\"", StringComparison.Ordinal)) throw new InvalidOperationException(line);
            done |= line == "data: [DONE]";
        }
        return done ? first : throw new InvalidOperationException("The answer broke off.");
    }
}
