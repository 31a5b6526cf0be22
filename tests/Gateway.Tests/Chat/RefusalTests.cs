using System.Net;
using System.Numerics;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

public sealed class RefusalTests(StrictGateway shared) : IClassFixture<StrictGateway>, IAsyncLifetime
{
    TestGateway gateway = null!;
    TestNode node = null!;

    public async ValueTask InitializeAsync()
    {
        gateway = await shared.EmptyAsync();
        node = await TestNode.JoinAsync(gateway);
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task Without_money_nothing_is_served_and_the_numbers_are_told()
    {
        var customer = await gateway.CustomerAsync(deposit: 100);

        var (status, code, message) = await customer.RefusedAsync(customer.AskAsync(maxTokens: 200));

        Assert.Equal((402, "insufficient_funds"), (status, code));
        Assert.Contains("100) are available", message);
        Assert.Empty(node.Asked);
        Assert.Equal(new TokenAmount(0), (await customer.BalanceAsync()).Reserved);
    }

    [Fact]
    public async Task Without_a_grant_nothing_is_served()
    {
        var customer = await gateway.CustomerAsync(cap: 0);

        Assert.Equal((402, "grant_required"), Short(await customer.RefusedAsync(customer.AskAsync())));
        Assert.Empty(node.Asked);
    }

    [Fact]
    public async Task A_grant_of_a_revoked_epoch_is_worth_nothing()
    {
        var customer = await gateway.CustomerAsync();
        await gateway.RevokeAsync(customer.Wallet.Address, 1);
        await gateway.Service<Gateway.Reconciliation>().ApplyAllAsync(CancellationToken.None);

        Assert.Equal((402, "grant_required"), Short(await customer.RefusedAsync(customer.AskAsync())));
        Assert.Equal("WrongEpoch", await FaultOf(customer.GrantAsync(1_000_000)));
        (await customer.GrantAsync(1_000_000, epoch: 1)).EnsureSuccessStatusCode();
        await customer.AnswerAsync();
    }

    [Fact]
    public async Task A_request_that_may_pass_the_grants_cap_is_refused()
    {
        var customer = await gateway.CustomerAsync(cap: 500);

        Assert.Equal((402, "grant_exhausted"), Short(await customer.RefusedAsync(customer.AskAsync(maxTokens: 2000))));
        Assert.Empty(node.Asked);
    }

    [Fact]
    public async Task A_request_that_may_pass_the_keys_cap_is_refused_and_smaller_ones_are_served()
    {
        var customer = await gateway.CustomerAsync(keyBody: "{\"cap\":\"1000\"}");

        Assert.Equal((402, "key_cap_exceeded"), Short(await customer.RefusedAsync(customer.AskAsync(maxTokens: 2000))));
        await customer.AnswerAsync(maxTokens: 200);
    }

    [Fact]
    public async Task The_same_idempotency_key_is_served_once()
    {
        var customer = await gateway.CustomerAsync();
        (await customer.AskAsync(idempotencyKey: "order-7")).EnsureSuccessStatusCode();
        var before = await customer.BalanceAsync();

        Assert.Equal((409, "replayed_request"), Short(await customer.RefusedAsync(customer.AskAsync(idempotencyKey: "order-7"))));

        Assert.Single(node.Asked);
        Assert.Equal(before, await customer.BalanceAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("pm-nobody-made-this-key")]
    [InlineData("pms-nobody-made-this-session")]
    public async Task An_unknown_key_is_refused(string? key)
    {
        var response = await gateway.SendAsync(HttpMethod.Post, "/v1/chat/completions", key, "{}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_key_that_was_deleted_is_refused()
    {
        var customer = await gateway.CustomerAsync();
        var keys = System.Text.Json.Nodes.JsonNode.Parse(await (await gateway.SendAsync(HttpMethod.Get, "/v1/keys", customer.Session)).Content.ReadAsStringAsync())!;
        var id = (long)keys["data"]![0]!["id"]!;

        Assert.Equal(HttpStatusCode.NoContent, (await gateway.SendAsync(HttpMethod.Delete, $"/v1/keys/{id}", customer.Session)).StatusCode);

        Assert.Equal((401, "invalid_api_key"), Short(await customer.RefusedAsync(customer.AskAsync())));
        Assert.Null((string?)keys["data"]![0]!["secret"]);
    }

    [Fact]
    public async Task A_model_that_nobody_serves_is_refused()
    {
        var customer = await gateway.CustomerAsync();

        Assert.Equal((404, "model_not_found"), Short(await customer.RefusedAsync(customer.AskAsync(model: "gpt-9"))));
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        var customer = await gateway.CustomerAsync();

        var response = await gateway.SendAsync(HttpMethod.Post, "/v1/chat/completions", customer.ApiKey, $"{{\"model\":\"{new string('x', 30_000)}\"}}");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task More_tokens_than_a_node_gives_are_refused_with_the_number()
    {
        var customer = await gateway.CustomerAsync();

        var (status, code, message) = await customer.RefusedAsync(customer.AskAsync(maxTokens: 3000));

        Assert.Equal((400, "context_length_exceeded"), (status, code));
        Assert.Contains("2048", message);
    }

    [Fact]
    public async Task An_unhealthy_node_gets_nothing()
    {
        var customer = await gateway.CustomerAsync();
        await node.SendAsync(new LoadFrame(0, 0, 0, 0, 0, Healthy: false, 0));
        while (gateway.Service<Gateway.Mesh>().Picture.Nodes[node.Key.Address].Load.Healthy) await Task.Delay(5);

        Assert.Equal((503, "no_node_available"), Short(await customer.RefusedAsync(customer.AskAsync())));
    }

    static (int, string) Short((int Status, string Code, string) refusal) => (refusal.Status, refusal.Code);

    static async Task<string> FaultOf(Task<HttpResponseMessage> sent) =>
        (string)System.Text.Json.Nodes.JsonNode.Parse(await (await sent).Content.ReadAsStringAsync())!["error"]!["param"]!;
}
