using System.Threading.Channels;

namespace ProofMesh.Inference;

/// <summary>A request while it runs: its prompt is read in pieces, then each step samples one token.</summary>
internal sealed class Generation : Job
{
    private readonly GenerateRequest _request;
    private readonly IReadOnlyList<int> _endTokens;
    private readonly int _readAhead;
    private readonly TokenHistory _history;
    private readonly AnswerText _text;
    private readonly Channel<GeneratedToken> _channel;
    private readonly int[] _prompt;
    private readonly int[] _last = new int[1];
    private int _computed;
    private int _answered;

    public Generation(GenerateRequest request, IncrementalDecoder decoder, IReadOnlyList<int> endTokens, int readAhead)
        : base(request.Prompt.Count + request.MaxTokens)
    {
        (_request, _endTokens, _readAhead) = (request, endTokens, readAhead);
        _prompt = [.. request.Prompt];
        _history = new TokenHistory(_prompt);
        _text = new AnswerText(decoder, request.Stop);
        // One place more than is read ahead: the notice of a cancellation always fits.
        _channel = Channel.CreateBounded<GeneratedToken>(new BoundedChannelOptions(readAhead + 1) { SingleReader = true, SingleWriter = true });
    }

    public ChannelReader<GeneratedToken> Tokens => _channel.Reader;

    public override bool Ready => _channel.Reader.Count < _readAhead;

    public override int PendingTokens => _answered == 0 ? _prompt.Length - _computed : 1;

    public override SequenceStep Next(int most)
    {
        if (_answered > 0)
            return new SequenceStep(Sequence!, _last, 1);
        var count = Math.Min(most, PendingTokens);
        var step = new SequenceStep(Sequence!, _prompt.AsMemory(_computed, count), count == PendingTokens ? 1 : 0);
        _computed += count;
        return step;
    }

    public override void Accept(Sampler sampler, ReadOnlySpan<float> logits)
    {
        if (logits.IsEmpty)
            return;
        var token = sampler.Choose(logits, _history, _request.Sampling, _prompt.Length + _answered);
        _last[0] = token;
        _history.Add(token);
        _answered++;
        var ends = _endTokens.Contains(token);
        var text = ends ? "" : _text.Append(token);
        FinishReason? finish = ends || _text.Stopped ? FinishReason.Stop : _answered == _request.MaxTokens ? FinishReason.Length : null;
        if (finish is not null)
            text += _text.End();
        // The last piece of text may complete a stop string by the bytes that it flushes.
        if (finish == FinishReason.Length && _text.Stopped)
            finish = FinishReason.Stop;
        Emit(new GeneratedToken([token], text, finish));
    }

    public override void EndCancelled() => Emit(new GeneratedToken([], "", FinishReason.Cancelled));

    public override void Fail(Exception fault)
    {
        Ended = true;
        _channel.Writer.TryComplete(fault);
    }

    private void Emit(GeneratedToken token)
    {
        _channel.Writer.TryWrite(token);
        if (token.Finish is null)
            return;
        Ended = true;
        _channel.Writer.TryComplete();
    }
}
