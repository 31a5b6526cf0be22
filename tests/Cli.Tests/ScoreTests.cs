using System.Net;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli.Tests;

/// <summary>The score of a provider, counted again from what is settled and published.</summary>
public sealed class ScoreTests : OnChain
{
    [Fact]
    public async Task A_score_has_its_achievements_where_the_receipts_are_published_and_says_what_is_missing_otherwise()
    {
        var (node, owner) = (await Rail.NodeAsync(), await Owner(1, 0));
        var receipts = node.Receipts(12, owner.Address);
        var batch = new ReceiptBatch(node.Statement(receipts), receipts);
        await new SettlementContract(Rail.Deployer, Rail.Rail.Settlement).SettleAsync([], [], [batch.Statement], TestContext.Current.CancellationToken);
        await Status(null, 120, "names no settler");

        using var publishing = new Published(batch.Statement.Statement.Root, batch.Encode());
        await Status(publishing.Url, 140, null);
        var lie = new ReceiptBatch(batch.Statement, [.. receipts.Select(receipt => receipt with { Receipt = receipt.Receipt with { DurationMs = 1 } })]);
        using var lying = new Published(batch.Statement.Statement.Root, lie.Encode());
        await Status(lying.Url, 120, "doesn't publish the receipts");
        using var silent = new Published(default, []);
        await Status(silent.Url, 120, "doesn't publish the receipts");

        async Task Status(string? settlement, int score, string? missing)
        {
            await Use(owner, settlement: settlement ?? "");
            var status = await Done($"provider status {node.Provider}");
            Assert.Equal((score, score >= 100 ? "Silver" : ""), ((int)status["score"]!, (string)status["level"]!));
            if (missing is null) Assert.Equal("SpeedDemon", (string)status["achievements"]!);
            else Assert.Contains(missing, (string)status["achievements_missing"]!, StringComparison.Ordinal);
        }
    }

    /// <summary>A settler's page of one batch.</summary>
    sealed class Published : IDisposable
    {
        readonly HttpListener listener = new();
        readonly Task serving;

        public Published(Bytes32 root, byte[] content)
        {
            using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            }
            listener.Prefixes.Add(Url + "/");
            listener.Start();
            serving = ServeAsync(root, content);
        }

        public string Url { get; }

        public void Dispose()
        {
            listener.Close();
            serving.Wait(TimeSpan.FromSeconds(5));
        }

        async Task ServeAsync(Bytes32 root, byte[] content)
        {
            try
            {
                while (true)
                {
                    var call = await listener.GetContextAsync();
                    if (call.Request.RawUrl != $"/v1/batches/{root}") call.Response.StatusCode = 404;
                    else await call.Response.OutputStream.WriteAsync(content);
                    call.Response.Close();
                }
            }
            catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
