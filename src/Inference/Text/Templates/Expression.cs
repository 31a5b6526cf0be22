namespace ProofMesh.Inference;

/// <summary>A part of a template that has a value.</summary>
internal abstract class Expression(int line)
{
    public int Line => line;

    public object? Value(Scope scope)
    {
        scope.State.Step(line);
        return Evaluate(scope);
    }

    protected abstract object? Evaluate(Scope scope);
}

internal sealed class Literal(int line, object? value) : Expression(line)
{
    protected override object? Evaluate(Scope scope) => value;
}

internal sealed class Variable(int line, string name) : Expression(line)
{
    public string Name => name;

    protected override object? Evaluate(Scope scope) => scope[name];
}

internal sealed class ListLiteral(int line, List<Expression> items) : Expression(line)
{
    public List<Expression> Items => items;

    protected override object Evaluate(Scope scope)
    {
        scope.State.CreateItems(items.Count);
        return items.ConvertAll(i => i.Value(scope));
    }
}

internal sealed class MapLiteral(int line, List<(Expression Key, Expression Value)> items) : Expression(line)
{
    protected override object Evaluate(Scope scope)
    {
        var map = new TemplateMap();
        foreach (var (key, value) in items)
            map[ValueText.Print(key.Value(scope))] = value.Value(scope);
        return map;
    }
}

internal sealed class Conditional(int line, Expression test, Expression then, Expression? otherwise) : Expression(line)
{
    protected override object? Evaluate(Scope scope) =>
        Operations.IsTrue(test.Value(scope)) ? then.Value(scope) : otherwise is null ? new Undefined("the missing else") : otherwise.Value(scope);
}

/// <summary>and, or, not: Python's, which give an operand and not a truth value.</summary>
internal sealed class Logic(int line, string word, Expression left, Expression? right) : Expression(line)
{
    protected override object? Evaluate(Scope scope)
    {
        var first = left.Value(scope);
        if (right is null)
            return !Operations.IsTrue(first);
        return Operations.IsTrue(first) == (word == "and") ? right.Value(scope) : first;
    }
}

/// <summary>A chain a &lt; b == c, true where every link is.</summary>
internal sealed class Comparison(int line, Expression first, List<(string Symbol, Expression Right)> links) : Expression(line)
{
    protected override object Evaluate(Scope scope)
    {
        var left = first.Value(scope);
        foreach (var (symbol, expression) in links)
        {
            var right = expression.Value(scope);
            if (!Holds(symbol, left, right))
                return false;
            left = right;
        }
        return true;
    }

    private static bool Holds(string symbol, object? left, object? right) => symbol switch
    {
        "==" => Operations.Equals(left, right),
        "!=" => !Operations.Equals(left, right),
        "in" => Operations.Contains(right, left),
        "not in" => !Operations.Contains(right, left),
        "<" => Operations.Compare(left, right) < 0,
        "<=" => Operations.Compare(left, right) <= 0,
        ">" => Operations.Compare(left, right) > 0,
        _ => Operations.Compare(left, right) >= 0,
    };
}

internal sealed class Arithmetic(int line, string symbol, Expression left, Expression right) : Expression(line)
{
    protected override object Evaluate(Scope scope)
    {
        var (a, b) = (left.Value(scope), right.Value(scope));
        switch (symbol)
        {
            case "+": return Operations.Add(scope.State, a, b);
            case "*": return Operations.Multiply(scope.State, a, b);
            case "~":
                var (first, second) = (ValueText.Print(a), ValueText.Print(b));
                scope.State.Create((long)first.Length + second.Length);
                return first + second;
            default: return Operations.Arithmetic(symbol, a, b);
        }
    }
}

internal sealed class Negation(int line, Expression operand) : Expression(line)
{
    protected override object Evaluate(Scope scope) => Operations.Negate(operand.Value(scope));
}
