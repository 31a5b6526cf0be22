using System.Runtime.CompilerServices;
using ProofMesh.Inference.Torch;

namespace ProofMesh.Inference;

/// <summary>Text in, tokens out: one model that answers many requests at a time. Safe for many threads.</summary>
public sealed class Engine : IDisposable
{
    /// <summary>Names the arithmetic of this engine in manifests: changes when the same request may give other tokens.</summary>
    public const string Version = "proofmesh-2";

    private readonly ModelOutline _outline;
    private readonly ModelFiles? _files;
    private readonly ModelRunner _runner;
    private readonly Scheduler _scheduler;
    private readonly SchedulerThread _thread;
    private readonly (Checkpoint Files, DraftModel Model)? _draft;

    private Engine(ModelOutline outline, ModelRunner runner, (Checkpoint Files, DraftModel Model)? draft, ModelFiles? files)
    {
        (_outline, _runner, _draft, _files) = (outline, runner, draft, files);
        _scheduler = new Scheduler(runner, outline.Options, TimeProvider.System, draft?.Model);
        _thread = new SchedulerThread(_scheduler);
    }

    public EngineModel Model => _outline.Model;

    public Tokenizer Tokenizer => _outline.Tokenizer;

    /// <summary>What is wrong with a format or with the schemas of functions, or null.</summary>
    public string? FormatFault(string? format, ToolUse? tools = null) => _outline.FormatFault(format, tools);

    public EngineLoad CurrentLoad => _scheduler.Load;

    public StepTimes Times => _scheduler.Times;

