using System.Numerics;
using Dapper;
using ProofMesh.Chain.Contracts;
using ProofMesh.Indexer;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Indexer_Tests;

public sealed class FollowerTests : IAsyncLifetime
{
    readonly TestPostgres postgres = new();
    TestRail rail = null!;

    public async ValueTask InitializeAsync() => rail = await TestRail.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await rail.DisposeAsync();
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task A_database_of_another_rail_is_refused()
    {
        await OpenAsync();
        var other = rail.Rail with { Settlement = rail.Rail.Escrow };

        await Assert.ThrowsAsync<InvalidOperationException>(() => new Mirror(postgres.DataSource, 0).OpenAsync(other, 0, CancellationToken.None));
    }

    [Fact]
    public async Task A_second_indexer_of_one_database_writes_nothing()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        await CatchUpAsync(first);
        await CatchUpAsync(second);
        await rail.Chain.MineAsync(3);
        var results = await Task.WhenAll(Turn(first), Turn(second));

        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        Assert.Equal(0, await connection.QuerySingleAsync<long>("select count(*) - count(distinct number) from chain.block"));
        Assert.Contains(true, results);

        static async Task<bool> Turn(Follower follower)
        {
            try
            {
                await follower.TurnAsync(CancellationToken.None);
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task The_views_say_what_the_contracts_say()
    {
        var payer = await rail.PayerAsync(10_000_000);
        var escrow = new EscrowContract(payer.Web3, rail.Rail.Escrow);
        var node = await rail.NodeAsync();
        await new StakingContract(node.Web3, rail.Rail.Staking).AnnounceAsync("https://node.example", "{\"models\":[]}");
        await new StakingContract(node.Web3, rail.Rail.Staking).UnstakeAsync(new TokenAmount(40_000_000));
        await escrow.ThawAsync(new TokenAmount(1_000_000));
        var receipts = node.Receipts(3, payer.Address);
        await new SettlementContract(rail.Deployer, rail.Rail.Settlement).SettleAsync(
            [payer.Grant()], [payer.Voucher(node.Address, 90, payer.Spender)], [node.Statement(receipts)]);
        await escrow.RevokeGrantsAsync();

        await CatchUpAsync(await OpenAsync());

        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        var (balance, thawing, reserved, spent, epoch) = await connection.QuerySingleAsync<(TokenAmount, TokenAmount, TokenAmount, TokenAmount, uint)>(
            "select balance, thawing, reserved, spent, epoch from chain.payer where payer = @Address", payer);
        Assert.Equal(await escrow.AccountOfAsync(payer.Address), (balance, thawing, reserved, spent, epoch));
        Assert.Equal(
            await escrow.AvailableOfAsync(payer.Address),
            await connection.QuerySingleAsync<TokenAmount>("select available from chain.payer where payer = @Address", payer));
        var provider = await connection.QuerySingleAsync<(TokenAmount Stake, TokenAmount Unbonding, ulong Completed, ulong Tokens, ulong Points, BigInteger Score, int Level, string Endpoint, long Nodes)>(
            "select stake, unbonding, completed, tokens, points, score, level, endpoint, nodes from chain.provider where provider = @Provider", node);
        Assert.Equal((new TokenAmount(160_000_000), new TokenAmount(40_000_000), 3UL, 450UL, 30UL, (BigInteger)30, 1, "https://node.example", 1L), provider);
        Assert.Equal(90UL, await connection.QuerySingleAsync<ulong>("select claimed from chain.pair where payer = @payer and node = @node", new { payer = payer.Address, node = node.Address }));
        Assert.Equal((3UL, 1L), await connection.QuerySingleAsync<(ulong, long)>("select last_sequence, statements from chain.node where node = @Address", node));
        var (left, endsAt) = await connection.QuerySingleAsync<(TokenAmount, ulong?)>("select left_to_spend, ends_at from chain.grant where payer = @payer", new { payer = payer.Address });
        Assert.Equal(new TokenAmount(1_000_000_000 - 90), left);
        Assert.NotNull(endsAt);
    }

    [Fact]
    public async Task A_withdrawal_sweeps_the_thaws_that_were_ready()
    {
        var payer = await rail.PayerAsync(5_000_000);
        var escrow = new EscrowContract(payer.Web3, rail.Rail.Escrow);
        await escrow.ThawAsync(new TokenAmount(1_000_000));
        await rail.Chain.PassAsync(TimeSpan.FromHours(2));
        await escrow.ThawAsync(new TokenAmount(500_000));
        await escrow.WithdrawAsync(payer.Address);

        await CatchUpAsync(await OpenAsync());

        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        Assert.Equal(
            (new TokenAmount(4_000_000), new TokenAmount(500_000)),
            await connection.QuerySingleAsync<(TokenAmount, TokenAmount)>("select balance, thawing from chain.payer where payer = @Address", payer));
    }

    [Fact]
    public async Task Deposits_give_no_credit_before_they_are_confirmed()
    {
        var payer = await rail.PayerAsync(5_000_000);

        await CatchUpAsync(await OpenAsync(confirmations: 100_000));

        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        Assert.Equal(
            (new TokenAmount(5_000_000), TokenAmount.Zero),
            await connection.QuerySingleAsync<(TokenAmount, TokenAmount)>("select balance, available from chain.payer where payer = @Address", payer));
    }

    [Fact]
    public async Task A_reorganisation_takes_back_what_its_blocks_held()
    {
        var stays = await rail.PayerAsync(1_000_000);
        await rail.Chain.MineAsync(20);
        var follower = await OpenAsync();
        await CatchUpAsync(follower);
        var goes = await rail.PayerAsync(2_000_000);
        await CatchUpAsync(follower);
        Assert.Equal([stays.Address, goes.Address], await PayersAsync());

        await rail.Chain.ReorganiseAsync(15);
        await rail.Chain.MineAsync(3);
        await CatchUpAsync(follower);

        Assert.Equal([stays.Address], await PayersAsync());
        await SameChainAsync();
    }

    [Fact]
    public async Task Ranges_and_single_blocks_give_the_same_mirror()
    {
        var payer = await rail.PayerAsync(3_000_000);
        await rail.Chain.MineAsync(300);

        await CatchUpAsync(await OpenAsync(nearHead: 1));

        Assert.Equal([payer.Address], await PayersAsync());
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        Assert.InRange(await connection.QuerySingleAsync<long>("select count(*) from chain.block"), 3, 100);
    }

    async Task<Follower> OpenAsync(ulong confirmations = 0, int nearHead = 64)
    {
        var mirror = new Mirror(postgres.DataSource, confirmations);
        await mirror.OpenAsync(rail.Rail, 0, CancellationToken.None);
        return new Follower(await ChainReader.OpenAsync(rail.Chain.Web3, rail.Rail, CancellationToken.None), mirror, new IndexerOptions { NearHead = nearHead });
    }

    static async Task CatchUpAsync(Follower follower)
    {
        while (await follower.TurnAsync(CancellationToken.None)) { }
    }

    async Task<IEnumerable<Address>> PayersAsync()
    {
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        return await connection.QueryAsync<Address>("select payer from chain.payer order by deposited");
    }

    async Task SameChainAsync()
    {
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        foreach (var (number, hash) in await connection.QueryAsync<(long, Bytes32)>("select number, hash from chain.block"))
            Assert.Equal((await rail.Chain.Web3.Eth.GetBlockByNumberAsync((ulong)number))!.Hash, hash);
    }
}
