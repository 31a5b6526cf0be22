using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Client.Tests;

public sealed class ChatTests
{
    const string Done = "data: [DONE]\n\n";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static string Chunk(string text, string? reason = null) =>
        $"data: {JsonSerializer.Serialize(new { choices = new[] { new { delta = new { content = text }, finish_reason = reason } } })}\n\n";

    static async Task<List<ChatPiece>> Read(HostileGateway gateway, ChatQuestion? question = null)
    {
        using var client = gateway.Client();
        var pieces = new List<ChatPiece>();
        await foreach (var piece in client.Chat.StreamAsync(question ?? new ChatQuestion { Messages = [new("user", "?")] }, Stop)) pieces.Add(piece);
        return pieces;
    }

    static HostileGateway Streaming(string body) => new(_ => HostileGateway.Reply(body));

    [Theory]
    [InlineData("")]
    [InlineData("data: {\"choices\":[]}\n\n")]
    [InlineData(": a comment alone\n\n")]
    [InlineData("data: [DONE]")]
    public async Task A_stream_without_its_end_mark_is_broken(string body)
    {
        using var gateway = Streaming(Chunk("half") + body);
        Assert.Equal("broken_off", (await Assert.ThrowsAsync<AnswerBrokenException>(() => Read(gateway))).Code);
    }

    [Fact]
    public async Task A_connection_that_ends_within_the_answer_breaks_it()
    {
        using var gateway = new HostileGateway(_ => HostileGateway.Cut(Chunk("half")));
        var fault = await Assert.ThrowsAsync<AnswerBrokenException>(() => Read(gateway));
        Assert.Equal("broken_off", fault.Code);
        Assert.NotNull(fault.InnerException);
    }

    [Theory]
    [InlineData("data: not JSON\n")]
    [InlineData("data: \n")]
    [InlineData("data: null\n")]
    [InlineData("data: [1]\n")]
    [InlineData("data: {\"choices\":7}\n")]
    [InlineData("data: {\"proofmesh\":{\"request_id\":\"0x1\"}}\n")]
    public async Task A_line_that_is_not_a_chunk_breaks_the_answer(string line)
    {
        using var gateway = Streaming(line + Done);
        Assert.Equal("bad_answer", (await Assert.ThrowsAsync<AnswerBrokenException>(() => Read(gateway))).Code);
    }

    [Fact]
    public async Task A_line_without_end_is_not_read_to_its_end()
    {
        using var gateway = Streaming("data: " + new string('x', 5 << 20));
        Assert.Contains("characters", (await Assert.ThrowsAsync<AnswerBrokenException>(() => Read(gateway))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_within_the_stream_is_told_after_what_arrived()
    {
        using var gateway = Streaming(Chunk("half") + "data: {\"error\":{\"message\":\"The node is gone.\",\"code\":\"provider_disconnected\"}}\n\n");
        using var client = gateway.Client();
        var text = "";
        var fault = await Assert.ThrowsAsync<AnswerBrokenException>(async () =>
        {
            await foreach (var piece in client.Chat.StreamAsync("?", Stop)) text += piece.Text;
        });
        Assert.Equal(("half", "provider_disconnected", "The node is gone."), (text, fault.Code, fault.Message));
    }

    [Fact]
    public async Task Pieces_come_in_order_whatever_the_line_ends_and_comments()
    {
        using var gateway = Streaming(": hello\r\n\r\n" + Chunk("Ein Wört").Replace("\n", "\r\n", StringComparison.Ordinal) + "data: {\"choices\":[]}\n\n" + Chunk(" mehr 🙂", "stop") + Done);
        var pieces = await Read(gateway);
        Assert.Equal(["Ein Wört", " mehr 🙂"], pieces.Select(piece => piece.Text));
        Assert.Equal("stop", pieces[^1].FinishReason);
    }

    [Fact]
    public async Task A_choice_without_a_delta_is_an_empty_piece()
    {
        using var gateway = Streaming("data: {\"choices\":[{\"finish_reason\":\"length\"}]}\n\n" + Done);
        Assert.Equal(("", "length"), Assert.Single(await Read(gateway)) is var piece ? (piece.Text, piece.FinishReason) : default);
    }

    [Fact]
    public async Task What_is_null_stays_out_of_the_request_and_what_is_set_goes_in()
    {
        using var gateway = Streaming(Done);
        await Read(gateway, new ChatQuestion { Messages = [new("user", "?")], Seed = 7, Temperature = 0, MaxTokens = 3, IdempotencyKey = "once" });
        var request = Assert.Single(gateway.Requests);
        Assert.Contains("Idempotency-Key: once\r\n", request, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Authorization: Bearer pm-test\r\n", request, StringComparison.OrdinalIgnoreCase);
        var body = JsonNode.Parse(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])!.AsObject();
        Assert.Equal((7L, 0f, 3u, true), ((long)body["seed"]!, (float)body["temperature"]!, (uint)body["max_tokens"]!, (bool)body["stream"]!));
        Assert.False(body.ContainsKey("top_p"));
    }

    [Fact]
    public async Task A_stream_ends_when_it_is_stopped()
    {
        using var gateway = Streaming(Chunk("one") + Chunk("two") + Done);
        using var client = gateway.Client();
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in client.Chat.StreamAsync("?", stop.Token)) await stop.CancelAsync();
            stop.Token.ThrowIfCancellationRequested();
        });
    }
}
