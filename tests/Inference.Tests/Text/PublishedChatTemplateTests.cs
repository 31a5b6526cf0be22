using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

/// <summary>Published chat templates, and the embedded model's, against @huggingface/jinja on many conversations.</summary>
public sealed class PublishedChatTemplateTests
{
    private static readonly string[] Packages = ["tokenizer-llama3_1", "tokenizer-qwen3", "tokenizer-deepseek_v3", "tokenizer-gemma3"];

    private static readonly string[] Contents =
    [
        "Hello there", "spaces after  \n", "", "line one\nline two\n\n", "\"quotes\" & <tags> 'n \\ slashes", "日本語 😀 e\u0301", "{{ not a template }} {% if %}",
        "<think>\nfirst\n</think>\n\nthen the answer", "<tool_response>42</tool_response>", "[INST] x [/INST]", "<|im_end|>",
    ];

    private static readonly string[] Orders = ["u", "su", "ua", "sua", "uau", "suau", "suauau", "uuu", "s", "au", "ut", "uat", "sus"];

    [Fact]
    public void Every_template_renders_every_conversation_as_the_peer_does()
    {
        var templates = Templates();
        var jobs = (from template in templates from conversation in Conversations() select (template, conversation)).ToList();
        var answers = Ask(jobs.Select(j => Job(j.template.Source, j.template.Tokens, j.conversation)));
        Assert.Equal(jobs.Count, answers.Count);
        var wrong = jobs.Zip(answers).Select(p => Disagreement(p.First.template, p.First.conversation, p.Second)).OfType<string>().ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {jobs.Count}\n" + string.Join('\n', wrong.Take(20)));
        Assert.True(answers.Count(a => a["text"] is not null) > jobs.Count / 2);
    }

    private static List<(string Name, string Source, Dictionary<string, string> Tokens)> Templates()
    {
        var tokens = new Dictionary<string, string> { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };
        string[] folders = [Path.Combine(PeerFolder.Root(), "src", "Inference", "Model"), .. Packages.Select(PeerFolder.Model)];
        return
        [
            .. folders.Select(f => (f, TokenizerConfig.Read(f).Template(f, "default")!, new Dictionary<string, string>(TokenizerConfig.Read(f).Tokens))),
            ("ChatML", FamilyTemplates.ChatMl, tokens), ("Zephyr", FamilyTemplates.Zephyr, tokens), ("Llama 2", FamilyTemplates.Llama2, tokens),
            ("Mistral", FamilyTemplates.Mistral, tokens), ("Llama 3.2", FamilyTemplates.Llama32, tokens),
        ];
    }

    private static IEnumerable<(JsonArray Messages, bool Prompt)> Conversations()
    {
        var random = new Random(7);
        foreach (var order in Orders.SelectMany(o => Enumerable.Repeat(o, 4)))
        {
            var messages = order.Select(role => (JsonNode)new JsonObject
            {
                ["role"] = role switch { 's' => "system", 'u' => "user", 'a' => "assistant", _ => "tool" },
                ["content"] = Contents[random.Next(Contents.Length)],
            });
            yield return (new JsonArray([.. messages]), random.Next(2) == 0);
        }
    }

    private static JsonObject Job(string source, Dictionary<string, string> tokens, (JsonArray Messages, bool Prompt) conversation)
    {
        var variables = new JsonObject { ["messages"] = conversation.Messages.DeepClone(), ["add_generation_prompt"] = conversation.Prompt, ["tools"] = null };
        foreach (var (name, token) in tokens)
            variables[name] = token;
        return new JsonObject { ["template"] = source, ["variables"] = variables };
    }

    private static string? Disagreement(
        (string Name, string Source, Dictionary<string, string> Tokens) template, (JsonArray Messages, bool Prompt) conversation, JsonNode answer)
    {
        string? text = null;
        var fault = "";
        try
        {
            text = ChatTemplate.Parse(template.Source, template.Tokens).Render(conversation.Messages, conversation.Prompt);
        }
        catch (ChatTemplateException refused)
        {
            fault = refused.Message;
        }
        var expected = (string?)answer["text"];
        return text == expected
            ? null
            : $"{template.Name} {conversation.Messages.ToJsonString()}\n    {JsonSerializer.Serialize(text)} {fault}\n  ≠ {JsonSerializer.Serialize(expected)} {answer["fault"]}";
    }

    private static List<JsonNode> Ask(IEnumerable<JsonObject> jobs)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, new JsonArray([.. jobs]).ToJsonString());
            return [.. PeerFolder.Node("render.mjs", file).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
