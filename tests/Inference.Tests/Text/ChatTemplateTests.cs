using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

public sealed class ChatTemplateTests : IDisposable
{
    private static readonly ChatMessage[] Conversation = [new("system", "be brief"), new("user", "Hello there"), new("assistant", "Hi")];
    private static readonly Dictionary<string, string> Tokens = new() { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };

    private readonly CheckpointFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a\n{% if %}", "line 2: a value is expected")]
    [InlineData("{% if true %}", "'endif' is missing")]
    [InlineData("\n\n{% endfor %}", "line 3: the tag 'endfor' isn't known")]
    [InlineData("{{ 'open }}", "a string without its end")]
    [InlineData("{{ a", "a tag without its '}}'")]
    [InlineData("{# open", "a comment without its end")]
    [InlineData("{% raw %}{{", "a raw block without its end")]
    [InlineData("{{ a ! b }}", "an unexpected '!'")]
    [InlineData("{{ 99999999999999999999 }}", "too large")]
    [InlineData("{% import 'x' as y %}", "the tag 'import' isn't known")]
    [InlineData("{% include 'x' %}", "the tag 'include' isn't known")]
    public void A_template_that_can_not_be_read_is_refused_with_its_line(string source, string reason)
    {
        var fault = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(source));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% set r = range(90000) %}{% for i in r %}{% for j in r %}{% endfor %}{% endfor %}", "more than 5000000 steps")]
    [InlineData("{% for i in range(1000000) %}{% endfor %}", "longer than 100000")]
    [InlineData("{{ 'x' * 1000000000000 }}", "more text than it may")]
    [InlineData("{{ [1] * 1000000000000 }}", "more text than it may")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "more text than it may")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", "more text than it may")]
    [InlineData("{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s | replace('x', 'xx') %}{% endfor %}", "more text than it may")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "more text than it may")]
    [InlineData("{% for i in range(20) %}{{ 'x' * 1000000 }}{% endfor %}", "writes more than")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "nests too deeply")]
    [InlineData("{% set ns = namespace(s=[]) %}{% for i in range(90000) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s }}", "nests too deeply")]
    [InlineData("{% set ns = namespace(s=[]) %}{% for i in range(90000) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s | tojson }}", "nests too deeply")]
    [InlineData("{% set ns = namespace(s=[1, 1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}", "parts")]
    [InlineData("{% set ns = namespace(s=[1, 1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s == ns.s }}", "parts")]
    [InlineData("{% set ns = namespace(s=[1, 1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s | tojson }}", "steps")]
    [InlineData("{% set ns = namespace(s=['x' * 1000000] * 1000) %}{{ ns.s }}", "parts")]
    [InlineData("{% for c in 'x' * 2000000 %}{% endfor %}", "can't be walked")]
    [InlineData("{{ range(90000) | unique | list }}", "more text than it may")]
    [InlineData("{{ 10 ** 100 }}", "too large")]
    [InlineData("{{ 9223372036854775807 + 1 }}", "too large")]
    [InlineData("{{ -9223372036854775807 - 2 }}", "too large")]
    [InlineData("{{ (0 - 9223372036854775807 - 1) // -1 }}", "too large")]
    [InlineData("{{ 1 % 0 }}", "division by zero")]
    [InlineData("{{ messages[0].content.__class__.__mro__ }}", "undefined")]
    [InlineData("{{ messages.append(1) }}", "can't be called")]
    [InlineData("{{ [1, 'a'] | sort }}", "can't be ordered")]
    [InlineData("{{ 'x' | indent(1000000000) | indent(1000000000) }}{{ 1 / 0 }}", "division by zero")]
    public void A_hostile_template_is_stopped(string source, string reason)
    {
        var template = ChatTemplate.Parse(source);
        var fault = Assert.Throws<ChatTemplateException>(() => template.Render(Conversation));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith("line 1: ", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.RefusedByTemplate);
    }

    [Theory]
    [InlineData("(", ")", 100_000)]
    [InlineData("not ", "", 100_000)]
    [InlineData("- ", "1", 100_000)]
    [InlineData("[", "]", 100_000)]
    [InlineData("1 + ", "1", 200_000)]
    public void Nesting_is_bounded_where_the_template_is_read(string open, string close, int times)
    {
        var source = "{{ " + string.Concat(Enumerable.Repeat(open, times)) + string.Concat(Enumerable.Repeat(close, times)) + " }}";
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(source).Render(Conversation));
    }

    [Fact]
    public void A_conversation_that_the_template_refuses_is_told_apart_from_a_broken_template()
    {
        var template = ChatTemplate.Parse("{% if messages[0].role != 'user' %}\n{{ raise_exception('the user speaks first') }}{% endif %}");
        var fault = Assert.Throws<ChatTemplateException>(() => template.Render(Conversation));
        Assert.True(fault.RefusedByTemplate);
        Assert.Equal("line 2: the user speaks first", fault.Message);
    }

    [Fact]
    public void A_folder_without_the_template_is_refused()
    {
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(_folder.Path));
        _folder.WriteText("tokenizer_config.json", """{"chat_template":[{"name":"tool_use","template":"t"}]}""");
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(_folder.Path));
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(_folder.Path, "../tool_use"));
        _folder.WriteText("tokenizer_config.json", "{");
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(_folder.Path));
    }

    [Fact]
    public void A_folder_names_its_template_in_either_way()
    {
        const string Special = """ "bos_token":{"content":"<s>","lstrip":false},"eos_token":"</s>","pad_token":null """;
        _folder.WriteText("tokenizer_config.json", """{"chat_template":"one{{ bos_token }}",""" + Special + "}");
        Assert.Equal("one<s>", ChatTemplate.Load(_folder.Path).Render(Conversation));
        const string Named = """{"chat_template":[{"name":"default","template":"two{{ eos_token }}"},{"name":"tools","template":"three{{ pad_token }}"}],""";
        _folder.WriteText("tokenizer_config.json", Named + Special + "}");
        Assert.Equal("two</s>", ChatTemplate.Load(_folder.Path).Render(Conversation));
        Assert.Equal("three", ChatTemplate.Load(_folder.Path, "tools").Render(Conversation));
        _folder.WriteText("chat_template.jinja", "four{{ bos_token }}");
        Assert.Equal("four<s>", ChatTemplate.Load(_folder.Path).Render(Conversation));
    }

    [Fact]
    public void Variables_and_messages_of_any_shape_reach_the_template()
    {
        var template = ChatTemplate.Parse("{{ messages[0].tool_calls[0].function.name }} {{ tools | tojson }} {{ enable_thinking is false }}");
        var messages = JsonNode.Parse("""[{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"add"}}]}]""")!.AsArray();
        var variables = JsonNode.Parse("""{"tools":[{"n":1,"x":0.5,"s":"é"}],"enable_thinking":false}""")!.AsObject();
        Assert.Equal("""add [{"n": 1, "x": 0.5, "s": "é"}] True""", template.Render(messages, variables: variables));
    }

    [Fact]
    public void Every_construct_renders_as_in_Jinja2()
    {
        // constructs.json holds what Jinja2 3.1 makes of each template with the settings of the transformers library.
        var cases = JsonNode.Parse(File.ReadAllText(Path.Combine(PeerFolder.Root(), "tests", "Inference.Tests", "Text", "constructs.json")))!.AsArray();
        var wrong = cases.Select(c => Disagreement((string)c!["template"]!, (string?)c["text"])).OfType<string>().ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases.Count}\n" + string.Join('\n', wrong));
    }

    private static string? Disagreement(string source, string? expected)
    {
        string? text;
        try
        {
            text = ChatTemplate.Parse(source, Tokens, new FixedClock()).Render(Conversation, addGenerationPrompt: false);
        }
        catch (ChatTemplateException fault)
        {
            text = null;
            if (expected is null)
                return null;
            return $"{source}\n  fault {fault.Message}\n  ≠ {JsonSerializer.Serialize(expected)}";
        }
        return text == expected ? null : $"{source}\n    {JsonSerializer.Serialize(text)}\n  ≠ {JsonSerializer.Serialize(expected)}";
    }

    private sealed class FixedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 1, 5, 9, 7, 3, TimeSpan.Zero);
    }
}
