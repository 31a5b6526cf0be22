using System.Text;

namespace ProofMesh.Inference;

/// <summary>Turns an answer's tokens into text that can be shown: whole characters, cut before the first stop string.</summary>
internal sealed class AnswerText(IncrementalDecoder decoder, IReadOnlyList<string> stops)
{
    private readonly StringBuilder _held = new();

    /// <summary>A stop string has come; nothing is shown any more.</summary>
    public bool Stopped { get; private set; }

    /// <returns>What can be shown now; what may be the beginning of a stop string is held back.</returns>
    public string Append(int token) => Release(decoder.Append(token), last: false);

    /// <summary>Ends the answer and releases what was held back.</summary>
    public string End() => Release(decoder.Flush(), last: true);

    private string Release(string text, bool last)
    {
        if (Stopped)
            return "";
        if (stops.Count == 0)
            return text;
        var pending = _held.Append(text).ToString();
        var cut = FirstStop(pending);
        Stopped = cut >= 0;
        if (!Stopped)
            cut = last ? pending.Length : pending.Length - HeldLength(pending);
        _held.Clear();
        if (!Stopped)
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
