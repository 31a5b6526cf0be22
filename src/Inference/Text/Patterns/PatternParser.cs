using System.Globalization;

namespace ProofMesh.Inference;

/// <summary>Reads the regular expressions that published tokenizers use into nodes.</summary>
/// <remarks>alternation · groups (?: ) (?i: ) (?> ) (?= ) (?! ) · classes · \p{..} \s \d \w · * + ? {m,n}, lazy and possessive · ^ $</remarks>
internal sealed class PatternParser(string pattern)
{
    private const int MaxCount = 1000;
    private readonly PatternClassParser _classes = new(pattern);
    private int _at;
    private bool _ignoreCase;

    public static PatternNode? Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        var node = parser.Alternation(null);
        if (parser._at < pattern.Length)
            throw parser.Fault("an unmatched ')'");
        return node;
    }

    // Every production takes the node that follows and returns the chain that leads to it.
    private PatternNode? Alternation(PatternNode? next)
    {
        var branches = new List<PatternNode?> { Sequence(next) };
        while (Take('|'))
            branches.Add(Sequence(next));
        return branches.Count == 1 ? branches[0] : new BranchNode(branches) { Next = next };
    }

    private PatternNode? Sequence(PatternNode? next)
    {
        // Built back to front would need the end first, so the atoms are collected as functions of what follows them.
        var atoms = new List<Func<PatternNode?, PatternNode?>>();
        while (_at < pattern.Length && pattern[_at] is not ('|' or ')'))
            atoms.Add(Quantified());
        for (var i = atoms.Count - 1; i >= 0; i--)
            next = atoms[i](next);
        return next;
    }

    private Func<PatternNode?, PatternNode?> Quantified()
    {
        if (Take('^'))
            return next => new AnchorNode(start: true) { Next = next };
        if (Take('$'))
            return next => new AnchorNode(start: false) { Next = next };
        if (pattern[_at] == '(')
            return QuantifiedGroup();
        var set = pattern[_at] == '[' ? _classes.Bracket(ref _at) : _classes.Single(ref _at);
        if (_ignoreCase)
            set = set.IgnoreCase();
        var (least, most, greed) = Quantifier();
        return next => new SetNode(set, least, most, greed) { Next = next };
    }

    private Func<PatternNode?, PatternNode?> QuantifiedGroup()
    {
        _at++;
        var (kind, ignoreCase) = GroupKind();
        var outer = _ignoreCase;
        _ignoreCase = ignoreCase;
        var start = _at;
        Alternation(null);
        if (!Take(')'))
            throw Fault("a '(' without its ')'");
        var end = _at;
        _ignoreCase = outer;
        var (least, most, greed) = Quantifier();
        return next => Repeat(n => Group(kind, start, end, ignoreCase, n), least, most, greed, next);
    }

    // A group that repeats needs one chain of nodes per round, so its text is read anew for each.
    private PatternNode? Group(char kind, int start, int end, bool ignoreCase, PatternNode? next)
    {
        var inner = new PatternParser(pattern) { _at = start, _ignoreCase = ignoreCase };
        var node = inner.Alternation(kind == ':' ? next : null);
        if (inner._at != end - 1)
            throw Fault("a group that can't be read");
        return kind switch
        {
            ':' => node,
            '>' => new AtomicNode(node) { Next = next },
            _ => new LookNode(node, negative: kind == '!') { Next = next },
        };
    }

    private static PatternNode? Repeat(Func<PatternNode?, PatternNode?> group, int least, int most, Greed greed, PatternNode? next)
    {
        if (greed == Greed.Possessive && (least, most) != (1, 1))
            return new AtomicNode(Repeat(group, least, most, Greed.Greedy, null)) { Next = next };
        var tail = next;
        if (most == int.MaxValue)
        {
            var loop = new LoopNode(greed) { Next = next };
            loop.Body = group(loop);
            tail = loop;
        }
        for (var i = least; i < most && most != int.MaxValue; i++)
        {
            var round = group(tail);
            tail = new BranchNode(greed == Greed.Lazy ? [next, round] : [round, next]) { Next = next };
        }
        for (var i = 0; i < least; i++)
            tail = group(tail);
        return tail;
    }

    private (char Kind, bool IgnoreCase) GroupKind()
    {
        if (!Take('?'))
            return (':', _ignoreCase);
        var ignoreCase = _ignoreCase;
        if (Take('i'))
            ignoreCase = true;
        if (_at < pattern.Length && pattern[_at] is ':' or '>' or '=' or '!')
            return (pattern[_at++], ignoreCase);
        throw Fault("a group of an unsupported kind");
    }

    private (int Least, int Most, Greed Greed) Quantifier()
    {
        if (_at >= pattern.Length)
            return (1, 1, Greed.Possessive);
        (int Least, int Most)? count = pattern[_at] switch
        {
            '*' => (0, int.MaxValue),
            '+' => (1, int.MaxValue),
            '?' => (0, 1),
            _ => null,
        };
        if (count is not null)
            _at++;
        else if (pattern[_at] == '{')
            count = Braces();
        else
            return (1, 1, Greed.Possessive);
        var greed = Take('?') ? Greed.Lazy : Take('+') ? Greed.Possessive : Greed.Greedy;
        return (count.Value.Least, count.Value.Most, greed);
    }

    private (int, int) Braces()
    {
        var close = pattern.IndexOf('}', _at);
        var parts = close < 0 ? [] : pattern[(_at + 1)..close].Split(',');
        if (parts.Length is 0 or > 2 || !TryCount(parts[0], 0, out var least))
            throw Fault("a '{' that counts nothing");
        var most = least;
        if (parts.Length == 2 && !TryCount(parts[1], int.MaxValue, out most))
            throw Fault("a '{' that counts nothing");
        _at = close + 1;
        return (least, most);
    }

    private static bool TryCount(string text, int otherwise, out int count)
    {
        count = otherwise;
        return text.Length == 0 || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count <= MaxCount);
    }

    private bool Take(char expected)
    {
        if (_at >= pattern.Length || pattern[_at] != expected)
            return false;
        _at++;
        return true;
    }

    private TokenizerException Fault(string what) => new($"The pattern {pattern} has {what} at {_at}.");
}
