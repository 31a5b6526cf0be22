namespace ProofMesh.Inference;

/// <summary>The variables in sight; a loop or a macro opens a scope of its own, so what it sets stays inside.</summary>
internal sealed class Scope(RenderState state, Scope? parent = null)
{
    private readonly Dictionary<string, object?> _variables = new(StringComparer.Ordinal);

    public RenderState State => state;

    public object? this[string name]
    {
        get
        {
            for (var scope = this; scope is not null; scope = scope.Outer)
            {
                if (scope._variables.TryGetValue(name, out var value))
                    return value;
            }
            return new Undefined(name);
        }
        set => _variables[name] = value;
    }

    private Scope? Outer => parent;

    public Scope Open() => new(state, this);
}
