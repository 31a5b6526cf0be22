namespace ProofMesh.Inference.Tests;

/// <summary>A scheduler that a test steps by hand, over a random model with a small cache and a clock that stands still.</summary>
internal sealed class Crowd : IDisposable
{
    private readonly Torch.BothBackends _model;
    private readonly Torch.BothBackends? _draft;
    private readonly ManualClock _clock = new();

    /// <param name="draft">An architecture whose random model guesses; null: guesses come from the text alone.</param>
    public Crowd(int cacheTokens, int maxSequences = 8, int stepTokens = 32, string? draft = null)
    {
        _draft = draft is null ? null : new Torch.BothBackends(draft);
        _model = new Torch.BothBackends("llama");
        Runner = _model.Cpu(context: cacheTokens, cacheTokens);
        Scheduler = new Scheduler(Runner, new EngineOptions { Folder = "", MaxSequences = maxSequences, MaxQueue = 1000, StepTokens = stepTokens }, _clock, _draft is null ? null : new DraftModel(_draft.Cpu(context: cacheTokens, cacheTokens)));
    }

    public ModelRunner Runner { get; }

    public Scheduler Scheduler { get; }

    public List<Member> Members { get; } = [];

    public Member Join(GenerateRequest request, int readAhead = 4)
    {
        var member = new Member(request, new Generation(request, [], readAhead));
        Members.Add(member);
        Scheduler.Enqueue(member.Job);
        return member;
    }

    public GenerateRequest Request(int prompt, int answer, int seed, int priority = 0) => new()
    {
        Prompt = _model.Tokens(prompt, seed),
        MaxTokens = answer,
        Priority = priority,
        Sampling = new SamplingParameters { Temperature = 0.9f, FrequencyPenalty = 0.1f, Seed = Enumerable.Repeat((byte)seed, 32).ToArray() },
    };

    public void Pass(TimeSpan time) => _clock.Now += time.Ticks;

    /// <summary>The answer as a runner and a sampler give it without any scheduler.</summary>
    public int[] Alone(GenerateRequest request)
    {
        using var runner = _model.Cpu(context: Runner.Context, Runner.Context);
        using var sequence = runner.Open(request.Prompt.Count + request.MaxTokens);
        var (sampler, history) = (new Sampler(runner.Config.Vocabulary), new TokenHistory(request.Prompt));
        var (answer, next, logits) = (new List<int>(), request.Prompt.ToArray(), new float[runner.Config.Vocabulary]);
        while (answer.Count < request.MaxTokens)
        {
            runner.Forward([new SequenceStep(sequence, next, 1)], logits);
            answer.Add(sampler.Choose(logits, history, request.Sampling, sequence.Length));
            history.Add(answer[^1]);
            next = [answer[^1]];
        }
        return [.. answer];
    }

    public void Dispose()
    {
        Scheduler.Dispose();
        Runner.Dispose();
        _draft?.Dispose();
        _model.Dispose();
    }

    /// <summary>One request in the crowd, and what its reader has read.</summary>
    public sealed class Member(GenerateRequest request, Generation job)
    {
        public GenerateRequest Request => request;

        public Generation Job => job;

        public List<int> Read { get; } = [];

        public FinishReason? Finish { get; private set; }

        public void ReadAll()
        {
            while (job.Tokens.TryRead(out var token))
            {
                Finish = token.Finish;
                if (token.Id >= 0)
                    Read.Add(token.Id);
            }
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }
}
