using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Settlement;
using ProofMesh.Testing;

[assembly: AssemblyFixture(typeof(ProofMesh.Settlement_Tests.RailFixture))]

namespace ProofMesh.Settlement_Tests;

/// <summary>One chain with one rail for the tests that leave it standing.</summary>
public sealed class RailFixture : IAsyncLifetime
{
    public TestRail Rail { get; private set; } = null!;

    /// <summary>For tests that don't settle anything of theirs.</summary>
    public TestNode Node { get; private set; } = null!;

    public TestPayer Payer { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Rail = await TestRail.StartAsync();
        (Node, Payer) = (await Rail.NodeAsync(), await Rail.PayerAsync(1_000_000));
    }

    public ValueTask DisposeAsync() => Rail.DisposeAsync();
}

/// <summary>The service's parts on a database and an account of their own, moved by hand.</summary>
sealed class Settler : IAsyncDisposable
{
    readonly TestRail rail;
    readonly Web3 web3;
    readonly Intake intake;

    Settler(TestRail rail, Account account, SettlementOptions options)
    {
        (this.rail, Account, Options) = (rail, account, options);
        web3 = rail.Chain.As(account);
        Chain = new ChainView(web3, rail.Rail);
        Outbox = new Outbox(Postgres.DataSource);
        intake = new Intake(rail.Rail, Ecdsa.Recover, new ContractWallets(rail.Chain.Web3.Eth, TimeProvider.System).AcceptsAsync, Chain, Outbox, new HashSet<Address>(), TimeProvider.System);
        Restart();
    }

    public TestPostgres Postgres { get; } = new();

    public Account Account { get; }

    public SettlementOptions Options { get; }

    public ChainView Chain { get; }

    public Outbox Outbox { get; }

    public Submitter Submitter { get; private set; } = null!;

    public Published Published => new(Postgres.DataSource);

    public Status Status => new(Postgres.DataSource);

    public static async Task<Settler> StartAsync(TestRail rail, SettlementOptions? options = null)
    {
        var account = Account.Generate();
        await rail.Chain.AskAsync("anvil_setBalance", account.Address.ToString(), "0xde0b6b3a7640000");
        return new Settler(rail, account, options ?? new SettlementOptions { Confirmations = 0, Plan = new PlanOptions { MaxAge = TimeSpan.Zero, Retry = TimeSpan.FromHours(1) } });
    }

    /// <summary>As after a crash: what was only in memory is gone.</summary>
    public void Restart() =>
        Submitter = new Submitter(web3, Account, rail.Rail, Chain, Outbox, new BatchStore(Postgres.DataSource), Options, TimeProvider.System, NullLogger<Submitter>.Instance);

    public async Task<SettlementAnswer> TakeAsync(SettlementSubmission submission, params Address[] served)
    {
        if (served.Length == 0) return await intake.TakeAsync(submission, CancellationToken.None);
        using var choosy = new Intake(rail.Rail, Ecdsa.Recover, new ContractWallets(rail.Chain.Web3.Eth, TimeProvider.System).AcceptsAsync, Chain, Outbox, served.ToHashSet(), TimeProvider.System);
        return await choosy.TakeAsync(submission, CancellationToken.None);
    }

    public Task<bool> TurnAsync() => Submitter.TurnAsync(CancellationToken.None);

    /// <summary>Turns until all batches are final and nothing more is sent.</summary>
    public async Task SettleAsync()
    {
        for (var quiet = 0; quiet < 2;)
        {
            await TurnAsync();
            var status = await Status.OutboxAsync(CancellationToken.None);
            quiet = status.OpenBatches + status.MinedBatches == 0 ? quiet + 1 : 0;
            if (quiet < 2) await Task.Delay(100);
        }
    }

    public async Task<T> AskAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await Postgres.DataSource.OpenConnectionAsync();
        return await connection.QuerySingleAsync<T>(sql, parameters);
    }

    public Task<TokenAmount> ClaimedAsync(TestPayer payer, TestNode node) => new EscrowContract(web3, rail.Rail.Escrow).ClaimedOfAsync(payer.Address, node.Address);

    public async Task<ulong> LastSequenceAsync(TestNode node) => (await new SettlementContract(web3, rail.Rail.Settlement).NodeOfAsync(node.Address)).LastSequence;

    public async ValueTask DisposeAsync()
    {
        intake.Dispose();
        await web3.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}
