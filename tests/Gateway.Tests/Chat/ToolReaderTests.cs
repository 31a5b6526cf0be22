using System.Text.Json;
using ProofMesh.Gateway;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

public sealed class ToolReaderTests
{
    const string Asked = """{"role":"user","content":"hi"}""";
    const string Called = """{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"add","arguments":"{\"a\":1}"}}]}""";
    const string Result = """{"role":"tool","tool_call_id":"c1","content":"2"}""";
    const string Add = """{"type":"function","function":{"name":"add","description":"Adds.","strict":true,"parameters":{"type": "object"}}}""";

    [Theory]
    [InlineData("""{"tools":7}""", "tools", "tools must be")]
    [InlineData("""{"tools":[]}""", "tools", "tools must be")]
    [InlineData("""{"tools":["add"]}""", "tools", "tools[0] must be")]
    [InlineData("""{"tools":[{"type":"custom","custom":{"name":"add"}}]}""", "tools", "tools[0] must be")]
    [InlineData("""{"tools":[{"type":"function"}]}""", "tools", "tools[0].function must be")]
    [InlineData("""{"tools":[{"type":"function","function":{}}]}""", "tools", "tools[0].function.name is missing")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":7}}]}""", "tools", "tools[0].function.name must be")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"get weather"}}]}""", "tools", "tools[0].function.name must have")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a","description":7}}]}""", "tools", "tools[0].function.description")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a","parameters":"{}"}}]}""", "tools", "tools[0].function.parameters")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a","strict":"yes"}}]}""", "tools", "tools[0].function.strict")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a","shell":"sh"}}]}""", "tools", "tools[0].function.shell isn't supported")]
    [InlineData("{\"tools\":[" + Add + "," + Add + "]}", "tools", "tools[1].function.name is 'add', as another's is")]
    [InlineData("{\"tools\":[" + Add + "],\"tool_choice\":\"always\"}", "tool_choice", "tool_choice must be")]
    [InlineData("{\"tools\":[" + Add + "],\"tool_choice\":\"function:add\"}", "tool_choice", "tool_choice must be")]
    [InlineData("{\"tools\":[" + Add + "],\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"sub\"}}}", "tool_choice", "tool_choice names a function")]
    [InlineData("{\"tools\":[" + Add + "],\"tool_choice\":{\"type\":\"function\"}}", "tool_choice", "tool_choice must be")]
    [InlineData("{\"tools\":[" + Add + "],\"parallel_tool_calls\":1}", "parallel_tool_calls", "parallel_tool_calls must be")]
    [InlineData("""{"tool_choice":"auto"}""", "tool_choice", "tool_choice needs tools")]
    [InlineData("""{"parallel_tool_calls":true}""", "parallel_tool_calls", "parallel_tool_calls needs tools")]
    public void Functions_that_cannot_be_offered_are_refused_by_name(string more, string param, string message) =>
        AssertRefused(Read(more, Asked), param, message);

    [Theory]
    [InlineData(Result, "messages[1].tool_call_id names no call")]
    [InlineData("""{"role":"tool","content":"2"}""", "messages[1].tool_call_id is missing")]
    [InlineData("""{"role":"tool","tool_call_id":7,"content":"2"}""", "messages[1].tool_call_id must be")]
    [InlineData(Called, "messages ends without")]
    [InlineData(Called + "," + Asked, "messages[2] comes before the result")]
    [InlineData(Called + "," + Result + "," + Result, "messages[3].tool_call_id names no call")]
    [InlineData("""{"role":"tool","tool_call_id":"c1"}""", "messages[1].content is missing")]
    [InlineData("""{"role":"assistant","content":null}""", "messages[1].content is missing")]
    [InlineData("""{"role":"assistant","tool_calls":{}}""", "messages[1].tool_calls must be")]
    [InlineData("""{"role":"assistant","tool_calls":[{}]}""", "messages[1].tool_calls[0] must be")]
    [InlineData("""{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"add","arguments":"{}"}}]}""", "messages[1].tool_calls[0] must have")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"add","arguments":{}}}]}""", "messages[1].tool_calls[0] must have")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"add","arguments":"1"}}]}""", "messages[1].tool_calls[0].function.arguments")]
    [InlineData("""{"role":"user","content":"x","tool_call_id":"c1"}""", "messages[1].tool_call_id belongs")]
    public void Calls_and_results_that_do_not_fit_together_are_refused_by_their_place(string messages, string message) =>
        AssertRefused(Read("{\"tools\":[" + Add + "]}", Asked + "," + messages), "messages", message);

    [Theory]
    [InlineData("", "auto")]
    [InlineData(",\"tool_choice\":\"none\"", "none")]
    [InlineData(",\"tool_choice\":\"required\"", "required")]
    [InlineData(",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"add\"}}", "function:add")]
    public void Functions_and_the_choice_become_what_nodes_take(string more, string choice)
    {
        var (order, error) = Read("{\"tools\":[" + Add + "],\"parallel_tool_calls\":false" + more + "}", Asked);

        Assert.Null(error);
        Assert.Equal((choice, false), (order!.Tools!.Choice, order.Tools.Parallel));
        Assert.Equal([new ChatTool("add", "Adds.", """{"type": "object"}""")], order.Tools.Functions);
    }

    [Fact]
    public void A_conversation_with_calls_and_results_is_read()
    {
        var (order, error) = Read("{}", Asked + "," + Called + "," + Result);

        Assert.Null(error);
        Assert.Null(order!.Tools);
        Assert.Equal([new("c1", "add", "{\"a\":1}")], order.Messages[1].ToolCalls!);
        Assert.Equal(("", new ChatTurn("tool", "2", ToolCallId: "c1")), (order.Messages[1].Content, order.Messages[2]));
    }

    [Fact]
    public void Functions_count_for_the_most_that_a_prompt_can_have()
    {
        var (plain, with) = (Read("{}", Asked).Order!, Read("{\"tools\":[" + Add + "]}", Asked).Order!);

        Assert.True(with.PromptTokensAtMost() >= plain.PromptTokensAtMost() + 4 * (uint)with.Tools!.Length);
    }

    static void AssertRefused((ChatOrder? Order, ApiError? Error) read, string param, string message)
    {
        Assert.Null(read.Order);
        Assert.Equal((400, "invalid_request_error", param), (read.Error!.Status, read.Error.Type, read.Error.Param));
        Assert.StartsWith(message, read.Error.Message, StringComparison.Ordinal);
    }

    static (ChatOrder? Order, ApiError? Error) Read(string more, string messages)
    {
        using var json = JsonDocument.Parse("{\"model\":\"m\",\"messages\":[" + messages + "]" + (more == "{}" ? "}" : "," + more[1..]));
        return ChatReader.Read(json.RootElement, null, new LimitOptions());
    }
}
