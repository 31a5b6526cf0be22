using System.CommandLine;
using System.Diagnostics;
using ProofMesh.Protocol;
using Spectre.Console;

namespace ProofMesh.Cli;

/// <summary>proofmesh up: the whole market on this machine. --demo buys the first answer, --once ends after it.</summary>
static class UpCommand
{
    public static Command Create()
    {
        var state = new Option<string>("--state") { Description = "Folder for everything that is written; emptied at the start.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "proofmesh-" + Environment.UserName) };
        var port = new Option<int>("--port") { Description = "Port of the gateway.", DefaultValueFactory = _ => 8080 };
        var demo = new Option<bool>("--demo") { Description = "Let a customer buy an answer while you watch." };
        var once = new Option<bool>("--once") { Description = "End after the demo." };
        var command = new Command("up", "Start a whole market on this machine: chain, Postgres, contracts, nodes, gateway.") { state, port, demo, once };
        command.SetAction((parsed, stop) => Output.Guard(() => Run(new MarketOptions { Folder = parsed.GetValue(state)!, GatewayPort = FreeOr(parsed.GetValue(port)) }, parsed.GetValue(demo) || parsed.GetValue(once), parsed.GetValue(once), stop)));
        return command;
    }

    static async Task<int> Run(MarketOptions options, bool demo, bool once, CancellationToken stop)
    {
        var started = Stopwatch.StartNew();
        await using var market = await LocalMarket.StartAsync(options, Step, stop);
        AnsiConsole.MarkupLineInterpolated($"The market is up after {started.Elapsed.TotalSeconds:0.0} s: {market.Providers.Count} nodes, chain {market.Rail.ChainId}.");
        AnsiConsole.WriteLine();
        using var customer = demo ? await new Demo(market, AnsiConsole.Console).Run(stop) : await Idle(market, stop);
        if (once) return 0;
        Invite(market, customer);
        try { await Task.Delay(Timeout.Infinite, stop); }
        catch (OperationCanceledException) { AnsiConsole.WriteLine("Stopping."); }
        return 0;
    }

    static async Task<Customer> Idle(LocalMarket market, CancellationToken stop)
    {
        var customer = await Customer.Arrive(market, "customer", new(100_000_000), stop);
        await using var web3 = new Chain.Web3(customer.Wallet, market.Rpc);
        await Escrowed.Deposit(web3, market.Rail, new(25_000_000), stop);
        await customer.SignIn(stop);
        return customer;
    }

    static void Invite(LocalMarket market, Customer customer)
    {
        var profile = Path.Combine(market.Folder, "profile.json");
        new Profile { Gateway = market.Gateway, Settlement = market.Settlement, Rpc = market.Rpc, Rail = Local(market.Rail), Wallet = customer.WalletFile }.Save(profile);
        var proofmesh = $"dotnet {Environment.ProcessPath switch { null => "proofmesh.dll", _ => Path.Combine(AppContext.BaseDirectory, "proofmesh.dll") }}";
        Console.WriteLine($"""

            API   {market.Gateway}/v1
            key   {customer.Key}
            files {market.Folder}

            Try, in another terminal:
              curl {market.Gateway}/v1/chat/completions -H "Authorization: Bearer {customer.Key}" -H "Content-Type: application/json" -d '{"{"}"model":"proofmesh-words","messages":[{"{"}"role":"user","content":"What is a book?"{"}"}]{"}"}'
              {proofmesh} chat "What is the opposite of hot?" --profile {profile}
              {proofmesh} receipts --profile {profile}

            Ctrl-C stops everything.
            """);
    }

    static RailOptions Local(Rail rail) => new()
    {
        ChainId = rail.ChainId,
        Token = rail.Token.ToString(),
        Escrow = rail.Escrow.ToString(),
        Staking = rail.Staking.ToString(),
        Settlement = rail.Settlement.ToString(),
        Decimals = rail.Decimals,
        Symbol = rail.Symbol,
    };

    // The usual port, or any other when somebody has it.
    static int FreeOr(int port)
    {
        try
        {
            using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
            probe.Start();
            return port;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return 0;
        }
    }

    static IDisposable Step(string step) => new ShownStep(step);

    sealed class ShownStep : IDisposable
    {
        readonly Stopwatch elapsed = Stopwatch.StartNew();
        readonly string step;

        public ShownStep(string step)
        {
            this.step = step;
            if (!Console.IsOutputRedirected) Console.Write($"  … {step}");
        }

        public void Dispose()
        {
            if (!Console.IsOutputRedirected) Console.Write('\r');
            Console.WriteLine($"  ✓ {step} ({elapsed.Elapsed.TotalSeconds:0.0} s)");
        }
    }
}
