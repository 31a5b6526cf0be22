namespace ProofMesh.Inference;

/// <summary>Sets of byte strings as interned expressions, and what is left of one after a byte: the states of its automaton.</summary>
/// <remarks>
/// An expression's derivative by a byte is the set of what may follow that byte (Brzozowski, 1964). Equal expressions
/// have equal numbers, so derivatives are states; each is computed when it is first asked for. Rules may refer to
/// themselves: what is open of them lies as a chain in the expression, so nested texts need no stack. The number of
/// expressions is bounded, and with it the memory and time that a hostile schema can take.
/// </remarks>
internal sealed class Language
{
    public const int Nothing = 0;
    public const int Empty = 1;

    private const int MaxExpressions = 100_000;
    private const int MaxDepth = 500;

    private readonly List<Expression> _expressions = [];
    private readonly Dictionary<Expression, int> _numbers = [];
    private readonly List<ByteSet> _sets = [];
    private readonly Dictionary<ByteSet, int> _setNumbers = [];
    private readonly List<int> _rules = [];
    private readonly Dictionary<(int, byte), int> _derivatives = [];

    public Language()
    {
        Intern(new Expression(Kind.Nothing));
        Intern(new Expression(Kind.Empty));
    }

    private enum Kind
    {
        Nothing,
        Empty,
        Bytes,
        Then,
        Either,
        Repeat,
        Rule,
    }

    private readonly record struct Expression(Kind Kind, int A = 0, int B = 0, int Min = 0, int Max = 0);

    /// <summary>Whether no further expression has room.</summary>
    public bool IsFull => _expressions.Count >= MaxExpressions;

    public int Bytes(ByteSet set)
    {
        if (set.IsEmpty)
            return Nothing;
        if (!_setNumbers.TryGetValue(set, out var number))
        {
            _setNumbers[set] = number = _sets.Count;
            _sets.Add(set);
        }
        return Intern(new Expression(Kind.Bytes, number));
    }

    public int Bytes(int first, int last) => Bytes(ByteSet.Range(first, last));

    public int Text(string ascii) => Text(System.Text.Encoding.UTF8.GetBytes(ascii));

    public int Text(ReadOnlySpan<byte> text)
    {
        var result = Empty;
        for (var i = text.Length - 1; i >= 0; i--)
            result = Then(Bytes(text[i], text[i]), result);
        return result;
    }

    public int Then(params ReadOnlySpan<int> parts)
    {
        var result = Empty;
        for (var i = parts.Length - 1; i >= 0; i--)
            result = Then(parts[i], result);
        return result;
    }

    // Chains lean to the right, so that a derivative touches their heads only.
    public int Then(int a, int b)
    {
        if (a == Nothing || b == Nothing)
            return Nothing;
        if (a == Empty)
            return b;
        if (b == Empty)
            return a;
        var first = _expressions[a];
        return first.Kind == Kind.Then ? Then(first.A, Then(first.B, b)) : Intern(new Expression(Kind.Then, a, b));
    }

    // Alternatives stand in order of their numbers, each once.
    public int Either(params ReadOnlySpan<int> parts)
    {
        var all = new SortedSet<int>();
        foreach (var part in parts)
            Collect(part, all);
        var result = Nothing;
        foreach (var part in all.Reverse())
            result = result == Nothing ? part : Intern(new Expression(Kind.Either, part, result));
        return result;
    }

    public int Optional(int a) => Either(a, Empty);

    /// <param name="max">−1: without end.</param>
    public int Repeat(int a, int min, int max)
    {
        if (max == 0 || a == Empty)
            return Empty;
        if (a == Nothing)
            return min == 0 ? Empty : Nothing;
        return (min, max) == (1, 1) ? a : Intern(new Expression(Kind.Repeat, a, 0, IsNullable(a) ? 0 : min, max));
    }

    /// <summary>A rule to be defined later; it must not accept the empty string.</summary>
    public int Rule()
    {
        _rules.Add(Nothing);
        return Intern(new Expression(Kind.Rule, _rules.Count - 1));
    }

    public void Define(int rule, int body) => _rules[_expressions[rule].A] = body;

    /// <summary>Whether the empty string belongs to it.</summary>
    public bool IsNullable(int number)
    {
        for (; _expressions[number] is { Kind: Kind.Either } either; number = either.B)
        {
            if (IsNullable(either.A))
                return true;
        }
        return _expressions[number] switch
        {
            { Kind: Kind.Empty } => true,
            { Kind: Kind.Then } e => IsNullable(e.A) && IsNullable(e.B),
            { Kind: Kind.Repeat } e => e.Min == 0,
            _ => false,
        };
    }

    /// <summary>What may follow this byte.</summary>
    /// <exception cref="ConstraintException">The expressions have become too many.</exception>
    public int Derive(int number, byte value) => Derive(number, value, 0);

    private int Derive(int number, byte value, int depth)
    {
        if (number <= Empty)
            return Nothing;
        var e = _expressions[number];
        if (e.Kind == Kind.Bytes)
            return _sets[e.A].Contains(value) ? Empty : Nothing;
        if (_derivatives.TryGetValue((number, value), out var known))
            return known;
        if (depth > MaxDepth)
            throw new ConstraintException("The constraint refers to itself without saying anything between.");
        return _derivatives[(number, value)] = e.Kind switch
        {
            Kind.Then => Then(Derive(e.A, value, depth + 1), e.B) is var left && IsNullable(e.A) ? Either(left, Derive(e.B, value, depth + 1)) : left,
            Kind.Either => DeriveAll(number, value, depth + 1),
            Kind.Repeat => Then(Derive(e.A, value, depth + 1), Repeat(e.A, Math.Max(0, e.Min - 1), e.Max < 0 ? -1 : e.Max - 1)),
            _ => Derive(_rules[e.A], value, depth + 1),
        };
    }

    private int DeriveAll(int number, byte value, int depth)
    {
        var parts = new SortedSet<int>();
        var left = new List<int>();
        Collect(number, parts);
        foreach (var part in parts)
            left.Add(Derive(part, value, depth));
        return Either(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(left));
    }

    private void Collect(int number, SortedSet<int> into)
    {
        for (; _expressions[number] is { Kind: Kind.Either } e; number = e.B)
            into.Add(e.A);
        if (number != Nothing)
            into.Add(number);
    }

    private int Intern(Expression expression)
    {
        if (_numbers.TryGetValue(expression, out var number))
            return number;
        if (_expressions.Count >= MaxExpressions)
            throw new ConstraintException($"The constraint needs more than {MaxExpressions} states; make it simpler.");
        _numbers[expression] = number = _expressions.Count;
        _expressions.Add(expression);
        return number;
    }
}
