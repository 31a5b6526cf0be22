using System.Threading.Channels;

namespace ProofMesh.Inference;

/// <summary>One token as the scheduler hands it out; its text is made by whoever reads it.</summary>
/// <param name="Id">−1 with a cancellation.</param>
internal readonly record struct SampledToken(int Id, FinishReason? Finish);

/// <summary>A request while it runs: its prompt is read in pieces, then each step samples a token.</summary>
internal sealed class Generation : Job
{
    private readonly GenerateRequest _request;
    private readonly IReadOnlyList<int> _endTokens;
    private readonly int _readAhead;
    private readonly TokenHistory _history;
    private readonly Channel<SampledToken> _channel;

    public Generation(GenerateRequest request, IReadOnlyList<int> endTokens, int readAhead)
        : base(request.Prompt, request.Prompt.Count + request.MaxTokens, request.Priority, request.CacheScope)
    {
        (_request, _endTokens, _readAhead) = (request, endTokens, readAhead);
        _history = new TokenHistory(request.Prompt);
        // One place more than is read ahead: the notice of a cancellation always fits.
        _channel = Channel.CreateBounded<SampledToken>(new BoundedChannelOptions(readAhead + 1) { SingleReader = true, SingleWriter = true });
    }

    public ChannelReader<SampledToken> Tokens => _channel.Reader;

    public override bool Ready => _channel.Reader.Count < _readAhead;

    protected override int FirstRow => Count - 1;

    public override void Accept(Sampler sampler, ReadOnlySpan<float> logits, int rows)
    {
        var token = sampler.Choose(logits, _history, _request.Sampling, Count);
        _history.Add(token);
        Append(token);
        FinishReason? finish = _endTokens.Contains(token) ? FinishReason.Stop : Count == Capacity ? FinishReason.Length : null;
        Emit(new SampledToken(token, finish));
    }

    public override void EndCancelled() => Emit(new SampledToken(-1, FinishReason.Cancelled));

    public override void Fail(Exception fault)
    {
        Ended = true;
        _channel.Writer.TryComplete(fault);
    }

    private void Emit(SampledToken token)
    {
        _channel.Writer.TryWrite(token);
        if (token.Finish is null)
            return;
        Ended = true;
        _channel.Writer.TryComplete();
    }
}
