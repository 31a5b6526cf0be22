using System.Text;

namespace ProofMesh.Inference.Tests;

public sealed class CallLanguageTests
{
    private static readonly Tool[] Two =
    [
        new("add", "Adds.", """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a"]}"""),
        new("now"),
    ];

    private const string Add = "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": 2}}\n</tool_call>";
    private const string Now = "<tool_call>\n{\"name\":\"now\",\"arguments\":{}}\n</tool_call>";

    public static TheoryData<string, string> Unsupported => new()
    {
        { """{"type":"object","properties":{"n":{"type":"string","not":{}}}}""", "#/properties/n/not" },
        { """{"type":"array","items":{"type":"integer"}}""", "arguments are an object" },
        { """{"anyOf":[{"type":"object"},{"type":"null"}]}""", "arguments are an object" },
        { """{"title":"anything"}""", "arguments are an object" },
        { """{"$ref":"#"}""", "refers to itself" },
    };

    [Theory, MemberData(nameof(Unsupported))]
    public void A_schema_that_cannot_be_kept_to_is_refused_with_its_function_and_path(string schema, string reason)
    {
        foreach (var choice in Enum.GetValues<ToolChoice>())
        {
            var fault = Assert.Throws<ConstraintException>(() => Read(new ToolUse([Two[0], new Tool("odd", null, schema)], choice)));
            Assert.StartsWith("tools[1].function.parameters of 'odd': ", fault.Message, StringComparison.Ordinal);
            Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_required_answer_is_calls_alone()
    {
        var language = Read(new ToolUse(Two, ToolChoice.Required));
        Assert.True(language.Accepts(Add) && language.Accepts(Now) && language.Accepts($"{Now}\n{Add}"));
        foreach (var wrong in new[] { "", "text", Now + "x", "x" + Now, Now.Replace("now", "rm", StringComparison.Ordinal), Add.Replace("\"a\"", "\"c\"", StringComparison.Ordinal), Add.Replace("\"b\": 2", "\"b\": 2, \"c\": 3", StringComparison.Ordinal), Add.Replace("\"a\": 1, ", "", StringComparison.Ordinal) })
            Assert.False(language.Accepts(wrong), wrong);
    }

    [Fact]
    public void A_named_function_is_the_only_one_and_one_call_alone_ends_the_answer()
    {
        Assert.False(Read(new ToolUse(Two, ToolChoice.Required, "add")).Accepts(Now));
        Assert.True(Read(new ToolUse(Two, ToolChoice.Required, "add")).Accepts(Add));
        var single = Read(new ToolUse(Two, ToolChoice.Required, Parallel: false));
        Assert.True(single.Accepts(Add));
        Assert.True(single.EndsAt(Add));
        Assert.False(single.Accepts($"{Add}\n{Now}"));
    }

    [Fact]
    public void A_free_answer_is_any_text_but_what_begins_as_a_call_is_one()
    {
        var language = Read(new ToolUse(Two));
        foreach (var good in new[] { "", "text", "3 < 4 <tool <tool_call", "<<tool_cal l>", Add, $"So: {Add}\n{Now} and more" })
            Assert.True(language.Accepts(good), good);
        foreach (var wrong in new[] { "<tool_call>", "a <tool_call>\n{\"name\": \"rm\"", $"{Add}<tool_call>x", Add.Replace("1", "true", StringComparison.Ordinal) })
            Assert.False(language.Accepts(wrong), wrong);
        Assert.True(Read(new ToolUse(Two, Parallel: false)).EndsAt("text " + Now));
    }

    [Fact]
    public void Where_nothing_may_be_called_text_is_free_and_no_call_begins()
    {
        var language = Read(new ToolUse(Two, ToolChoice.None));
        Assert.True(language.Accepts("any < text <tool_call"));
        Assert.False(language.Accepts(Now));
    }

    [Fact]
    public void A_format_holds_for_answers_without_calls()
    {
        const string Digits = """{"type":"regex","pattern":"[0-9]+"}""";
        var free = Read(new ToolUse(Two), Digits);
        Assert.True(free.Accepts("42") && free.Accepts(Now));
        Assert.False(free.Accepts("text") || free.Accepts("42" + Now));
        Assert.False(Read(new ToolUse(Two, ToolChoice.Required), Digits).Accepts("42"));
        Assert.False(Read(new ToolUse(Two, ToolChoice.None), Digits).Accepts(Now));
    }

    [Fact]
    public void A_bare_call_is_the_whole_answer_and_other_JSON_stays_free()
    {
        const string Bare = "{\"name\": \"add\", \"parameters\": {\"a\": 1}}";
        Assert.True(Read(new ToolUse(Two, ToolChoice.Required), form: CallForm.Llama).Accepts(Bare));
        var free = Read(new ToolUse(Two), form: CallForm.Llama);
        foreach (var good in new[] { "", "text", Bare, "{\"name\": \"Ada\"}", "{\"na", "{\"name\": \"ad\"}", "it is " + Bare + "x" })
            Assert.True(free.Accepts(good), good);
        foreach (var wrong in new[] { "{\"name\": \"add\"}", Bare + "x", Bare.Replace("1", "\"1\"", StringComparison.Ordinal) })
            Assert.False(free.Accepts(wrong), wrong);
        Assert.False(Read(new ToolUse(Two, ToolChoice.None), form: CallForm.Llama).Accepts(Bare));
    }

    [Fact]
    public void Properties_that_are_not_named_come_only_where_the_schema_says_so_and_never_repeat_one_that_is()
    {
        var open = Read(new ToolUse([new Tool("f", null, """{"type":"object","properties":{"ab":{"type":"integer"},"a\"":{"type":"null"}},"additionalProperties":{"type":"boolean"}}""")], ToolChoice.Required));
        bool Accepts(string arguments) => open.Accepts($"<tool_call>\n{{\"name\":\"f\",\"arguments\":{arguments}}}\n</tool_call>");
        foreach (var good in new[] { "{}", "{\"ab\":1}", "{\"ab\":1,\"a\\\"\":null,\"a\":true,\"abc\":false}", "{\"\":true}", "{\"é\":true}" })
            Assert.True(Accepts(good), good);
        foreach (var wrong in new[] { "{\"ab\":true}", "{\"ab\":1,\"ab\":true}", "{\"x\":true,\"a\\\"\":true}", "{\"x\":1}" })
            Assert.False(Accepts(wrong), wrong);
    }

    [Fact]
    public void As_many_functions_as_may_be_offered_have_room()
    {
        string[] kinds =
        [
            """{"type":"string","description":"Free text."}""", """{"type":"integer"}""", """{"enum":["first","second","third"]}""",
            """{"type":"array","items":{"type":"object","properties":{"key":{"type":"string"},"values":{"type":"array","items":{"type":"number"}}},"required":["key"]}}""",
        ];
        var properties = string.Join(',', Enumerable.Range(0, 8).Select(i => $"\"property_number_{i}\":{kinds[i % 4]}"));
        var schema = $$"""{"type":"object","properties":{{{properties}}},"required":["property_number_1"]}""";
        var tools = Enumerable.Range(0, 128).Select(i => new Tool($"function_number_{i}", null, schema)).ToArray();
        foreach (var choice in new[] { ToolChoice.Required, ToolChoice.Auto })
        {
            var language = Read(new ToolUse(tools, choice));
            foreach (var tool in tools)
                Assert.True(language.Accepts($"<tool_call>\n{{\"name\": \"{tool.Name}\", \"arguments\": {{\"property_number_0\": \"x y\", \"property_number_1\": -12, \"property_number_2\": \"third\", \"property_number_3\": [{{\"key\": \"k\", \"values\": [1.5, 2]}}]}}}}\n</tool_call>"));
            Assert.False(language.Constraint.IsFull);
        }
    }

    private static Accepting Read(ToolUse use, string? format = null, CallForm? form = null)
    {
        var pieces = Enumerable.Range(0, 256).Select(value => new[] { (byte)value }).Append([]).ToArray();
        return new Accepting(Constraint.Read(format, use, form ?? CallForm.Hermes, new TokenTrie(pieces), [256]));
    }

    private sealed record Accepting(Constraint Constraint)
    {
        public bool Accepts(string text) => Behind(text) is { } state && (Constraint.IsComplete(state) || (Constraint.Mask(state)[256 / 64] & 1) != 0);

        public bool EndsAt(string text) => Behind(text) is { } state && Constraint.IsComplete(state);

        private int? Behind(string text)
        {
            var state = Constraint.Advance(Constraint.Start, Encoding.UTF8.GetBytes(text));
            return state == Language.Nothing ? null : state;
        }
    }
}
