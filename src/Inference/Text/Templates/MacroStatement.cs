namespace ProofMesh.Inference;

/// <summary>{% macro name(a, b=1) %}…{% endmacro %}: a function that gives text.</summary>
internal sealed class MacroStatement(int line, string name, List<(string Name, Expression? Default)> parameters, List<Statement> body) : Statement(line)
{
    protected override Flow Execute(Scope scope)
    {
        scope[name] = (Callable)(arguments => scope.State.Capture(() => RunAll(body, Bind(scope, arguments))));
        return Flow.Next;
    }

    private Scope Bind(Scope scope, CallArguments arguments)
    {
        var inner = scope.Open();
        for (var i = 0; i < parameters.Count; i++)
        {
            var (parameter, otherwise) = parameters[i];
            inner[parameter] = arguments.Has(i, parameter) ? arguments.Get(i, parameter) : otherwise is null ? new Undefined(parameter) : otherwise.Value(inner);
        }
        inner["varargs"] = arguments.Positional.Skip(parameters.Count).ToList();
        return inner;
    }
}
