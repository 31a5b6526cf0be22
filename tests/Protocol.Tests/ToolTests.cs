using System.Text;

namespace ProofMesh.Protocol.Tests;

public sealed class ToolTests
{
    const string Schema = """{"type": "object"}""";
    static readonly ChatTurn Question = new("user", "Weather?");
    static readonly ChatTurn Call = new("assistant", "", [new("call_1", "weather", """{"city":"Zürich"}""")]);
    static readonly ChatTurn Result = new("tool", "rain", ToolCallId: "call_1");
    static readonly ChatTools Tools = new([new("weather", "Says \"the weather\"", Schema), new("now")], ChatTools.Naming("weather"), Parallel: false);

    // Both values were computed with viem from the rules of docs/encodings.md.
    [Fact]
    public void The_commitment_covers_the_functions_the_choice_and_every_call()
    {
        var request = new ChatRequest("m", [Question, Call, Result], 64, [], """{"type":"json_object"}""", Tools);

        Assert.Equal("""
            {"max_tokens":64,"messages":[{"content":"Weather?","role":"user"},{"content":"","role":"assistant","tool_calls":[{"arguments":"{\"city\":\"Zürich\"}","id":"call_1","name":"weather"}]},{"content":"rain","role":"tool","tool_call_id":"call_1"}],"model":"m","parallel_tool_calls":false,"response_format":"{\"type\":\"json_object\"}","stop":[],"tool_choice":"function:weather","tools":[{"description":"Says \"the weather\"","name":"weather","parameters":"{\"type\": \"object\"}"},{"name":"now"}]}
            """, Encoding.UTF8.GetString(request.Canonical()));
        Assert.Equal(Bytes32.Parse("0xb47e9538f4719a012b6407723d586298d91433ee64feb7f648471cca0e43a6a1"),
            Commitments.Request(Bytes32.Parse("0x" + string.Concat(Enumerable.Repeat("07", 32))), request));
    }

    public static TheoryData<string, ChatTools> Misused => new()
    {
        { "tools has 0 entries", new([]) },
        { "tools has 129 entries", new([.. Enumerable.Range(0, 129).Select(i => new ChatTool($"f{i}"))]) },
        { "tools has 131076 characters", new([new("long", new string('x', ToolCheck.LongestTools))]) },
        { "tools[0].function.name", new([new("")]) },
        { "tools[0].function.name", new([new("a b")]) },
        { "tools[0].function.name", new([new("é")]) },
        { "tools[1].function.name is 'a', as another's is", new([new("a"), new("a")]) },
        { "tools[0].function.name", new([new(new string('n', 65))]) },
        { "tools[0].function.parameters of 'a'", new([new("a", Parameters: "[]")]) },
        { "tools[0].function.parameters of 'a'", new([new("a", Parameters: "{")]) },
        { "tools[0].function.parameters of 'a'", new([new("a", Parameters: """{"type":"object","type":"object"}""")]) },
        { "tool_choice names a function", new([new("a")], ChatTools.Naming("b")) },
        { "tool_choice must be", new([new("a")], "sometimes") },
    };

    [Theory, MemberData(nameof(Misused))]
    public void Functions_that_cannot_be_offered_are_refused_by_their_place(string fault, ChatTools tools) =>
        Assert.StartsWith(fault, ToolCheck.Fault(tools, [Question]), StringComparison.Ordinal);

    public static TheoryData<string, ChatTurn[]> Broken => new()
    {
        { "messages[1].tool_call_id is missing", [Question, new("tool", "rain")] },
        { "messages[1].tool_call_id names no call", [Question, Result] },
        { "messages[3].tool_call_id names no call", [Question, Call, Result, Result] },
        { "messages[2] comes before the result of call call_1", [Question, Call, Question] },
        { "messages ends without the result of call call_1", [Question, Call] },
        { "messages[0].tool_calls belongs to messages of role assistant", [Call with { Role = "user" }] },
        { "messages[0].tool_call_id belongs to messages of role tool", [Question with { ToolCallId = "call_1" }] },
        { "messages[0].tool_calls has 0 entries", [new("assistant", "", [])] },
        { "messages[0].tool_calls[1].id is another call's", [new("assistant", "", [new("a", "f", "{}"), new("a", "f", "{}")])] },
        { "messages[0].tool_calls[0].id", [new("assistant", "", [new("", "f", "{}")])] },
        { "messages[0].tool_calls[0].function.name", [new("assistant", "", [new("a", "f()", "{}")])] },
        { "messages[0].tool_calls[0].function.arguments must be", [new("assistant", "", [new("a", "f", "[1]")])] },
        { "messages[0].tool_calls[0].function.arguments must be", [new("assistant", "", [new("a", "f", "{\"a\":")])] },
        { "messages[0].tool_calls[0].function.arguments has", [new("assistant", "", [new("a", "f", $"{{\"a\":\"{new string('x', ToolCheck.LongestArguments)}\"}}")])] },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Calls_and_results_that_do_not_fit_together_are_refused_by_their_place(string fault, ChatTurn[] messages) =>
        Assert.StartsWith(fault, ToolCheck.Fault(null, messages), StringComparison.Ordinal);

    [Fact]
    public void A_conversation_with_its_results_is_good_and_its_frame_says_it_all()
    {
        Assert.Null(ToolCheck.Fault(Tools, [Question, Call, Result, new("assistant", "It rains.")]));
        var part = new ChunkFrame(default, 0, [7], "", 3, Calls: [new(0, "weather", "{")]);
        Assert.Equal(part.Calls, Assert.IsType<ChunkFrame>(Wire.Decode(Wire.Encode(part))).Calls!);
    }

    [Theory]
    [InlineData("auto", "weather now")]
    [InlineData("required", "weather now")]
    [InlineData("function:now", "now")]
    [InlineData("none", "")]
    public void A_choice_allows_the_calls_that_it_names(string choice, string allowed) => Assert.Equal(
        allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries), new[] { "weather", "now", "other" }.Where((Tools with { Choice = choice }).Allows));

    [Fact]
    public void The_name_of_a_call_is_its_requests_and_its_own()
    {
        Assert.Matches("^call_[0-9a-f]{24}$", ChatCall.IdOf(default, 0));
        Assert.Equal(3, new[] { ChatCall.IdOf(default, 0), ChatCall.IdOf(default, 1), ChatCall.IdOf(Bytes32.Random(), 0) }.Distinct().Count());
    }
}
