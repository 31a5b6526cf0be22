namespace ProofMesh.Inference;

/// <summary>The variable <c>loop</c> inside a for block.</summary>
internal sealed class LoopState(List<object?> items)
{
    private static readonly object Never = new();
    private object? _last = Never;

    public int Index { get; set; }

    public object? Member(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => 1L,
        "depth0" => 0L,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined(name),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined(name),
        "cycle" => (Callable)Cycle,
        "changed" => (Callable)Changed,
        _ => null,
    };

    private object? Cycle(CallArguments arguments) =>
        arguments.Positional.Count > 0 ? arguments.Positional[Index % arguments.Positional.Count] : throw new TemplateFault("cycle needs values");

    private object Changed(CallArguments arguments)
    {
        var changed = ReferenceEquals(_last, Never) || !Operations.Equals(_last, arguments.Positional);
        _last = arguments.Positional;
        return changed;
    }
}
