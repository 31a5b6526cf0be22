namespace ProofMesh.Inference;

/// <summary>Python's methods of dictionaries and lists that don't change them.</summary>
internal static class CollectionMethods
{
    public static Callable? Find(TemplateMap map, string name) => name switch
    {
        "items" => _ => Items(map),
        "keys" => _ => map.Keys.ToList<object?>(),
        "values" => _ => map.Values.ToList(),
        "get" => a => a.Required(0, "key") is string key && map.TryGetValue(key, out var value) ? value : a.Get(1, "default"),
        _ => null,
    };

    public static Callable? Find(List<object?> list, string name) => name switch
    {
        "index" => a => list.FindIndex(i => Operations.Equals(i, a.Required(0, "value"))) is >= 0 and var at
            ? (long)at
            : throw new TemplateFault("the value isn't in the list"),
        "count" => a => (long)list.Count(i => Operations.Equals(i, a.Required(0, "value"))),
        _ => null,
    };

    public static List<object?> Items(TemplateMap map) => [.. map.Select(p => new List<object?> { p.Key, p.Value })];
}
