using System.Text.Json.Nodes;

namespace ProofMesh.Inference;

/// <summary>A model's published chat template: a conversation to the text that the model was trained to continue. Safe for many threads at once.</summary>
/// <remarks>The template is a program from the model's folder; its steps, output and nesting are bounded.</remarks>
public sealed class ChatTemplate
{
    private const int MaxSource = 1 << 20;

    private readonly List<Statement> _body;
    private readonly IReadOnlyDictionary<string, string> _tokens;
    private readonly TimeProvider _clock;

    private ChatTemplate(string source, IReadOnlyDictionary<string, string> tokens, TimeProvider? clock)
    {
        if (source.Length > MaxSource)
            throw new ChatTemplateException($"A chat template of {source.Length} characters is longer than {MaxSource}.");
        Source = source;
        _body = TemplateParser.Parse(source);
        _tokens = tokens;
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>As it was published.</summary>
    internal string Source { get; }

    /// <summary>Whether a folder has a template of this name.</summary>
    internal static bool Has(string folder, string name) => TokenizerConfig.Read(folder).Template(folder, name) is not null;

    /// <summary>Reads chat_template.jinja, or the template in tokenizer_config.json.</summary>
    /// <param name="name">Which one, where the configuration holds several.</param>
    /// <exception cref="ChatTemplateException">The folder has no such template, or it can't be read.</exception>
    public static ChatTemplate Load(string folder, string name = "default", TimeProvider? clock = null)
    {
        var config = TokenizerConfig.Read(folder);
        var source = config.Template(folder, name) ?? throw new ChatTemplateException($"{folder} has no chat template '{name}'.");
        return new ChatTemplate(source, config.Tokens, clock);
    }

    /// <param name="tokens">bos_token, eos_token and the like, as the template names them.</param>
    public static ChatTemplate Parse(string source, IReadOnlyDictionary<string, string>? tokens = null, TimeProvider? clock = null) =>
        new(source, tokens ?? new Dictionary<string, string>(), clock);

    /// <summary>The prompt for these messages; encode it without adding special tokens, for the template writes them.</summary>
    /// <param name="addGenerationPrompt">Whether the text ends where the assistant begins to speak.</param>
    /// <param name="variables">More that the template may ask for: tools, enable_thinking and so on.</param>
    /// <exception cref="ChatTemplateException">The template refuses the conversation or fails on it.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true, JsonObject? variables = null) =>
        Render([.. messages.Select(Message)], addGenerationPrompt, variables);

    /// <summary>The prompt for messages with more than a role and a text, such as tool calls.</summary>
    public string Render(JsonArray messages, bool addGenerationPrompt = true, JsonObject? variables = null) =>
        Render((List<object?>)ValueText.FromJson(messages)!, addGenerationPrompt, variables);

    private string Render(List<object?> messages, bool addGenerationPrompt, JsonObject? variables)
    {
        var state = new RenderState { Now = _clock.GetLocalNow };
        var scope = new Scope(state);
        TemplateGlobals.Define(scope);
        scope["tools"] = null;
        scope["documents"] = null;
        foreach (var (name, token) in _tokens)
            scope[name] = token;
        foreach (var (name, value) in variables ?? [])
            scope[name] = ValueText.FromJson(value);
        scope["messages"] = messages;
        scope["add_generation_prompt"] = addGenerationPrompt;
        try
        {
            Statement.RunAll(_body, scope);
            return state.Output.ToString();
        }
        catch (TemplateFault fault)
        {
            throw new ChatTemplateException($"line {state.Line}: {fault.Message}", fault) { RefusedByTemplate = fault.RefusedByTemplate };
        }
    }

    private static object Message(ChatMessage message) => new TemplateMap { ["role"] = message.Role, ["content"] = message.Content };
}
