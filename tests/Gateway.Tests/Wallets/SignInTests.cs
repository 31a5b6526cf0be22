using System.Net;
using System.Text.Json.Nodes;
using ProofMesh.Chain;
using ProofMesh.Gateway;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

public sealed class SignInTests
{
    static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly SignInMessage Good = new("proofmesh.example", TestGateway.Party(7), "https://proofmesh.example", 31337, "0123456789abcdef", Now, null, null);

    public static TheoryData<string, object> Bad => new()
    {
        { "WrongDomain", Good with { Domain = "evil.example" } },
        { "WrongChain", Good with { ChainId = 1 } },
        { "NotYet", Good with { IssuedAt = Now.AddHours(1) } },
        { "NotYet", Good with { NotBefore = Now.AddHours(1) } },
        { "Expired", Good with { ExpirationTime = Now.AddSeconds(-1) } },
        { "WrongSigner", Good with { Wallet = TestGateway.Party(8) } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_message_that_doesnt_fit_is_refused_by_name(string fault, object message) =>
        Assert.Equal(fault, SignInCheck.Fault((SignInMessage)message, Good.Wallet, "proofmesh.example", 31337, Now).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("a wants you to sign in with your Ethereum account:\nnobody\n\nURI: x\nVersion: 1\nChain ID: 1\nNonce: 12345678\nIssued At: 2026-05-01T12:00:00Z")]
    public void Text_that_is_no_message_is_refused(string text) => Assert.Null(SignInMessage.Parse(text));

    [Theory]
    [InlineData("Version: 1", "Version: 2")]
    [InlineData("Chain ID: 31337", "Chain ID: x")]
    [InlineData("Nonce: 0123456789abcdef", "Nonce: 1")]
    [InlineData("Issued At: 2026-05-01T12:00:00Z", "Issued At: noon")]
    [InlineData("Version: 1\n", "")]
    [InlineData("Version: 1\n", "Version: 1\nVersion: 1\n")]
    [InlineData("Version: 1\nChain ID: 31337", "Chain ID: 31337\nVersion: 1")]
    public void A_message_that_breaks_the_standard_is_refused(string right, string wrong) =>
        Assert.Null(SignInMessage.Parse(Good.ToString().Replace(right, wrong, StringComparison.Ordinal)));

    [Fact]
    public void The_standards_own_example_is_read()
    {
        // EIP-4361, "Informal Message Template", example with statement and resources; the chain is that of the example.
        var message = SignInMessage.Parse("""
            example.com wants you to sign in with your Ethereum account:
            0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2

            I accept the ExampleOrg Terms of Service: https://example.com/tos

            URI: https://example.com/login
            Version: 1
            Chain ID: 1
            Nonce: 32891756
            Issued At: 2021-09-30T16:25:24Z
            Resources:
            - ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/
            - https://example.com/my-web2-claim.json
            """.ReplaceLineEndings("\n"));

        Assert.Equal(("example.com", 1ul, "32891756"), (message!.Domain, message.ChainId, message.Nonce));
    }

    [Fact]
    public async Task A_nonce_opens_one_session_and_a_made_up_one_none()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var wallet = Account.Generate();
        var message = gateway.Message(wallet.Address, await gateway.NonceAsync()).ToString();

        Assert.Equal(HttpStatusCode.OK, (await gateway.VerifyAsync(wallet, message)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.VerifyAsync(wallet, message)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.VerifyAsync(wallet, gateway.Message(wallet.Address, "0123456789abcdef").ToString())).StatusCode);
    }

    [Fact]
    public async Task What_a_wallet_is_asked_to_sign_is_the_grant_that_is_accepted()
    {
        await using var gateway = await TestGateway.StartAsync();
        var customer = await gateway.CustomerAsync(cap: 0);
        var asked = JsonNode.Parse(await (await gateway.SendAsync(HttpMethod.Get, "/v1/grant", customer.Session)).Content.ReadAsStringAsync())!["typed_data"]!;
        var message = asked["message"]!;
        var grant = new Grant(
            Address.Parse((string)message["payer"]!), Address.Parse((string)message["spender"]!), new(UInt128.Parse((string)message["cap"]!)),
            ulong.Parse((string)message["validUntil"]!), (uint)message["epoch"]!);

        Assert.Equal(HttpStatusCode.NoContent, (await customer.PostGrantAsync(new(grant, customer.Wallet.Sign(grant.Digest(TestGateway.Rail))))).StatusCode);
        Assert.Equal("Grant", (string)asked["primaryType"]!);
        Assert.Equal(TestGateway.Rail.Settlement.ToString(), (string)asked["domain"]!["verifyingContract"]!);
    }

    [Fact]
    public async Task A_grant_for_somebody_else_or_by_somebody_else_is_refused()
    {
        await using var gateway = await TestGateway.StartAsync();
        var customer = await gateway.CustomerAsync(cap: 0);
        using var stranger = Account.Generate();
        var grant = new Grant(customer.Wallet.Address, gateway.Spender.Address, new(1), 4_102_444_800, 0);

        Assert.Equal(HttpStatusCode.BadRequest, (await customer.GrantAsync(1, spender: stranger.Address)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await customer.PostGrantAsync(new(grant, stranger.Sign(grant.Digest(TestGateway.Rail))))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.SendAsync(HttpMethod.Post, "/v1/grants", customer.ApiKey, "{}")).StatusCode);
    }

    [Fact]
    public async Task Account_and_receipts_show_what_was_paid_to_their_owner_alone()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var node = await TestNode.JoinAsync(gateway);
        var customer = await gateway.CustomerAsync();
        var other = await gateway.CustomerAsync();
        var id = (string)(await customer.AnswerAsync())["proofmesh"]!["request_id"]!;

        var account = JsonNode.Parse(await (await gateway.SendAsync(HttpMethod.Get, "/v1/account", customer.Session)).Content.ReadAsStringAsync())!;
        var receipts = JsonNode.Parse(await (await gateway.SendAsync(HttpMethod.Get, "/v1/receipts", customer.ApiKey)).Content.ReadAsStringAsync())!;
        var receipt = JsonNode.Parse(await (await gateway.SendAsync(HttpMethod.Get, $"/v1/receipts/{id}", customer.ApiKey)).Content.ReadAsStringAsync())!;

        Assert.Equal(("9999980", "20", "Unverified"), ((string)account["available"]!, (string)account["unsettled"]!, (string)account["level"]!));
        Assert.Equal(id, (string)receipts["data"]![0]!["request_id"]!);
        Assert.Equal(("paid", "20"), ((string)receipt["status"]!, (string)receipt["receipt"]!["receipt"]!["fee"]!));
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.SendAsync(HttpMethod.Get, $"/v1/receipts/{id}", other.ApiKey)).StatusCode);
    }
}
