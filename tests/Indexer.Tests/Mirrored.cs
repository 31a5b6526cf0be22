using Dapper;
using ProofMesh.Chain.Contracts;
using ProofMesh.Indexer;
using ProofMesh.Testing;

namespace ProofMesh.Indexer_Tests;

/// <summary>A rail of a test's own, and a database that follows it when it is told to.</summary>
public abstract class Mirrored : IAsyncLifetime
{
    readonly TestPostgres postgres = new();
    Follower? follower;

    protected TestRail Rail { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Rail = await TestRail.StartAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Rail.DisposeAsync();
        await postgres.DisposeAsync();
    }

    /// <summary>What a query says once the mirror has caught up with the chain.</summary>
    protected async Task<T[]> SaysAsync<T>(string sql, object? parameters = null)
    {
        if (follower is null)
        {
            var mirror = new Mirror(postgres.DataSource, 0);
            await mirror.OpenAsync(Rail.Rail, 0, CancellationToken.None);
            follower = new Follower(await ChainReader.OpenAsync(Rail.Chain.Web3, Rail.Rail, CancellationToken.None), mirror, new IndexerOptions());
        }
        while (await follower.TurnAsync(CancellationToken.None)) { }
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        return [.. await connection.QueryAsync<T>(sql, parameters)];
    }

    /// <summary>Lets a provider earn: a payer's voucher is settled.</summary>
    protected async Task EarnAsync(TestNode node, TestPayer payer, ulong cumulative) =>
        await new SettlementContract(Rail.Deployer, Rail.Rail.Settlement).SettleAsync([], [payer.Voucher(node.Address, cumulative)], []);
}
