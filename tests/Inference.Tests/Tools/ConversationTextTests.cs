using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

public sealed class ConversationTextTests : IDisposable
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string","description":"Größe \"egal\" <b>"},"days":{"type":"integer","default":1.5}},"required":["city"]}""";

    // As Hugging Face hands tools and messages to templates.
    private const string Shaped = """
        {"tools":[{"type":"function","function":{"name":"weather","description":"Says it's \"wet\"","parameters":SCHEMA}},{"type":"function","function":{"name":"now","parameters":{"type":"object","properties":{}}}}],
         "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Weather in Paris and Oslo?"},
          {"role":"assistant","content":"I look.","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":{"city":"Paris","n":[1,true,null]}}},{"id":"c2","type":"function","function":{"name":"now","arguments":{}}}]},
          {"role":"tool","content":"{\"rain\":true}","tool_call_id":"c1"},{"role":"tool","content":"noon","tool_call_id":"c2"},
          {"role":"assistant","content":"Wet."},{"role":"user","content":"And Oslo?"},
          {"role":"assistant","content":"","tool_calls":[{"id":"c3","type":"function","function":{"name":"weather","arguments":{"city":"Oslo"}}}]},
          {"role":"tool","content":"dry","tool_call_id":"c3"}],
         "add_generation_prompt":true}
        """;

    private static readonly ToolUse Tools = new([new("weather", "Says it's \"wet\"", Schema), new("now")]);

    private static readonly ChatMessage[] Messages =
    [
        new("system", "Be brief."), new("user", "Weather in Paris and Oslo?"),
        new("assistant", "I look.", [new("c1", "weather", """{"city": "Paris", "n":[1,true, null]}"""), new("c2", "now", "{}")]),
        new("tool", "{\"rain\":true}", ToolCallId: "c1"), new("tool", "noon", ToolCallId: "c2"),
        new("assistant", "Wet."), new("user", "And Oslo?"),
        new("assistant", "", [new("c3", "weather", """{"city":"Oslo"}""")]), new("tool", "dry", ToolCallId: "c3"),
    ];

    private readonly CheckpointFolder _folder = new();

    [Fact]
    public void A_published_template_shows_functions_calls_and_results_as_the_peer_renders_them()
    {
        var folder = PeerFolder.Model("tokenizer-qwen3");
        var variables = JsonNode.Parse(Shaped.Replace("SCHEMA", Schema, StringComparison.Ordinal))!.AsObject();
        var conversation = ConversationText.Load(folder);
        Assert.Equal(CallForm.Hermes, conversation.Form);
        Assert.Equal(Peer(folder, variables), conversation.Render(Messages, Tools));
        variables["tools"] = null;
        Assert.Equal(Peer(folder, variables), conversation.Render(Messages, Tools with { Choice = ToolChoice.None }));
        Assert.Equal(Peer(folder, variables), conversation.Render(Messages, null));
    }

    [Fact]
    public void A_model_that_knows_no_functions_is_shown_them_in_plain_messages()
    {
        var text = Template("{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}").Render(Messages, Tools);
        Assert.StartsWith("[system]Be brief.\n\nFunctions:\n{\"name\":\"weather\",\"description\":\"Says it's \\\"wet\\\"\",", text, StringComparison.Ordinal);
        Assert.Contains("[assistant]I look.\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\", \"n\":[1,true, null]}}\n</tool_call>\n<tool_call>", text, StringComparison.Ordinal);
        Assert.Contains("[user]<tool_response>\n{\"rain\":true}\n</tool_response>\n<tool_response>\nnoon\n</tool_response>[assistant]Wet.", text, StringComparison.Ordinal);
        Assert.EndsWith("[user]<tool_response>\ndry\n</tool_response>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_need_no_role_that_a_template_may_not_know()
    {
        var template = Template("{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}[{{ m.role }}]{{ m.content }}{% endfor %}");
        Assert.StartsWith("[user]Functions:", template.Render([new("user", "Hello")], Tools), StringComparison.Ordinal);
        Assert.Equal("[user]Hello", template.Render([new("user", "Hello")], Tools with { Choice = ToolChoice.None }));
    }

    [Theory]
    [InlineData("{{ messages }}", false, "<tool_call>\n")]
    [InlineData("{{ tools }} <tool_call>{\"name\": …, \"arguments\": …}</tool_call>", true, "<tool_call>\n")]
    [InlineData("{{ tools }} <tool_call><function=NAME>arguments</function></tool_call>", false, "<tool_call>\n")]
    [InlineData("{{ tools }} <tool_call>NAME<arg_key>arguments</arg_key></tool_call>", false, "<tool_call>\n")]
    [InlineData("{{ tools }} {{ '\"parameters\": ' }}{{ tool_call.arguments | tojson }}", true, "")]
    [InlineData("{{ tools }} [TOOL_CALLS]", false, "<tool_call>\n")]
    public void The_form_of_calls_is_the_one_that_the_template_teaches(string template, bool native, string open)
    {
        var form = CallForm.Of(template);
        Assert.Equal(native, form.Native);
        Assert.Equal(open, form.Open);
    }

    [Fact]
    public void A_folder_may_have_a_template_for_functions_alone()
    {
        _folder.WriteText("tokenizer_config.json", """{"chat_template":[{"name":"default","template":"plain"},{"name":"tool_use","template":"{{ tools | length }} <tool_call> arguments"}]}""");
        var conversation = ConversationText.Load(_folder.Path);
        Assert.Equal("plain", conversation.Render([new("user", "Hello")], null));
        Assert.Equal("2 <tool_call> arguments", conversation.Render(Messages, Tools));
        Assert.Equal("0 <tool_call> arguments", conversation.Render(Messages, null));
    }

    [Fact]
    public void A_call_that_cannot_be_shown_is_refused()
    {
        var template = Template("{{ tools }} <tool_call> arguments {{ messages[0].tool_calls }}");
        Assert.Throws<ChatTemplateException>(() => template.Render([new("assistant", "", [new("c", "f", "{")])], null));
        Assert.Throws<ChatTemplateException>(() => template.Render([new("user", "")], new ToolUse([new("f", null, "{\"a\":\"\\ud800\"}")])));
    }

    public void Dispose() => _folder.Dispose();

    private ConversationText Template(string source)
    {
        _folder.WriteText("chat_template.jinja", source);
        return ConversationText.Load(_folder.Path);
    }

    private static string Peer(string folder, JsonObject variables)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, new JsonArray(new JsonObject { ["template"] = TokenizerConfig.Read(folder).Template(folder, "default"), ["variables"] = variables.DeepClone() }).ToJsonString());
            var answer = JsonNode.Parse(PeerFolder.Node("render.mjs", file))!;
            return (string?)answer["text"] ?? throw new InvalidOperationException((string?)answer["fault"]);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
