using System.Text;

namespace ProofMesh.Inference;

/// <summary>Turns an answer's tokens into what can be shown: calls, and text of whole characters, cut before the first stop string.</summary>
/// <param name="calls">Null where no function may be called.</param>
internal sealed class AnswerText(IncrementalDecoder decoder, IReadOnlyList<string> stops, CallReader? calls = null)
{
    private readonly StringBuilder _held = new();

    private bool _stopped;

    /// <summary>What can be shown once this token has come. Nothing may follow a finish.</summary>
    public GeneratedToken Show(SampledToken token)
    {
        if (token.Finish == FinishReason.Cancelled)
            return new GeneratedToken([], "", FinishReason.Cancelled);
        // The token that ends an answer has no text; what may be the beginning of a stop string is held back.
        var found = calls is null ? null : new List<ToolCallPart>();
        var text = token.Ends ? "" : Take(decoder.Append(token.Id), found, last: false);
        if (_stopped || token.Finish is not null)
            text += Take(decoder.Flush(), found, last: true);
        return new GeneratedToken([token.Id], text, _stopped ? FinishReason.Stop : token.Finish) { LogProb = token.LogProb, Calls = found is { Count: > 0 } ? found : null };
    }

    private string Take(string text, List<ToolCallPart>? found, bool last)
    {
        if (calls is null)
            return Release(text, last);
        var shown = "";
        foreach (var part in last ? calls.End(text) : calls.Read(text))
        {
            if (part.Call is not { } call)
                shown += Release(part.Text, last: false);
            else if (!_stopped)
                found!.Add(call);
        }
        return last ? shown + Release("", last: true) : shown;
    }

    private string Release(string text, bool last)
    {
        if (_stopped)
            return "";
        if (stops.Count == 0)
            return text;
        var pending = _held.Append(text).ToString();
        var cut = FirstStop(pending);
        _stopped = cut >= 0;
        if (!_stopped)
            cut = last ? pending.Length : pending.Length - HeldLength(pending);
        _held.Clear();
        if (!_stopped)
            _held.Append(pending, cut, pending.Length - cut);
        return pending[..cut];
    }

    private int FirstStop(string text)
    {
        var first = -1;
        foreach (var stop in stops)
        {
            var at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first))
                first = at;
        }
        return first;
    }

    /// <summary>The length of the longest end of the text that begins a stop string.</summary>
    private int HeldLength(string text)
    {
        var held = 0;
        foreach (var stop in stops)
        {
            for (var length = Math.Min(stop.Length - 1, text.Length); length > held; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                    held = length;
            }
        }
        // Half of a surrogate pair is never shown alone.
        return held < text.Length && char.IsHighSurrogate(text[^(held + 1)]) ? held + 1 : held;
    }
}
