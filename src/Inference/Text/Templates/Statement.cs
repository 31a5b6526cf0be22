namespace ProofMesh.Inference;

/// <summary>Whether a loop goes on after a statement.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>A part of a template that writes or sets.</summary>
internal abstract class Statement(int line)
{
    protected int Line => line;

    public Flow Run(Scope scope)
    {
        scope.State.Step(line);
        return Execute(scope);
    }

    public static Flow RunAll(List<Statement> body, Scope scope)
    {
        foreach (var statement in body)
        {
            var flow = statement.Run(scope);
            if (flow != Flow.Next)
                return flow;
        }
        return Flow.Next;
    }

    protected abstract Flow Execute(Scope scope);
}

internal sealed class TextStatement(int line, string text) : Statement(line)
{
    protected override Flow Execute(Scope scope)
    {
        scope.State.Write(text);
        return Flow.Next;
    }
}

internal sealed class PrintStatement(int line, Expression expression) : Statement(line)
{
    protected override Flow Execute(Scope scope)
    {
        scope.State.Write(ValueText.Print(expression.Value(scope)));
        return Flow.Next;
    }
}

internal sealed class IfStatement(int line, List<(Expression? Test, List<Statement> Body)> branches) : Statement(line)
{
    protected override Flow Execute(Scope scope)
    {
        foreach (var (test, body) in branches)
        {
            if (test is null || Operations.IsTrue(test.Value(scope)))
                return RunAll(body, scope);
        }
        return Flow.Next;
    }
}

internal sealed class FlowStatement(int line, Flow flow) : Statement(line)
{
    protected override Flow Execute(Scope scope) => flow;
}

/// <summary>{% filter name %}…{% endfilter %}, and blocks that only group.</summary>
/// <param name="filtered">A chain of filters around the variable <see cref="BlockText"/>.</param>
internal sealed class BlockStatement(int line, List<Statement> body, Expression? filtered) : Statement(line)
{
    /// <summary>No template can name it.</summary>
    public const string BlockText = "the block's text";

    public static string Capture(List<Statement> body, Expression? filtered, Scope scope)
    {
        var inner = scope.Open();
        inner[BlockText] = scope.State.Capture(() => RunAll(body, scope.Open()));
        return ValueText.Print(filtered is null ? inner[BlockText] : filtered.Value(inner));
    }

    protected override Flow Execute(Scope scope)
    {
        if (filtered is null)
            return RunAll(body, scope);
        scope.State.Write(Capture(body, filtered, scope));
        return Flow.Next;
    }
}
