using System.Text.Json.Nodes;
using ProofMesh.Chain;
using ProofMesh.Cli;
using ProofMesh.Protocol;

namespace ProofMesh.EndToEnd.Tests;

/// <summary>A node of the market that serves direct customers alone, with options of its own.</summary>
sealed class PrivateNode : IAsyncDisposable
{
    static readonly TokenAmount Stake = new(1_000_000_000);
    static int nodes;
    readonly LocalProcess process;

    PrivateNode(LocalProcess process, Uri url, Address provider) => (this.process, Url, Provider) = (process, url, provider);

    public Uri Url { get; }

    public Address Provider { get; }

    public static async Task<PrivateNode> StartAsync(Market market, CancellationToken stop, params (string Name, JsonNode Value)[] options)
    {
        var (local, name) = (market.Local, $"private-node-{Interlocked.Increment(ref nodes)}");
        Account wallet = Account.Generate(), key = Account.Generate();
        KeyFile.Write(Path.Combine(local.Folder, $"{name}.key"), key);
        await using (var rich = new Web3(local.Rich, local.Rpc))
        {
            await local.Fund(rich, wallet.Address, Stake, stop);
            await local.Fund(rich, key.Address, TokenAmount.Zero, stop);
            await Registration.Register(rich.As(wallet), local.Rail, Stake, key, stop);
        }
        var config = MarketConfig.Node(local, (new NodeOptions(name, "Cpu"), wallet, key), new MarketOptions { Folder = local.Folder, StatementInterval = TimeSpan.FromSeconds(1) });
        config["Gateways"] = new JsonArray();
        foreach (var (option, value) in options) config[option] = value;
        var file = Path.Combine(local.Folder, $"{name}.json");
        await File.WriteAllTextAsync(file, config.ToJsonString(), stop);
        var started = LocalProcess.Start(name, local.Folder, Programs.Command("Provider", file));
        return new PrivateNode(started, new Uri(await started.WaitReady(TimeSpan.FromMinutes(2), stop)), wallet.Address);
    }

    /// <summary>All that it has said so far.</summary>
    public string Log()
    {
        using var reader = new StreamReader(new FileStream(process.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
