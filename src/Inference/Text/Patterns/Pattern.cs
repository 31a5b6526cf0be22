using System.Runtime.CompilerServices;

namespace ProofMesh.Inference;

/// <summary>A compiled pattern over code points, with an upper bound on the work that a hostile text can cause.</summary>
/// <remarks>
/// .NET's own engine reads UTF-16 units: letters beyond the basic plane aren't letters to it, and it has no possessive quantifiers.
/// </remarks>
internal sealed class Pattern
{
    private const long StepsPerCharacter = 200;
    private readonly PatternNode? _start;

    public Pattern(string source) => _start = PatternParser.Parse(source);

    public static Pattern Literal(string text) => new(string.Concat(text.EnumerateRunes().Select(r => $"\\x{{{r.Value:x}}}")));

    /// <summary>The next match at or after <paramref name="from"/>, leftmost first; false where there is none.</summary>
    public bool TryFind(ReadOnlySpan<char> text, int from, ref long steps, out int start, out int end)
    {
        for (start = from; start < text.Length; start += CodePoints.Width(CodePoints.At(text, start)))
        {
            end = Match(_start, text, start, ref steps);
            if (end > start)
                return true;
        }
        end = start = -1;
        return false;
    }

    /// <summary>Cuts the text into matches and the stretches between them, in order.</summary>
    public List<(int Start, int End, bool IsMatch)> Cut(ReadOnlySpan<char> text)
    {
        var parts = new List<(int, int, bool)>();
        var steps = 100_000 + text.Length * StepsPerCharacter;
        var at = 0;
        while (TryFind(text, at, ref steps, out var start, out var end))
        {
            if (start > at)
                parts.Add((at, start, false));
            parts.Add((start, end, true));
            at = end;
        }
        if (at < text.Length)
            parts.Add((at, text.Length, false));
        return parts;
    }

    /// <returns>Where the match ends, or -1.</returns>
    private static int Match(PatternNode? node, ReadOnlySpan<char> text, int at, ref long steps)
    {
        while (node is not null)
        {
            if (--steps < 0)
                throw new TokenizerException("A pattern of this tokenizer takes too long on this text.");
            switch (node)
            {
                case SetNode { Greed: Greed.Possessive } set:
                    at = Run(set, text, at, set.Most, out var count, ref steps);
                    if (count < set.Least)
                        return -1;
                    break;
                case SetNode set:
                    return set.Greed == Greed.Lazy ? MatchLazy(set, text, at, ref steps) : MatchGreedy(set, text, at, ref steps);
                case BranchNode branch:
                    return MatchBranch(branch, text, at, ref steps);
                case LoopNode loop:
                    return MatchLoop(loop, text, at, ref steps);
                case AtomicNode atomic:
                    at = Nested(atomic.Inner, text, at, ref steps);
                    if (at < 0)
                        return -1;
                    break;
                case LookNode look:
                    if (Nested(look.Inner, text, at, ref steps) >= 0 == look.Negative)
                        return -1;
                    break;
                case AnchorNode anchor:
                    if (anchor.Start ? at > 0 && text[at - 1] != '\n' : at < text.Length && text[at] != '\n')
                        return -1;
                    break;
            }
            node = node.Next;
        }
        return at;
    }

    private static int Run(SetNode set, ReadOnlySpan<char> text, int at, int most, out int count, ref long steps)
    {
        for (count = 0; count < most && at < text.Length; count++)
        {
            var codePoint = CodePoints.At(text, at);
            if (!set.Set.Contains(codePoint))
                break;
            at += CodePoints.Width(codePoint);
        }
        steps -= count;
        return at;
    }

    private static int MatchGreedy(SetNode set, ReadOnlySpan<char> text, int at, ref long steps)
    {
        var end = Run(set, text, at, set.Most, out var count, ref steps);
        for (; count >= set.Least; count--)
        {
            var rest = Nested(set.Next, text, end, ref steps);
            if (rest >= 0)
                return rest;
            if (count > 0)
                end -= CodePoints.Width(CodePoints.Before(text, end));
        }
        return -1;
    }

    private static int MatchLazy(SetNode set, ReadOnlySpan<char> text, int at, ref long steps)
    {
        at = Run(set, text, at, set.Least, out var count, ref steps);
        while (count >= set.Least)
        {
            var rest = Nested(set.Next, text, at, ref steps);
            if (rest >= 0 || count == set.Most)
                return rest;
            at = Run(set, text, at, 1, out var more, ref steps);
            count = more == 0 ? -1 : count + 1;
        }
        return -1;
    }

    private static int MatchBranch(BranchNode branch, ReadOnlySpan<char> text, int at, ref long steps)
    {
        foreach (var first in branch.Branches)
        {
            var end = Nested(first, text, at, ref steps);
            if (end >= 0)
                return end;
        }
        return -1;
    }

    private static int MatchLoop(LoopNode loop, ReadOnlySpan<char> text, int at, ref long steps)
    {
        if (loop.Greed == Greed.Lazy)
        {
            var out1 = Nested(loop.Next, text, at, ref steps);
            return out1 >= 0 ? out1 : Nested(loop.Body, text, at, ref steps);
        }
        var round = Nested(loop.Body, text, at, ref steps);
        return round >= 0 ? round : Nested(loop.Next, text, at, ref steps);
    }

    // The depth of nesting follows the text where a group repeats: refuse it before the stack ends.
    private static int Nested(PatternNode? node, ReadOnlySpan<char> text, int at, ref long steps)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TokenizerException("A pattern of this tokenizer nests too deeply on this text.");
        return Match(node, text, at, ref steps);
    }
}
