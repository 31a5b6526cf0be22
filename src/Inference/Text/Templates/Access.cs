namespace ProofMesh.Inference;

/// <summary>What a dot and brackets find in a value.</summary>
internal static class Access
{
    public static object? Member(object? value, string name) => value switch
    {
        Undefined undefined => throw new TemplateFault($"'{undefined.Name}' is undefined"),
        TemplateNamespace space => space.Members.TryGetValue(name, out var member) ? member : new Undefined(name),
        LoopState loop => loop.Member(name) is { } member ? member : new Undefined(name),
        string text => (object?)StringMethods.Find(text, name) ?? new Undefined(name),
        TemplateMap map => (object?)CollectionMethods.Find(map, name) ?? (map.TryGetValue(name, out var item) ? item : new Undefined(name)),
        List<object?> list => (object?)CollectionMethods.Find(list, name) ?? new Undefined(name),
        _ => new Undefined(name),
    };

    public static object? Item(object? value, object? index)
    {
        switch (value, index)
        {
            case (TemplateMap map, string key) when map.TryGetValue(key, out var item):
                return item;
            case (List<object?> list, long or bool):
                return At(list, Convert.ToInt64(index));
            case (string text, long or bool):
                return At(Operations.Items(text), Convert.ToInt64(index));
            case (_, string name):
                return Member(value, name);
            case (Undefined undefined, _):
                throw new TemplateFault($"'{undefined.Name}' is undefined");
            default:
                return new Undefined(ValueText.Print(index));
        }
    }

    /// <summary>A path as filters take it: names and numbers between dots.</summary>
    public static object? Path(object? value, string path)
    {
        foreach (var part in path.Split('.'))
            value = Item(value, long.TryParse(part, out var index) ? index : part);
        return value;
    }

    private static object? At(List<object?> list, long index)
    {
        if (index < 0)
            index += list.Count;
        return index >= 0 && index < list.Count ? list[(int)index] : new Undefined($"item {index}");
    }
}
