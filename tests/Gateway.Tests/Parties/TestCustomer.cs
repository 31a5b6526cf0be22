using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProofMesh.Chain;
using ProofMesh.Gateway;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

/// <summary>A wallet at the gateway.</summary>
sealed record TestCustomer(TestGateway Gateway, Account Wallet, string Session, string ApiKey = "")
{
    public Task<HttpResponseMessage> GrantAsync(ulong cap, uint epoch = 0, ulong validFor = 3600, Address? spender = null)
    {
        var grant = new Grant(Wallet.Address, spender ?? Gateway.Spender.Address, new TokenAmount(cap), (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + validFor, epoch);
        return PostGrantAsync(new SignedGrant(grant, Wallet.Sign(grant.Digest(TestGateway.Rail))));
    }

    public Task<HttpResponseMessage> PostGrantAsync(SignedGrant grant) =>
        Gateway.SendAsync(HttpMethod.Post, "/v1/grants", Session, $$"""{"grant":{{JsonSerializer.Serialize(grant, WireJson.Default.SignedGrant)}}}""");

    public Task<HttpResponseMessage> AskAsync(string model = "echo", bool stream = false, int maxTokens = 200, string? idempotencyKey = null, string more = "") =>
        Gateway.SendAsync(HttpMethod.Post, "/v1/chat/completions", ApiKey, $$"""
            {"model":"{{model}}","messages":[{"role":"user","content":"Say something."}],"max_tokens":{{maxTokens}},"stream":{{(stream ? "true" : "false")}}{{more}}}
            """, idempotencyKey);

    public async Task<JsonNode> AnswerAsync(int maxTokens = 200)
    {
        var response = await AskAsync(maxTokens: maxTokens);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    public async Task<(int Status, string Code, string Message)> RefusedAsync(Task<HttpResponseMessage> asked)
    {
        var response = await asked;
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;
        return ((int)response.StatusCode, (string)error["code"]!, (string)error["message"]!);
    }

    public Task<Balance> BalanceAsync() => Gateway.Service<Books>().BalanceAsync(Wallet.Address, CancellationToken.None);
}
