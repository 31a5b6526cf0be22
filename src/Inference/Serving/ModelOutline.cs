using ProofMesh.Inference.Torch;

namespace ProofMesh.Inference;

/// <summary>What a model takes in memory; what a step computes with comes on top, some tens of megabytes.</summary>
/// <param name="Weights">Bytes of its matrices; on the Cpu backend an embedding table stays in its file.</param>
/// <param name="Cache">Bytes of keys and values when all of the cache is in use.</param>
public readonly record struct ModelMemory(long Weights, long Cache)
{
    public long Total => Weights + Cache;
}

/// <summary>A model as it runs with certain options: what can be said and refused while its weights aren't in memory. Safe for many threads.</summary>
public sealed class ModelOutline
{
    private readonly Lazy<EngineModel> _model;
    private readonly Lazy<ConversationText> _conversations;

    /// <param name="files">Outlives this and every engine that is loaded from it.</param>
    /// <param name="options">Their folder counts for nothing here.</param>
    /// <exception cref="ArgumentException">An option is out of bounds, or the backend has no such format.</exception>
    public ModelOutline(ModelFiles files, EngineOptions options)
    {
        options.Check();
        (Files, Options) = (files, options with { Folder = files.Path });
        var scheme = options.Backend == Backend.Torch ? TorchRunner.SchemeOf(options.Weights, options.Device) : CpuRunner.SchemeOf(options.Weights);
        _model = new Lazy<EngineModel>(() => new EngineModel(options.Name ?? files.Name, Context, scheme, Engine.Version, files.Digests(options.CacheFolder), files.Tokenizer.Digest));
        _conversations = new Lazy<ConversationText>(() => ConversationText.Load(files.Path));
        Formats = new Formats(files.Tokenizer, files.Config.EndTokens, () => CallForm);
    }

    public EngineOptions Options { get; }

    /// <summary>As a manifest names it; reads every byte of the weights where their digests aren't known.</summary>
    public EngineModel Model => _model.Value;

    public Tokenizer Tokenizer => Files.Tokenizer;

    /// <summary>The longest prompt and answer together.</summary>
    public int Context => ContextOf(Options, Files.Config);

    public ModelMemory Memory => Options.Backend == Backend.Torch
        ? Of(TorchModel.BytesOf(Files.Config, Options.Weights), TorchCache.BytesPerToken(Files.Config, Options.Weights))
        : Of(CpuModel.BytesOf(Files.Config, Options.Weights), CpuCache.BytesPerToken(Files.Config, Options.Weights));

    internal ModelFiles Files { get; }

    internal Formats Formats { get; }

    /// <summary>How the model writes calls of functions.</summary>
    /// <exception cref="ChatTemplateException">The model has no template.</exception>
    internal CallForm CallForm => _conversations.Value.Form;

    /// <summary>The prompt for a conversation, by the model's own chat template.</summary>
    /// <param name="tools">What the answer may call.</param>
    /// <exception cref="ChatTemplateException">The model has no template, or it refuses the conversation.</exception>
    public int[] Prompt(IReadOnlyList<ChatMessage> messages, ToolUse? tools = null) =>
        Tokenizer.Encode(_conversations.Value.Render(messages, tools), addSpecialTokens: false);

    /// <summary>What is wrong with a format or with the schemas of functions, or null.</summary>
    public string? FormatFault(string? format, ToolUse? tools = null)
    {
        try
        {
            Formats.Read(format, tools);
            return null;
        }
        // A model without a template has no form of calls.
        catch (Exception fault) when (fault is ConstraintException or ChatTemplateException)
        {
            return fault.Message;
        }
    }

    internal static int ContextOf(EngineOptions options, ModelConfig config)
    {
        var context = options.MaxContext is > 0 and var wanted ? Math.Min(wanted, config.MaxPositions) : config.MaxPositions;
        return options.CacheTokens > 0 ? Math.Min(context, options.CacheTokens) : context;
    }

    private ModelMemory Of(long weights, long bytesPerToken) => new(weights, ModelRunner.CacheBytes(Context, bytesPerToken, Options.CacheTokens));
}
