using Dapper;
using Npgsql;
using ProofMesh.Indexer;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Indexer_Tests;

public sealed class AchievementTests : IAsyncLifetime
{
    readonly TestPostgres postgres = new();
    readonly Rail rail = new(31337, Address.Parse($"0x{1:x40}"), Address.Parse($"0x{2:x40}"), Address.Parse($"0x{3:x40}"), Address.Parse($"0x{4:x40}"));
    TestNode node = null!;
    NpgsqlConnection connection = null!;

    public async ValueTask InitializeAsync()
    {
        var provider = Chain.Account.Generate();
        node = new TestNode(rail, new Chain.Web3(provider, "http://127.0.0.1:1"), Chain.Account.Generate());
        connection = await postgres.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            insert into chain.cursor (chain_id, settlement, escrow, staking, start_block, number, head, confirmed)
            select 1, x, x, x, 0, 10, 10, 10 from (select decode(repeat('00', 20), 'hex')) as z (x);
            insert into chain.block (number, hash, parent_hash, timestamp)
            select i, sha256(int4send(i)), sha256(int4send(i - 1)), i from generate_series(1, 10) as i
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await postgres.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(499)]
    [InlineData(500)]
    [InlineData(1_499)]
    [InlineData(1_500)]
    [InlineData(3_999)]
    [InlineData(4_000)]
    [InlineData(9_999)]
    [InlineData(10_000)]
    [InlineData(ulong.MaxValue)]
    public async Task The_database_and_the_protocol_agree_on_levels(ulong score) =>
        Assert.Equal((int)Score.LevelOf(score), await connection.QuerySingleAsync<int>("select chain.level_of(@score)", new { score }));

    [Fact]
    public async Task Receipts_that_were_published_and_not_settled_earn_nothing()
    {
        await PublishAsync(node.Receipts(12, rail.Token));

        await TurnAsync();

        Assert.Equal(0, await connection.QuerySingleAsync<long>("select count(*) from chain.achievement"));
    }

    [Fact]
    public async Task Settled_and_published_receipts_earn_what_the_protocol_says()
    {
        var receipts = node.Receipts(12, rail.Token);
        await SettleAsync(await PublishAsync(receipts), receipts, block: 5);

        await TurnAsync();

        var (score, level, earned) = await connection.QuerySingleAsync<(ulong, int, int)>("select score, level, achievements from chain.provider where provider = @Provider", node);
        Assert.Equal((int)Score.Earned(receipts.Select(signed => signed.Receipt)), earned);
        Assert.Equal((12UL * 10 + 20, 2), (score, level));
    }

    [Fact]
    public async Task What_later_statements_add_is_counted_together_with_the_earlier_ones()
    {
        foreach (var block in new[] { 3, 4, 5 })
        {
            var receipts = node.Receipts(20, rail.Token);
            await SettleAsync(await PublishAsync(receipts), receipts, block);
            await TurnAsync();
        }

        Assert.Equal((int)(Achievements.SpeedDemon | Achievements.Perfectionist), await connection.QuerySingleAsync<int>("select earned from chain.achievement"));
    }

    [Fact]
    public async Task A_reorganisation_takes_achievements_back_with_their_statement()
    {
        var (stays, goes) = (node.Receipts(10, rail.Token), node.Receipts(45, rail.Token));
        await SettleAsync(await PublishAsync(stays), stays, block: 3);
        await SettleAsync(await PublishAsync(goes), goes, block: 7);
        await TurnAsync();

        await connection.ExecuteAsync("delete from chain.block where number > 6");
        Assert.Equal(0, await connection.QuerySingleAsync<long>("select count(*) from chain.achievement"));
        await TurnAsync();

        Assert.Equal((int)Achievements.SpeedDemon, await connection.QuerySingleAsync<int>("select earned from chain.achievement"));
    }

    [Fact]
    public async Task A_statement_that_is_published_late_is_counted_in_its_place()
    {
        // 30 and 30 in a row make 50, but for the failure that lies between them.
        var (first, between, last) = (node.Receipts(30, rail.Token), new[] { node.Receipt(rail.Token, status: ReceiptStatus.ProviderError) }, node.Receipts(30, rail.Token));
        await SettleAsync(await PublishAsync(first), first, block: 3);
        await SettleAsync(node.Statement(between), between, block: 4);
        await SettleAsync(await PublishAsync(last), last, block: 5);
        await TurnAsync();
        Assert.Equal((int)(Achievements.SpeedDemon | Achievements.Perfectionist), await connection.QuerySingleAsync<int>("select earned from chain.achievement"));

        await PublishAsync(between);
        await TurnAsync();

        var earned = await connection.QuerySingleAsync<int>("select earned from chain.achievement");
        Assert.Equal((int)Score.Earned([.. first.Concat(between).Concat(last).Select(signed => signed.Receipt)]), earned);
        Assert.Equal((int)Achievements.SpeedDemon, earned);
    }

    [Fact]
    public async Task Statement_by_statement_earns_what_all_at_once_earns()
    {
        var all = new List<SignedReceipt>();
        for (var block = 1; block <= 9; block++)
        {
            SignedReceipt[] receipts = [.. Enumerable.Range(0, 13).Select(i => node.Receipt(rail.Token, durationMs: 1_500u + (uint)(100 * i), status: i == block ? ReceiptStatus.CancelledByClient : ReceiptStatus.Completed))];
            all.AddRange(receipts);
            await SettleAsync(await PublishAsync(receipts), receipts, block);
            await TurnAsync();
        }

        var progress = all.Aggregate(AchievementProgress.None, (sum, signed) => sum.After(signed.Receipt));
        Assert.Equal(
            ((int)progress.Earned, progress.Fast, progress.Served, progress.Row, 16 * progress.Runs.Count, 9),
            await connection.QuerySingleAsync<(int, ulong, ulong, ulong, int, int)>("select earned, fast, served, in_a_row, octet_length(runs), statements from chain.achievement"));
    }

    async Task<SignedStatement> PublishAsync(SignedReceipt[] receipts)
    {
        var statement = node.Statement(receipts);
        await connection.ExecuteAsync("insert into settlement.receipt_batch (root, node, provider, receipts, content) values (@Root, @Address, @Provider, @Length, @content)",
            new { statement.Statement.Root, node.Address, node.Provider, receipts.Length, content = new ReceiptBatch(statement, receipts).Encode() });
        return statement;
    }

    Task SettleAsync(SignedStatement signed, SignedReceipt[] receipts, int block) => connection.ExecuteAsync("""
        insert into chain.statement_settled (block_number, log_index, transaction_hash, provider, node, number, first_sequence, last_sequence, root, completed, tokens, fees, points)
        values (@block, 0, @Root, @Provider, @Address, 0, @FirstSequence, @LastSequence, @Root, @Completed, @Tokens, @Fees, @Points)
        """, new
    {
        block,
        signed.Statement.Root,
        node.Provider,
        node.Address,
        signed.Statement.FirstSequence,
        signed.Statement.LastSequence,
        Completed = (ulong)receipts.Length,
        signed.Totals.Tokens,
        signed.Totals.Fees,
        signed.Totals.Points,
    });

    Task TurnAsync() => new AchievementCount(postgres.DataSource).TurnAsync(CancellationToken.None);
}
