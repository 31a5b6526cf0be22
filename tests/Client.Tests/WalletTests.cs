using System.Text.Json;
using System.Text.Json.Nodes;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Client.Tests;

public sealed class WalletTests
{
    static readonly Account Wallet = Account.FromPrivateKey("0x" + new string('1', 64));
    static readonly Address Spender = Address.Parse("0x" + new string('2', 40));
    static readonly Rail Rail = new(31337, Spender, Spender, Spender, Address.Parse("0x" + new string('3', 40)));

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static JsonNode Body(string request) => JsonNode.Parse(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])!;

    // The head's first line says which call it is.
    static string Answer(string request, string nonce, Func<string, string> domain, string typedData)
    {
        var host = request.Split("\r\n").First(line => line.StartsWith("Host: ", StringComparison.OrdinalIgnoreCase))[6..];
        return request.Split(' ')[1] switch
        {
            "/v1/auth/nonce" => HostileGateway.Reply(JsonSerializer.Serialize(new { nonce, domain = domain(host), chain_id = 31337 })),
            "/v1/auth/verify" => HostileGateway.Reply(JsonSerializer.Serialize(new { token = "session", wallet = Wallet.Address.ToString() })),
            "/v1/grant" => HostileGateway.Reply($$"""{"typed_data":{{typedData}},"available":"5"}"""),
            _ => HostileGateway.Reply(""),
        };
    }

    static HostileGateway Gateway(string nonce = "abcdefgh12345678", Func<string, string>? domain = null, string typedData = "{}") =>
        new(request => Answer(request, nonce, domain ?? (host => host), typedData));

    static string TypedData(Address? contract = null, string cap = "1000000", string spender = "") => JsonSerializer.Serialize(new
    {
        domain = new { name = "ProofMesh", version = "1", chainId = 31337, verifyingContract = (contract ?? Rail.Settlement).ToString() },
        message = new { payer = Spender.ToString(), spender = spender.Length > 0 ? spender : Spender.ToString(), cap, validUntil = "2000000000", epoch = 4 },
    });

    [Theory]
    [InlineData("bank.example")]
    [InlineData("")]
    [InlineData("127.0.0.1:1")]
    [InlineData("bank.example wants you to sign in\nURI: x")]
    public async Task A_sign_in_for_another_domain_is_not_signed(string domain)
    {
        using var gateway = Gateway(domain: _ => domain);
        var fault = await Assert.ThrowsAsync<NotAuthorizedException>(() => ProofMeshClient.ConnectAsync(gateway.Url, Wallet, stop: Stop));
        Assert.Equal("bad_nonce", fault.Code);
        Assert.Single(gateway.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("abcdefgh\nExpiration Time: 2999-01-01T00:00:00Z")]
    public async Task A_nonce_that_could_carry_more_than_a_nonce_is_not_signed(string nonce)
    {
        using var gateway = Gateway(nonce);
        await Assert.ThrowsAsync<NotAuthorizedException>(() => ProofMeshClient.ConnectAsync(gateway.Url, Wallet, stop: Stop));
        Assert.Single(gateway.Requests);
    }

    [Fact]
    public async Task The_sign_in_message_is_that_of_the_standard_and_signed_by_the_wallet()
    {
        using var gateway = Gateway();
        using var client = await ProofMeshClient.ConnectAsync(gateway.Url, Wallet, stop: Stop);
        var body = Body(gateway.Requests[1]);
        var message = (string)body["message"]!;
        var lines = message.Split('\n');
        Assert.Equal($"{gateway.Url.Authority} wants you to sign in with your Ethereum account:", lines[0]);
        Assert.Equal([Wallet.Address.ToString(), "", $"URI: {gateway.Url}", "Version: 1", "Chain ID: 31337", "Nonce: abcdefgh12345678"], lines[1..7]);
        Assert.StartsWith("Issued At: 20", lines[7], StringComparison.Ordinal);
        Assert.Equal(Wallet.Address, Ecdsa.Recover(PersonalMessage.Digest(message), new Signature(Hex.Decode((string)body["signature"]!))));
    }

    [Fact]
    public async Task A_session_is_sent_with_what_follows()
    {
        using var gateway = Gateway(typedData: TypedData());
        using var client = await ProofMeshClient.ConnectAsync(gateway.Url, Wallet, stop: Stop);
        await client.Account.GrantAsync(stop: Stop);
        Assert.Contains("Authorization: Bearer session\r\n", gateway.Requests[^1], StringComparison.OrdinalIgnoreCase);
    }

    public static TheoryData<string> NoGrants => ["{}", "{\"message\":7,\"domain\":[]}", "{\"message\":{},\"domain\":{}}", TypedData(cap: "-1"), TypedData(cap: "1e9"), TypedData(spender: "0x12")];

    [Theory]
    [MemberData(nameof(NoGrants))]
    public async Task Typed_data_that_is_no_grant_is_not_signed(string typedData)
    {
        using var gateway = Gateway(typedData: typedData);
        using var client = await ProofMeshClient.ConnectAsync(gateway.Url, Wallet, stop: Stop);
        Assert.Equal("bad_answer", (await Assert.ThrowsAsync<UnavailableException>(() => client.Account.GrantAsync(stop: Stop))).Code);
        Assert.DoesNotContain(gateway.Requests, request => request.StartsWith("POST /v1/grants ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_grant_on_another_contract_than_the_rails_is_not_signed()
    {
        using var gateway = Gateway(typedData: TypedData(contract: Spender));
        using var client = await ProofMeshClient.ConnectAsync(gateway.Url, Wallet, stop: Stop);
        Assert.Equal("wrong_rail", (await Assert.ThrowsAsync<InvalidRequestException>(() => client.Account.GrantAsync(rail: Rail, stop: Stop))).Code);
        Assert.DoesNotContain(gateway.Requests, request => request.StartsWith("POST /v1/grants ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_grant_is_signed_in_the_wallets_own_name_whoever_the_gateway_names()
    {
        using var gateway = Gateway(typedData: TypedData());
        using var client = await ProofMeshClient.ConnectAsync(gateway.Url, Wallet, stop: Stop);
        var grant = await client.Account.GrantAsync(new TokenAmount(77), rail: Rail, stop: Stop);
        Assert.Equal(new Grant(Wallet.Address, Spender, new(77), 2_000_000_000, 4), grant);
        var signed = Body(gateway.Requests[^1])["grant"]!;
        Assert.Equal(Wallet.Address, Ecdsa.Recover(grant.Digest(Rail), new Signature(Hex.Decode((string)signed["signature"]!))));
    }
}
