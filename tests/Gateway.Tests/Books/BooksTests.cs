using System.Numerics;
using Dapper;
using ProofMesh.Gateway;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

public sealed class BooksTests : IAsyncLifetime
{
    TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task Money_that_is_thawing_gives_no_credit()
    {
        var customer = await gateway.CustomerAsync(deposit: 1000);
        await gateway.ThawAsync(customer.Wallet.Address, 900);
        await ReconcileAsync();

        Assert.Equal(new BigInteger(100), (await customer.BalanceAsync()).Available);
    }

    [Fact]
    public async Task Money_that_leaves_while_it_is_promised_leaves_less_than_nothing()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        var customer = await gateway.CustomerAsync(deposit: 1000);
        await customer.AnswerAsync();
        await gateway.ThawAsync(customer.Wallet.Address, 990);
        await ReconcileAsync();

        Assert.Equal(new BigInteger(-10), (await customer.BalanceAsync()).Available);
        Assert.Equal(402, (await customer.RefusedAsync(customer.AskAsync())).Status);
    }

    [Fact]
    public async Task A_claim_on_chain_moves_unsettled_to_settled_and_a_reorg_moves_it_back()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        var customer = await gateway.CustomerAsync(deposit: 1000);
        await customer.AnswerAsync();
        await gateway.ClaimAsync(customer.Wallet.Address, node.Key.Address, 15, 15);
        await ReconcileAsync();
        Assert.Equal(new Balance(980, new(0), new(5), new(15)), await customer.BalanceAsync());

        await gateway.ReorganiseAsync();
        await ReconcileAsync();

        Assert.Equal(new Balance(980, new(0), new(20), new(0)), await customer.BalanceAsync());
    }

    [Fact]
    public async Task A_claim_for_vouchers_that_others_signed_is_booked_too()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        var customer = await gateway.CustomerAsync(deposit: 1000);
        await customer.AnswerAsync();
        await gateway.ClaimAsync(customer.Wallet.Address, node.Key.Address, 120, 120);
        await ReconcileAsync();

        Assert.Equal(new Balance(880, new(0), new(0), new(120)), await customer.BalanceAsync());
    }

    [Fact]
    public async Task A_hundred_requests_at_once_never_reserve_more_than_there_is()
    {
        var customer = await gateway.CustomerAsync(deposit: 1000, keyBody: "{\"cap\":\"700\"}");
        var books = gateway.Service<Books>();
        var key = await KeyAsync(customer);

        var faults = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => books.ReserveAsync(Reservation(customer, 30, key), CancellationToken.None))));

        Assert.Equal(23, faults.Count(fault => fault == BookFault.None));
        Assert.All(faults, fault => Assert.True(fault is BookFault.None or BookFault.KeyExhausted));
        var free = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => books.ReserveAsync(Reservation(customer, 30, null), CancellationToken.None))));
        Assert.Equal(10, free.Count(fault => fault == BookFault.None));
        Assert.Equal(new Balance(10, new(990), new(0), new(0)), await customer.BalanceAsync());
    }

    [Fact]
    public async Task Fifty_requests_at_once_are_each_paid_once()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        using var one = new SemaphoreSlim(1);
        // A node asks one spender of a payer at a time.
        node.Answer = async (self, generate) =>
        {
            await one.WaitAsync();
            await self.ServeAsync(generate, 5);
            one.Release();
        };
        var customer = await gateway.CustomerAsync(deposit: 1_000_000);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => customer.AnswerAsync()));

        Assert.Equal(new Balance(999_000, new(0), new(1000), new(0)), await customer.BalanceAsync());
        Assert.Equal(new TokenAmount(1000), (await node.PaidAsync(50))[^1].Voucher.Cumulative);
    }

    [Fact]
    public async Task A_gateway_that_was_killed_gives_back_what_no_voucher_paid()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        var paused = new TaskCompletionSource();
        node.Answer = async (self, generate) =>
        {
            for (var i = 0; i < 64; i++) await self.SendAsync(new ChunkFrame(generate.Id, i, [i], "x", 10));
            await self.CollectAsync(generate, 10, 64, TokenAmount.Zero);
            paused.SetResult();
        };
        var customer = await gateway.CustomerAsync();
        var asked = customer.AskAsync(stream: true);
        await paused.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.NotEqual(new TokenAmount(0), (await customer.BalanceAsync()).Reserved);

        await gateway.RestartAsync();

        Assert.Equal(new Balance(10_000_000 - 138, new(0), new(138), new(0)), await customer.BalanceAsync());
        await IgnoreAsync(asked);
    }

    [Fact]
    public async Task A_voucher_is_known_to_the_next_gateway_and_is_shown_to_the_node()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        var customer = await gateway.CustomerAsync();
        await customer.AnswerAsync();
        var first = (await node.PaidAsync(1))[0];

        await gateway.RestartAsync();
        await using var again = await TestNode.JoinAsync(gateway, new TestNode { Key = node.Key, Provider = node.Provider, Manifest = node.Manifest }, register: false);
        await customer.AnswerAsync();

        Assert.Equal(first, again.Asked[0].Last);
        Assert.Equal(new TokenAmount(40), (await again.PaidAsync(1))[0].Voucher.Cumulative);
        Assert.Equal(new TokenAmount(40), (await customer.BalanceAsync()).Unsettled);
    }

    [Fact]
    public async Task A_voucher_for_a_request_that_has_ended_is_not_written_and_so_not_sent()
    {
        var customer = await gateway.CustomerAsync();
        var books = gateway.Service<Books>();
        var reservation = Reservation(customer, 100, null);
        await books.ReserveAsync(reservation, CancellationToken.None);
        await gateway.Service<Pairs>().FindAsync(customer.Wallet.Address, TestGateway.Party(50), CancellationToken.None);
        await books.ReleaseAsync(reservation.Request, reservation.Payer, new("unserved", null, null, null, null), CancellationToken.None);
        var voucher = new Voucher(reservation.Payer, TestGateway.Party(50), new(50), Bytes32.Zero);

        Assert.False(await books.PayAsync(reservation.Request, new(voucher, gateway.Spender.Sign(voucher.Digest(TestGateway.Rail))), new(50), null, CancellationToken.None));
        Assert.Equal(new Balance(10_000_000, new(0), new(0), new(0)), await customer.BalanceAsync());
    }

    static Reservation Reservation(TestCustomer customer, ulong ceiling, long? key) =>
        new(Bytes32.Random(), Bytes32.Random(), Bytes32.Random(), customer.Wallet.Address, key, "echo", new(ceiling), TokenAmount.Max);

    async Task<long> KeyAsync(TestCustomer customer)
    {
        await using var connection = await gateway.Postgres.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("select id from api_key where payer = @payer", new { payer = customer.Wallet.Address });
    }

    Task<int> ReconcileAsync() => gateway.Service<Reconciliation>().ApplyAllAsync(CancellationToken.None);

    static async Task IgnoreAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            // The gateway under it was killed.
        }
    }
}