    /// <exception cref="ModelConfigException">config.json asks for what isn't supported.</exception>
    /// <exception cref="CheckpointException">The weights are missing, damaged or don't fit config.json.</exception>
    /// <exception cref="TokenizerException">tokenizer.json is missing, damaged or not supported.</exception>
    /// <exception cref="TorchUnavailableException">The Torch backend was asked for and can't run here.</exception>
    public static Engine Load(EngineOptions options)
    {
        options.Check();
        var files = ModelFiles.Open(options.Folder);
        try
        {
            return Load(new ModelOutline(files, options), files);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Brings a model into memory; its files stay the caller's, and it can be loaded again when this engine is gone.</summary>
    /// <inheritdoc cref="Load(EngineOptions)"/>
    public static Engine Load(ModelOutline outline) => Load(outline, owned: null);

    /// <summary>The prompt for a conversation, by the model's own chat template.</summary>
    /// <param name="tools">What the answer may call.</param>
    /// <exception cref="ChatTemplateException">The model has no template, or it refuses the conversation.</exception>
    public int[] Prompt(IReadOnlyList<ChatMessage> messages, ToolUse? tools = null) => _outline.Prompt(messages, tools);

    /// <summary>Answers a prompt. The request is queued when the enumeration starts; leaving it early cancels the request.</summary>
    /// <param name="stop">Ends the answer within one token, with <see cref="FinishReason.Cancelled"/> and no exception.</param>
    /// <exception cref="ContextOverflowException">Prompt and answer exceed the context.</exception>
    /// <exception cref="EngineBusyException">The queue is full (thrown when the enumeration starts).</exception>
    /// <exception cref="ArgumentException">The request is malformed; the message says how.</exception>
    /// <exception cref="ConstraintException">The format can't be kept to; the message names the place.</exception>
    public IAsyncEnumerable<GeneratedToken> Generate(GenerateRequest request, CancellationToken stop = default)
    {
        request.Check(_runner.Config.Vocabulary);
        CheckFits(request.Prompt.Count, request.MaxTokens);
        return Run(request, _outline.Formats.Read(request.Format, request.Tools), stop);
    }

    /// <summary>Computes somebody's answer again with its tokens forced, and says at each position which token wins here.</summary>
    /// <param name="tokens">The answer's token ids, an end-of-sequence token included.</param>
    /// <param name="format">What was asked for, as the tools were.</param>
    /// <exception cref="ContextOverflowException">Prompt and answer exceed the context.</exception>
    /// <exception cref="EngineBusyException">The queue is full.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<IReadOnlyList<ReplayedToken>> Replay(
        IReadOnlyList<int> prompt, IReadOnlyList<int> tokens, SamplingParameters sampling, string? format = null, ToolUse? tools = null, CancellationToken stop = default)
    {
        sampling.Check();
        GenerateRequest.CheckTokens(prompt, _runner.Config.Vocabulary);
        GenerateRequest.CheckTokens(tokens, _runner.Config.Vocabulary);
        CheckFits(prompt.Count, tokens.Count);
        stop.ThrowIfCancellationRequested();
        var replay = new Replay(prompt, tokens, sampling, _outline.Formats.Read(format, tools), Tokenizer.Piece);
        Enqueue(replay);
        await using var registration = stop.Register(() => Cancel(replay));
        return await replay.Result;
    }

    public void Dispose()
    {
        _thread.Dispose();
        _scheduler.Dispose();
        _runner.Dispose();
        _draft?.Model.Dispose();
        _draft?.Files.Dispose();
        _files?.Dispose();
    }

    private async IAsyncEnumerable<GeneratedToken> Run(GenerateRequest request, Constraint? constraint, CancellationToken argument, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var generation = new Generation(request, _runner.Config.EndTokens, _outline.Options.ReadAhead, constraint, Tokenizer.Piece);
        var calls = request.Tools is null or { Choice: ToolChoice.None } ? null : new CallReader(_outline.CallForm, request.Tools.Callable.Select(tool => tool.Name));
        var text = new AnswerText(Tokenizer.Stream(), request.Stop, calls);
        Enqueue(generation);
        await using var onArgument = argument.Register(() => Cancel(generation));
        await using var onStop = stop.Register(() => Cancel(generation));
        try
        {
            await foreach (var token in generation.Tokens.ReadAllAsync(CancellationToken.None))
            {
                _thread.Wake();
                var shown = text.Show(token) with { CachedTokens = generation.CachedTokens };
                yield return shown;
                if (shown.Finish is not null)
                    break;
            }
        }
        finally
        {
            Cancel(generation);
        }
    }

    private void Enqueue(Job job)
    {
        _scheduler.Enqueue(job);
        _thread.Wake();
    }

    private void Cancel(Job job)
    {
        job.Cancel();
        _thread.Wake();
    }

    private void CheckFits(int promptTokens, int maxTokens)
    {
        if ((long)promptTokens + maxTokens > _runner.Context)
            throw new ContextOverflowException(promptTokens, maxTokens, _runner.Context);
    }

    private static Engine Load(ModelOutline outline, ModelFiles? owned)
    {
        var files = outline.Files;
        var runner = OpenRunner(outline.Options, files.Config, files.Weights, files.Checkpoint, outline.Model.Weights);
        try
        {
            return new Engine(outline, runner, OpenDraft(outline.Options, runner), owned);
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    private static (Checkpoint, DraftModel)? OpenDraft(EngineOptions options, ModelRunner target)
    {
        if (options.DraftFolder.Length == 0)
            return null;
        var config = ModelConfig.Load(options.DraftFolder);
        if (config.Vocabulary != target.Config.Vocabulary || config.MaxPositions < target.Context)
            throw new ModelConfigException($"The draft model knows {config.Vocabulary} tokens and {config.MaxPositions} positions; it needs the model's own {target.Config.Vocabulary} and {target.Context}.");
        var checkpoint = Checkpoint.Open(options.DraftFolder);
        try
        {
            var digests = checkpoint.Digests(CacheOf(options));
            return (checkpoint, new DraftModel(OpenRunner(options with { MaxContext = target.Context }, config, new ModelWeights(checkpoint, config), checkpoint, digests)));
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    private static ModelRunner OpenRunner(EngineOptions options, ModelConfig config, ModelWeights weights, Checkpoint checkpoint, IReadOnlyList<string> digests)
    {
        var context = ModelOutline.ContextOf(options, config);
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        return options.Backend == Backend.Torch
            ? new TorchRunner(config, weights, options.Weights, context, options.Device, threads, options.CacheTokens, options.BatchInvariant)
            : new CpuRunner(config, weights, options.Weights, context, threads, options.CacheTokens,
                CacheOf(options)?.Packed(digests, CpuRunner.SchemeOf(options.Weights), checkpoint.Bytes), options.Progress);
    }

    private static WeightCache? CacheOf(EngineOptions options) => options.CacheFolder.Length > 0 ? new WeightCache(options.CacheFolder) : null;
}
