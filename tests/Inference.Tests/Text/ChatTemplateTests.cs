using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

public sealed class ChatTemplateTests
{
    private static readonly ChatMessage[] Conversation = [new("system", "be brief"), new("user", "Hello there"), new("assistant", "Hi")];
    private static readonly Dictionary<string, string> Tokens = new() { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };

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
