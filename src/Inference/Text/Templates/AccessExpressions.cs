namespace ProofMesh.Inference;

/// <summary>a.b: a method or member, then an item of that name.</summary>
internal sealed class MemberAccess(int line, Expression target, string name) : Expression(line)
{
    public Expression Target => target;

    public string Name => name;

    protected override object? Evaluate(Scope scope) => Access.Member(target.Value(scope), name);
}

/// <summary>a[b]: an item, then a member of that name.</summary>
internal sealed class ItemAccess(int line, Expression target, Expression index) : Expression(line)
{
    protected override object? Evaluate(Scope scope) => Access.Item(target.Value(scope), index.Value(scope));
}

internal sealed class SliceAccess(int line, Expression target, Expression? from, Expression? to, Expression? step) : Expression(line)
{
    protected override object Evaluate(Scope scope)
    {
        var value = target.Value(scope);
        var stride = Bound(step, scope) ?? 1;
        if (stride == 0)
            throw new TemplateFault("a slice can't step by 0");
        var items = value is string or List<object?> ? Operations.Items(value) : throw new TemplateFault($"{Operations.Kind(value)} can't be sliced");
        scope.State.CreateItems(items.Count);
        var picked = Pick(items, Bound(from, scope), Bound(to, scope), stride).ToList();
        return value is string ? string.Concat(picked) : picked;
    }

    private static IEnumerable<object?> Pick(List<object?> items, long? from, long? to, long step)
    {
        var (least, most) = step > 0 ? (0, items.Count) : (-1, items.Count - 1);
        var start = from is { } f ? Math.Clamp(f < 0 ? f + items.Count : f, least, most) : step > 0 ? least : most;
        var end = to is { } t ? Math.Clamp(t < 0 ? t + items.Count : t, least, most) : step > 0 ? most : least;
        for (var i = start; step > 0 ? i < end : i > end; i = Math.Clamp(i, -1, items.Count) + Math.Clamp(step, -items.Count - 1, items.Count + 1))
            yield return items[(int)i];
    }

    private static long? Bound(Expression? expression, Scope scope) => expression?.Value(scope) switch
    {
        null => null,
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new TemplateFault("a slice needs integers"),
    };
}

internal sealed class Call(int line, Expression target, ArgumentList arguments) : Expression(line)
{
    protected override object? Evaluate(Scope scope) =>
        target.Value(scope) is Callable callable
            ? callable(arguments.Evaluate(scope))
            : throw new TemplateFault($"{Describe()} can't be called");

    private string Describe() => target switch
    {
        Variable variable => $"'{variable.Name}'",
        MemberAccess member => $"'{member.Name}'",
        _ => "this value",
    };
}

internal sealed class FilterCall(int line, Expression target, string name, ArgumentList arguments) : Expression(line)
{
    protected override object? Evaluate(Scope scope) => Filters.Apply(name, target.Value(scope), arguments.Evaluate(scope));
}

internal sealed class TestCall(int line, Expression target, string name, ArgumentList arguments, bool negate) : Expression(line)
{
    protected override object Evaluate(Scope scope) => ValueTests.Holds(name, target.Value(scope), arguments.Evaluate(scope)) != negate;
}

/// <summary>The arguments of a call as they stand in the template.</summary>
internal sealed class ArgumentList(List<Expression> positional, List<(string Name, Expression Value)> named)
{
    public static readonly ArgumentList None = new([], []);

    public CallArguments Evaluate(Scope scope)
    {
        var byName = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in named)
            byName[name] = value.Value(scope);
        return new CallArguments(scope.State, positional.ConvertAll(p => p.Value(scope)), byName);
    }
}
