using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference;

/// <summary>tokenizer_config.json: the named special tokens and the chat templates.</summary>
internal sealed class TokenizerConfig
{
    private readonly JsonNode? _template;

    private TokenizerConfig(JsonObject config)
    {
        _template = config["chat_template"];
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in config)
        {
            if (name.EndsWith("_token", StringComparison.Ordinal) && Content(value) is { } content)
                tokens[name] = content;
        }
        Tokens = tokens;
    }

    /// <summary>bos_token, eos_token and the like: the name to the token's text.</summary>
    public IReadOnlyDictionary<string, string> Tokens { get; }

    public static TokenizerConfig Read(string folder)
    {
        if (GgufFile.Is(folder))
            return new TokenizerConfig(GgufConfig.Tokens(GgufFile.Metadata(folder)));
        var path = Path.Combine(folder, "tokenizer_config.json");
        try
        {
            return new TokenizerConfig(File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? [] : []);
        }
        catch (JsonException fault)
        {
            throw new ChatTemplateException($"{path} is no valid JSON: {fault.Message}", fault);
        }
    }

    /// <returns>The template's source, or null where there is none of that name.</returns>
    public string? Template(string folder, string name)
    {
        var file = Path.Combine(folder, name == "default" ? "chat_template.jinja" : Path.Combine("additional_chat_templates", name + ".jinja"));
        if (File.Exists(file) && Path.GetFileName(name) == name)
            return File.ReadAllText(file);
        if (_template is not JsonArray list)
            return name == "default" ? Text(_template) : null;
        return list.OfType<JsonObject>().Where(t => Text(t["name"]) == name).Select(t => Text(t["template"])).FirstOrDefault();
    }

    private static string? Content(JsonNode? value) => Text(value) ?? (value is JsonObject token ? Text(token["content"]) : null);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
