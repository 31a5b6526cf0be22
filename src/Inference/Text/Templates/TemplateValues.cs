namespace ProofMesh.Inference;

/// <summary>A name without a value: empty when printed, a fault when used further.</summary>
internal sealed record Undefined(string Name);

/// <summary>A dictionary of the template: string keys in order of insertion.</summary>
internal sealed class TemplateMap : OrderedDictionary<string, object?>
{
    public TemplateMap() : base(StringComparer.Ordinal)
    {
    }
}

/// <summary>namespace(…): the one value that a template can change from inside a loop.</summary>
internal sealed class TemplateNamespace
{
    public TemplateMap Members { get; } = [];
}

/// <summary>Anything that can be called: a global, a method, a macro.</summary>
internal delegate object? Callable(CallArguments arguments);

/// <summary>Arguments by place and by name.</summary>
internal sealed class CallArguments(RenderState state, List<object?> positional, Dictionary<string, object?> named)
{
    public RenderState State => state;

    public List<object?> Positional => positional;

    public Dictionary<string, object?> Named => named;

    public bool Has(int index, string name) => index < positional.Count || named.ContainsKey(name);

    public object? Get(int index, string name, object? otherwise = null) =>
        index < positional.Count ? positional[index] : named.GetValueOrDefault(name, otherwise);

    public object? Required(int index, string name) =>
        Has(index, name) ? Get(index, name) : throw new TemplateFault($"an argument '{name}' is missing");

    public string Text(int index, string name, string? otherwise = null) => Get(index, name, otherwise) switch
    {
        string text => text,
        _ => throw new TemplateFault($"the argument '{name}' must be a string"),
    };

    public long Integer(int index, string name, long otherwise) => Get(index, name, otherwise) switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new TemplateFault($"the argument '{name}' must be an integer"),
    };
}
