using System.ClientModel;
using Npgsql;
using OpenAI;
using OpenAI.Chat;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Cli;
using ProofMesh.Protocol;

[assembly: AssemblyFixture(typeof(ProofMesh.EndToEnd.Tests.Market))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace ProofMesh.EndToEnd.Tests;

/// <summary>One whole market for all tests: real chain, real Postgres, every service as its own process, free ports.</summary>
public sealed class Market : IAsyncLifetime
{
    public const string Model = "proofmesh-words";
    public static readonly TokenAmount Deposit = new(5_000_000);
    int customers;

    internal LocalMarket Local { get; private set; } = null!;

    public Web3 Web3 { get; private set; } = null!;

    public EscrowContract Escrow { get; private set; } = null!;

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromMinutes(2) };

    public async ValueTask InitializeAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"proofmesh-e2e-{Environment.ProcessId}");
        var options = new MarketOptions { Folder = folder, Nodes = [new("node-one", "Cpu"), new("node-two", "Cpu")], StatementInterval = TimeSpan.FromSeconds(1) };
        Local = await LocalMarket.StartAsync(options, step => new Silence(step), TestContext.Current.CancellationToken);
        Web3 = new Web3(Local.Rpc);
        Escrow = new EscrowContract(Web3, Local.Rail.Escrow);
    }

    /// <summary>A customer with money in escrow, a grant and a key.</summary>
    internal async Task<Customer> Customer(CancellationToken stop, bool withMoney = true)
    {
        var customer = await Cli.Customer.Arrive(Local, $"customer-{Interlocked.Increment(ref customers)}", new(10_000_000), stop);
        if (withMoney)
        {
            await using var wallet = new Web3(customer.Wallet, Local.Rpc);
            await Escrowed.Deposit(wallet, Local.Rail, Deposit, stop);
        }
        await customer.SignIn(stop, withMoney);
        return customer;
    }

    internal ChatClient OpenAI(Customer customer) => new(Model, new ApiKeyCredential(customer.Key),
        new OpenAIClientOptions { Endpoint = new Uri($"{Local.Gateway}/v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0), NetworkTimeout = TimeSpan.FromMinutes(2) });

    /// <summary>The gateway's books contradict themselves nowhere: every entry sums to zero and every account to its postings.</summary>
    public async Task<string[]> BookFaults(CancellationToken stop)
    {
        await using var database = NpgsqlDataSource.Create(Local.Database);
        await using var command = database.CreateCommand("select fault from book_fault");
        await using var reader = await command.ExecuteReaderAsync(stop);
        var faults = new List<string>();
        while (await reader.ReadAsync(stop)) faults.Add(reader.GetString(0));
        return [.. faults];
    }

    /// <summary>Asks again until the answer satisfies, a minute at the most.</summary>
    public static async Task<T> Until<T>(Func<Task<T>> look, Func<T, bool> enough, CancellationToken stop)
    {
        for (var attempt = 0; ; attempt++)
        {
            var found = await look();
            if (enough(found) || attempt > 400) return found;
            await Task.Delay(200, stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (Web3 is not null) await Web3.DisposeAsync();
        if (Local is null) return;
        await Local.DisposeAsync();
        if (TestContext.Current.TestState?.Result != TestResult.Failed) Directory.Delete(Local.Folder, recursive: true);
    }

    sealed record Silence(string Step) : IDisposable
    {
        public void Dispose() { }
    }
}
