namespace ProofMesh.Inference;

/// <summary>The left side of an assignment: names, or a member of a namespace.</summary>
internal sealed class AssignTarget(List<Expression> targets)
{
    public void Assign(Scope scope, object? value)
    {
        if (targets.Count == 1)
        {
            AssignOne(targets[0], scope, value);
            return;
        }
        var items = Operations.Items(value);
        if (items.Count != targets.Count)
            throw new TemplateFault($"{items.Count} values for {targets.Count} names");
        for (var i = 0; i < items.Count; i++)
            AssignOne(targets[i], scope, items[i]);
    }

    private static void AssignOne(Expression target, Scope scope, object? value)
    {
        if (target is Variable variable)
            scope[variable.Name] = value;
        else if (target is MemberAccess member && member.Target.Value(scope) is TemplateNamespace space)
            space.Members[member.Name] = value;
        else
            throw new TemplateFault("only names and members of a namespace can be set");
    }
}

internal sealed class SetStatement(int line, AssignTarget target, Expression value) : Statement(line)
{
    protected override Flow Execute(Scope scope)
    {
        target.Assign(scope, value.Value(scope));
        return Flow.Next;
    }
}

/// <summary>{% set name %}…{% endset %}.</summary>
internal sealed class CaptureStatement(int line, AssignTarget target, List<Statement> body, Expression? filtered) : Statement(line)
{
    protected override Flow Execute(Scope scope)
    {
        target.Assign(scope, BlockStatement.Capture(body, filtered, scope));
        return Flow.Next;
    }
}
