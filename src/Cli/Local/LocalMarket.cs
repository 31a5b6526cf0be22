using System.Text.Json.Nodes;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>Whoever wants to see a step start and end.</summary>
delegate IDisposable ShowStep(string step);

/// <summary>The whole of ProofMesh on one machine: chain, Postgres, contracts, indexer, settlement, gateway and nodes.</summary>
sealed class LocalMarket : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly TokenAmount Stake = new(1_000_000_000);

    readonly MarketOptions options;
    readonly List<(LocalProcess Process, Func<LocalProcess> Restart)> services = [];
    readonly List<LocalProcess> bases = [];
    string? data;

    LocalMarket(MarketOptions options) => this.options = options;

    public Rail Rail { get; private set; } = null!;
    public string Rpc { get; private set; } = "";
    public string Gateway { get; private set; } = "";
    public string Settlement { get; private set; } = "";
    public string Database { get; private set; } = "";
    /// <summary>Holds all the test money.</summary>
    public Account Rich { get; } = Account.FromPrivateKey(LocalChain.RichKey);
    public List<(NodeOptions Options, Account Wallet, Account Node)> Providers { get; } = [];
    public string Folder => options.Folder;

    /// <summary>1 chain · 2 contracts · 3 Postgres · 4 indexer and settlement · 5 gateway · 6 providers stake · 7 nodes.</summary>
    public static async Task<LocalMarket> StartAsync(MarketOptions options, ShowStep step, CancellationToken stop)
    {
        var market = new LocalMarket(options);
        try
        {
            if (Directory.Exists(options.Folder)) Directory.Delete(options.Folder, recursive: true);
            Directory.CreateDirectory(options.Folder);
            await market.Start(step, stop);
            return market;
        }
        catch
        {
            await market.DisposeAsync();
            throw;
        }
    }

    async Task Start(ShowStep step, CancellationToken stop)
    {
        using (step("Ethereum chain")) await StartChain(stop);
        await using var web3 = new Web3(Rich, Rpc);
        using (step("contracts")) Rail = await RailDeployment.DeployAsync(web3, stop: stop);
        using (step("Postgres")) await StartPostgres(stop);
        using (step("providers stake USDT"))
            foreach (var node in options.Nodes) await Stakes(web3, node, stop);
        await LocalChain.Tick(web3, stop);
        using (step("indexer and settlement"))
        {
            await StartService("Indexer", "indexer", MarketConfig.Indexer(this), stop);
            Settlement = await StartService("Settlement", "settlement", MarketConfig.Settlement(this, await Funded(web3, "settler", stop)), stop);
        }
        using (step("gateway")) Gateway = await StartService("Gateway", "gateway", MarketConfig.Gateway(this, options.GatewayPort == 0 ? Ports.Free() : options.GatewayPort, NewKeyFile("spender", out _)), stop);
        using (step("nodes load the model"))
        {
            await Task.WhenAll(Providers.Select(provider => StartService("Provider", provider.Options.Name, MarketConfig.Node(this, provider, options), stop)));
            await Serving(stop);
        }
    }

    async Task StartChain(CancellationToken stop)
    {
        (var chain, Rpc) = await LocalChain.Start(options.Folder, Ports.Free(), stop);
        bases.Add(chain);
    }

    async Task StartPostgres(CancellationToken stop)
    {
        (var postgres, Database, data) = await LocalPostgres.Start(options.Folder, Ports.Free(), stop);
        bases.Add(postgres);
    }

    /// <summary>Gives an account ether for gas and test USDT.</summary>
    public async Task Fund(Web3 rich, Address account, TokenAmount tokens, CancellationToken stop)
    {
        await rich.SendTransactionAndWaitForReceiptAsync(new(account, []) { Value = 10_000_000_000_000_000_000 }, stop);
        if (!tokens.IsZero) await new TestTetherContract(rich, Rail.Token).TransferAsync(account, tokens, stop);
    }

    async Task<string> Funded(Web3 rich, string name, CancellationToken stop)
    {
        var file = NewKeyFile(name, out var account);
        await Fund(rich, account.Address, TokenAmount.Zero, stop);
        return file;
    }

    async Task Stakes(Web3 rich, NodeOptions node, CancellationToken stop)
    {
        NewKeyFile($"{node.Name}-wallet", out var wallet);
        NewKeyFile(node.Name, out var key);
        await Fund(rich, wallet.Address, Stake, stop);
        await Registration.Register(rich.As(wallet), Rail, Stake, key, stop);
        Providers.Add((node, wallet, key));
    }

    async Task<string> StartService(string service, string name, JsonObject config, CancellationToken stop)
    {
        var file = Path.Combine(options.Folder, $"{name}.json");
        await File.WriteAllTextAsync(file, config.ToJsonString(new() { WriteIndented = true }), stop);
        LocalProcess Launch() => LocalProcess.Start(name, options.Folder, Programs.Command(service, file));
        var process = Launch();
        lock (services) services.Add((process, Launch));
        return await process.WaitReady(Patience, stop);
    }

    /// <summary>The service of this name, as it runs now.</summary>
    public LocalProcess this[string name]
    {
        get { lock (services) return services.Find(service => service.Process.Name == name).Process; }
    }

    /// <summary>Starts a service again that was killed.</summary>
    public async Task Restart(string name, CancellationToken stop)
    {
        LocalProcess process;
        lock (services)
        {
            var at = services.FindIndex(service => service.Process.Name == name);
            process = services[at].Restart();
            services[at] = (process, services[at].Restart);
        }
        await process.WaitReady(Patience, stop);
    }

    async Task Serving(CancellationToken stop)
    {
        using var http = new HttpClient();
        for (var attempt = 0; attempt < 300; attempt++)
        {
            var models = JsonNode.Parse(await http.GetStringAsync(new Uri($"{Gateway}/v1/models"), stop));
            if (models?["data"] is JsonArray { Count: > 0 } list && list.Sum(model => model?["proofmesh"]?["offers"]?.AsArray().Count ?? 0) >= Providers.Count) return;
            await Task.Delay(100, stop);
        }
        throw new InvalidOperationException($"The nodes didn't reach the gateway. The end of {this["gateway"].LogFile}:\n{this["gateway"].Tail()}");
    }

    string NewKeyFile(string name, out Account account)
    {
        account = Account.Generate();
        var file = Path.Combine(options.Folder, $"{name}.key");
        KeyFile.Write(file, account);
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        // Nodes first: they hand over their last statement while the settler still listens.
        foreach (var (process, _) in Enumerable.Reverse(services)) await process.DisposeAsync();
        foreach (var process in Enumerable.Reverse(bases)) await process.DisposeAsync();
        if (data is not null) Directory.Delete(data, recursive: true);
        data = null;
    }
}
