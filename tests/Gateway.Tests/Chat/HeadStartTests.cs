using Dapper;

namespace ProofMesh.Gateway_Tests;

/// <summary>An answer may begin before its money is held; nothing is signed before.</summary>
public sealed class HeadStartTests : IAsyncLifetime
{
    TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task Nothing_is_paid_before_the_money_is_held_though_the_answer_has_begun()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        var customer = await gateway.CustomerAsync();
        await customer.AnswerAsync();
        await node.PaidAsync(1);

        // Whoever holds the payer's row holds up its reservations.
        await using var connection = await gateway.Postgres.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("select from payer_account where payer = @Address for update", new { customer.Wallet.Address }, transaction);
        using var response = await customer.AskAsync(stream: true);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        string? line;
        do line = await lines.ReadLineAsync();
        while (line?.Contains("word4", StringComparison.Ordinal) == false);

        Assert.NotNull(line);
        Assert.Single(node.Vouchers);
        await transaction.CommitAsync();
        Assert.Contains("[DONE]", await lines.ReadToEndAsync(), StringComparison.Ordinal);
        await node.PaidAsync(2);
    }

    [Fact]
    public async Task A_key_that_another_gateway_revoked_pays_for_nothing()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        var customer = await gateway.CustomerAsync();
        await customer.AnswerAsync();
        await node.PaidAsync(1);
        await using (var connection = await gateway.Postgres.DataSource.OpenConnectionAsync())
            await connection.ExecuteAsync("update api_key set revoked_at = now() where payer = @Address", new { customer.Wallet.Address });

        var (status, code, _) = await customer.RefusedAsync(customer.AskAsync());

        Assert.Equal((401, "invalid_api_key"), (status, code));
        Assert.Single(node.Vouchers);
    }

    [Fact]
    public async Task A_small_balance_is_held_before_a_node_is_asked()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        var customer = await gateway.CustomerAsync(deposit: 3000);
        await customer.AnswerAsync();
        await using (var connection = await gateway.Postgres.DataSource.OpenConnectionAsync())
            await connection.ExecuteAsync("update api_key set revoked_at = now() where payer = @Address", new { customer.Wallet.Address });

        await customer.RefusedAsync(customer.AskAsync());

        Assert.Single(node.Asked);
    }
}
