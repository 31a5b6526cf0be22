using System.Text.Json;

namespace ProofMesh.Client.Tests;

public sealed class ErrorTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static string Error(string status, string code, string head = "") =>
        HostileGateway.Reply(JsonSerializer.Serialize(new { error = new { message = "Said by the gateway.", type = "t", code, param = "model" } }), status, head);

    public static TheoryData<string, string, Type> Refusals => new()
    {
        { "402 Payment Required", "insufficient_funds", typeof(InsufficientFundsException) },
        { "401 Unauthorized", "invalid_api_key", typeof(NotAuthorizedException) },
        { "403 Forbidden", "forbidden", typeof(NotAuthorizedException) },
        { "400 Bad Request", "invalid_request", typeof(InvalidRequestException) },
        { "404 Not Found", "model_not_found", typeof(InvalidRequestException) },
        { "409 Conflict", "replayed_request", typeof(InvalidRequestException) },
        { "429 Too Many Requests", "rate_limited", typeof(UnavailableException) },
        { "502 Bad Gateway", "bad_receipt", typeof(UnavailableException) },
        { "503 Service Unavailable", "no_node_available", typeof(UnavailableException) },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_is_the_exception_of_its_kind_with_the_gateways_words(string status, string code, Type kind)
    {
        using var gateway = new HostileGateway(_ => Error(status, code));
        using var client = gateway.Client();
        var fault = Assert.IsAssignableFrom<ProofMeshException>(await Record.ExceptionAsync(() => client.Chat.CompleteAsync(new() { Messages = [new("user", "?")] }, Stop)));
        Assert.IsType(kind, fault);
        Assert.Equal(("Said by the gateway.", code, int.Parse(status[..3])), (fault.Message, fault.Code, fault.Status));
    }

    [Fact]
    public async Task A_refusal_for_a_moment_says_how_long()
    {
        using var gateway = new HostileGateway(_ => Error("503 Service Unavailable", "no_node_available", "Retry-After: 7\r\n"));
        using var client = gateway.Client();
        var fault = await Assert.ThrowsAsync<UnavailableException>(() => client.Account.GetAsync(Stop));
        Assert.Equal(TimeSpan.FromSeconds(7), fault.RetryAfter);
    }

    [Fact]
    public async Task A_wrong_parameter_is_named()
    {
        using var gateway = new HostileGateway(_ => Error("400 Bad Request", "invalid_request"));
        using var client = gateway.Client();
        Assert.Equal("model", (await Assert.ThrowsAsync<InvalidRequestException>(() => client.Account.GetAsync(Stop))).Parameter);
    }

    [Theory]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"error\":null}")]
    [InlineData("{\"error\":{\"message\":null}}")]
    [InlineData("{\"error\":{}}")]
    [InlineData("[1,2")]
    public async Task An_error_that_is_not_the_gateways_is_told_by_its_status(string body)
    {
        using var gateway = new HostileGateway(_ => HostileGateway.Reply(body, "502 Bad Gateway"));
        using var client = gateway.Client();
        var fault = await Assert.ThrowsAsync<UnavailableException>(() => client.Account.GetAsync(Stop));
        Assert.Equal(("http_502", 502), (fault.Code, fault.Status));
        Assert.Contains("502", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_error_is_not_read_to_its_end()
    {
        using var gateway = new HostileGateway(_ => HostileGateway.Reply(new string('x', 20 << 20), "500 Internal Server Error"));
        using var client = gateway.Client();
        Assert.Equal("http_500", (await Assert.ThrowsAsync<UnavailableException>(() => client.Account.GetAsync(Stop))).Code);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"wallet\":\"0x12\"}")]
    [InlineData("{\"reserved\":-5}")]
    public async Task An_answer_that_is_not_what_was_asked_for_is_bad(string body)
    {
        using var gateway = new HostileGateway(_ => HostileGateway.Reply(body));
        using var client = gateway.Client();
        Assert.Equal("bad_answer", (await Assert.ThrowsAsync<UnavailableException>(() => client.Account.GetAsync(Stop))).Code);
    }

    [Fact]
    public async Task An_answer_beyond_eight_megabytes_is_refused()
    {
        using var gateway = new HostileGateway(_ => HostileGateway.Reply(new string(' ', 9 << 20)));
        using var client = gateway.Client();
        Assert.Contains("more than", (await Assert.ThrowsAsync<UnavailableException>(() => client.Account.GetAsync(Stop))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_no_answer()
    {
        using var gateway = new HostileGateway(_ => HostileGateway.Cut("{\"data\":["));
        using var client = gateway.Client();
        Assert.Equal("broken_off", (await Assert.ThrowsAsync<UnavailableException>(() => client.Account.GetReceiptsAsync(stop: Stop))).Code);
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_is_named()
    {
        Uri url;
        using (var gateway = new HostileGateway(_ => "")) url = gateway.Url;
        using var client = ProofMeshClient.WithKey(url, "pm-test");
        var fault = await Assert.ThrowsAsync<UnavailableException>(() => client.Account.GetAsync(Stop));
        Assert.Equal(("unreachable", 0), (fault.Code, fault.Status));
        Assert.Contains(url.Authority, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_a_key_alone_cannot_sign()
    {
        using var gateway = new HostileGateway(_ => HostileGateway.Reply("{}"));
        using var client = gateway.Client();
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.Account.GrantAsync(stop: Stop));
    }
}
