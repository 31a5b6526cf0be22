namespace ProofMesh.Inference;

internal sealed class ForStatement(
    int line, AssignTarget target, Expression source, Expression? filter, List<Statement> body, List<Statement> otherwise) : Statement(line)
{
    protected override Flow Execute(Scope scope)
    {
        var items = Operations.Items(source.Value(scope));
        if (filter is not null)
            items = items.FindAll(item => Operations.IsTrue(filter.Value(Bind(scope, item, null))));
        if (items.Count == 0)
            return RunAll(otherwise, scope);
        var loop = new LoopState(items);
        for (; loop.Index < items.Count; loop.Index++)
        {
            scope.State.Step(Line);
            if (RunAll(body, Bind(scope, items[loop.Index], loop)) == Flow.Break)
                break;
        }
        return Flow.Next;
    }

    private Scope Bind(Scope scope, object? item, LoopState? loop)
    {
        var inner = scope.Open();
        target.Assign(inner, item);
        if (loop is not null)
            inner["loop"] = loop;
        return inner;
    }
}
