namespace ProofMesh.Inference.Tests;

public sealed class CallReaderTests
{
    private static readonly string[] Names = ["add", "add_all", "now"];

    // text | calls, each NAME(arguments)
    public static TheoryData<string, string, string> Answers => new()
    {
        { "Just text, even 3 < 4.", "Just text, even 3 < 4.", "" },
        { "  spaces \n", "  spaces \n", "" },
        { "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>", "", "add({\"a\": 1})" },
        { "<tool_call>\n{\"name\":\"now\",\"arguments\":{}}\n</tool_call>", "", "now({})" },
        { "Let me see. \n\n<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>", "Let me see.", "now({})" },
        { "<tool_call>\n{\"name\": \"add\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{\"name\": \"add_all\", \"arguments\": {\"l\": [1, {\"b\": 2}]}}\n</tool_call>\n", "", "add({}) add_all({\"l\": [1, {\"b\": 2}]})" },
        { "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"s\": \"}\\\"]</tool_call>\\\\\"}}\n</tool_call> and text", " and text", "add({\"s\": \"}\\\"]</tool_call>\\\\\"})" },
        { "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"s\": \"日本😀\"}}\n</tool_call>", "", "add({\"s\": \"日本😀\"})" },
        { "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"cut\": 1", "", "add({\"cut\": 1)" },
        { "<tool_call>\n{\"na", "<tool_call>\n{\"na", "" },
        { "<tool_call>\n{\"name\": \"rm\", \"arguments\": {}}\n</tool_call>", "<tool_call>\n{\"name\": \"rm\", \"arguments\": {}}\n</tool_call>", "" },
        { "about <tool_call> as such, <tool_ca", "about <tool_call> as such, <tool_ca", "" },
        { "<<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>", "<", "now({})" },
    };

    [Theory, MemberData(nameof(Answers))]
    public void Calls_are_read_and_everything_else_stays_text_however_it_comes(string answer, string text, string calls)
    {
        foreach (var size in Enumerable.Range(1, answer.Length))
            Assert.Equal((text, calls), Read(CallForm.Hermes, answer, size));
    }

    [Theory]
    [InlineData("{\"name\": \"add\", \"parameters\": {\"a\": {\"b\": \"}\"}}}", "", "add({\"a\": {\"b\": \"}\"}})")]
    [InlineData("{\"name\": \"Ada\", \"parameters\": {}}", "{\"name\": \"Ada\", \"parameters\": {}}", "")]
    [InlineData("It is {\"name\": \"add\", \"parameters\": {}}", "It is {\"name\": \"add\", \"parameters\": {}}", "")]
    [InlineData("{\"na", "{\"na", "")]
    [InlineData(" ", " ", "")]
    public void A_bare_call_is_the_whole_answer(string answer, string text, string calls)
    {
        foreach (var size in Enumerable.Range(1, answer.Length))
            Assert.Equal((text, calls), Read(CallForm.Llama, answer, size));
    }

    [Fact]
    public void A_call_is_handed_on_while_it_is_written()
    {
        var reader = new CallReader(CallForm.Hermes, Names);
        Assert.Empty(reader.Read("<tool_call>\n{\"name\": \"add\", \"argum"));
        Assert.Equal([new AnswerPart("", new ToolCallPart(0, "add", "{\"a"))], reader.Read("ents\": {\"a"));
        Assert.Equal([new AnswerPart("", new ToolCallPart(0, null, "\": 7}"))], reader.Read("\": 7}}\n</"));
        Assert.Empty(reader.Read("tool_call>"));
    }

    private static (string Text, string Calls) Read(CallForm form, string answer, int size)
    {
        var reader = new CallReader(form, Names);
        var (text, calls) = ("", new List<string>());
        var pieces = answer.Chunk(size).Select(piece => new string(piece)).ToList();
        foreach (var part in pieces.SelectMany((piece, i) => i == pieces.Count - 1 ? reader.End(piece).ToList() : reader.Read(piece).ToList()))
        {
            text += part.Text;
            if (part.Call is not { } call)
                continue;
            if (call.Name is { } name)
                calls.Add($"{name}(");
            calls[call.Index] += call.Arguments;
        }
        return (text, string.Join(' ', calls.Select(call => call + ")")));
    }
}
