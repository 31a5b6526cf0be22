using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>Reads a JSON schema as a language: the values that it describes, properties in the order of the schema.</summary>
/// <remarks>What isn't supported is refused by its path, never ignored; words that only describe (title, default, format …) are skipped.</remarks>
internal sealed class SchemaLanguage
{
    private const int MaxDepth = 64;
    private const int MaxParts = 5_000;
    private const int MaxCount = 1_000;

    private static readonly HashSet<string> Described = new(
        ["title", "description", "default", "examples", "format", "deprecated", "readOnly", "writeOnly", "$schema", "$id", "$comment", "$defs", "definitions", "strict", "nullable"], StringComparer.Ordinal);

    private static readonly string[] Bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];

    private readonly Language _language;
    private readonly JsonLanguage _json;
    private readonly JsonElement _root;
    private readonly Dictionary<string, int> _rules = new(StringComparer.Ordinal);
    private readonly bool _closed;
    private int _parts;
    private int _depth;

    private SchemaLanguage(Language language, JsonElement root, JsonLanguage json, bool closed) => (_language, _json, _root, _closed) = (language, json, root, closed);

    /// <param name="closed">Objects have the properties that are named, unless the schema says that there are others.</param>
    /// <exception cref="ConstraintException">The schema can't be kept to; the message names the path.</exception>
    public static int Read(Language language, JsonElement schema, JsonLanguage? json = null, bool closed = false) =>
        new SchemaLanguage(language, schema, json ?? new JsonLanguage(language), closed).Schema(schema, "#");

    private int Schema(JsonElement schema, string path)
    {
        if (++_parts > MaxParts || ++_depth > MaxDepth)
            throw new ConstraintException($"{path}: the schema has more than {MaxParts} parts or is more than {MaxDepth} deep.");
        var language = schema.ValueKind switch
        {
            JsonValueKind.True => _json.Any,
            JsonValueKind.Object => OfWords(schema, path),
            _ => throw new ConstraintException($"{path}: a schema is an object or true."),
        };
        _depth--;
        return language;
    }

    private int OfWords(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("$ref", out var target))
            return Reference(target, path + "/$ref");
        if (schema.TryGetProperty("const", out var value))
            return Only(schema, path, "const", _language.Text(Written(value)));
        if (schema.TryGetProperty("enum", out var values))
            return Only(schema, path, "enum", _language.Either([.. Items(values, path + "/enum").Select(v => _language.Text(Written(v)))]));
        foreach (var word in (string[])["anyOf", "oneOf", "allOf"])
        {
            if (!schema.TryGetProperty(word, out var parts))
                continue;
            var list = Items(parts, $"{path}/{word}");
            if (word == "allOf" && list.Count > 1)
                throw new ConstraintException($"{path}/allOf: more than one schema at once isn't supported.");
            return Only(schema, path, word, _language.Either([.. list.Select((part, i) => Schema(part, $"{path}/{word}/{i}"))]));
        }
        return Types(schema, path);
    }

    private int Types(JsonElement schema, string path)
    {
        var named = schema.TryGetProperty("type", out var type);
        if (!named && schema.EnumerateObject().All(p => Described.Contains(p.Name)))
            return _json.Any;
        if (!named && !schema.TryGetProperty("properties", out _))
            throw new ConstraintException($"{path}: name the type.");
        string[] types = !named ? ["object"]
            : [.. (type.ValueKind == JsonValueKind.Array ? Items(type, path + "/type") : [type]).Select(t => t.ValueKind == JsonValueKind.String ? t.GetString()! : "")];
        foreach (var property in schema.EnumerateObject())
        {
            if (property.Name != "type" && !Described.Contains(property.Name) && !types.Any(t => WordsOf(t).Contains(property.Name)))
                throw new ConstraintException($"{path}/{property.Name}: isn't supported for type {string.Join(", ", types)}.");
        }
        return _language.Either([.. types.Select(t => Typed(schema, t, path))]);
    }

    private static string[] WordsOf(string type) => type switch
    {
        "string" => ["minLength", "maxLength", "pattern"],
        "integer" => Bounds,
        "array" => ["items", "minItems", "maxItems"],
        "object" => ["properties", "required", "additionalProperties"],
        _ => [],
    };

    private int Typed(JsonElement schema, string type, string path)
    {
        return type switch
        {
            "string" => String(schema, path),
            "integer" => Integer(schema, path),
            "number" => Array.Find(Bounds, word => schema.TryGetProperty(word, out _)) is { } word
                ? throw new ConstraintException($"{path}/{word}: isn't supported for type number.") : _json.Number,
            "boolean" => _json.Boolean,
            "null" => _json.Null,
            "array" => _json.Braced("[", _json.Listed(Child(schema, "items", path), Count(schema, "minItems", path, 0), Count(schema, "maxItems", path, -1)), "]"),
            "object" => Object(schema, path),
            _ => throw new ConstraintException($"{path}/type: '{type}' isn't a type."),
        };
    }

    private int Integer(JsonElement schema, string path)
    {
        if (!Array.Exists(Bounds, word => schema.TryGetProperty(word, out _)))
            return _json.Integer;
        // Bounds that are absent are those of what can be written, so nothing past it comes out.
        var first = Math.Max(Bound(schema, "minimum", path, -IntegerRange.Largest), Bound(schema, "exclusiveMinimum", path, -IntegerRange.Largest, 1));
        var last = Math.Min(Bound(schema, "maximum", path, IntegerRange.Largest), Bound(schema, "exclusiveMaximum", path, IntegerRange.Largest, -1));
        return first <= last ? new IntegerRange(_language).Between(first, last) : throw new ConstraintException($"{path}: no number is within its bounds.");
    }

    // step: to the nearest number that is within.
    private static long Bound(JsonElement schema, string name, string path, long otherwise, int step = 0)
    {
        if (!schema.TryGetProperty(name, out var value))
            return otherwise;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var bound) || decimal.Truncate(bound) != bound)
            throw new ConstraintException($"{path}/{name}: must be a whole number.");
        return (long)Math.Clamp(bound, -IntegerRange.Largest - 1, IntegerRange.Largest + 1) + step;
    }

    private int String(JsonElement schema, string path)
    {
        var (min, max) = (Count(schema, "minLength", path, 0), Count(schema, "maxLength", path, -1));
        if (!schema.TryGetProperty("pattern", out var pattern))
            return _json.Quoted(_language.Repeat(_json.AnyCharacter, min, max));
        if ((min, max) != (0, -1) || pattern.ValueKind != JsonValueKind.String)
            throw new ConstraintException($"{path}/pattern: must be a string, without minLength and maxLength beside it.");
        return _json.Quoted(new PatternLanguage(_language, pattern.GetString()!, _json.Characters, path + "/pattern").Read(search: true));
    }

    // From the last property to the first: what may follow when a property has been written already, and when none has.
    private int Object(JsonElement schema, string path)
    {
        var properties = schema.TryGetProperty("properties", out var named) ? Properties(named, path + "/properties") : [];
        var required = schema.TryGetProperty("required", out var list) ? Items(list, path + "/required").Select(n => n.ToString()).ToHashSet(StringComparer.Ordinal) : [];
        if (required.FirstOrDefault(name => !properties.Exists(p => p.Name == name)) is { } missing)
            throw new ConstraintException($"{path}/required: '{missing}' isn't among the properties.");
        var alone = schema.TryGetProperty("additionalProperties", out var rule) ? rule.ValueKind == JsonValueKind.False : _closed;
        var others = alone
            ? Language.Nothing
            : _json.Member(_closed ? _json.OtherThan([.. properties.Select(p => p.Name)]) : _json.String, Child(schema, "additionalProperties", path));
        var first = _json.Listed(others, 0, -1);
        var next = _language.Repeat(_language.Then(_json.Comma, others), 0, -1);
        for (var i = properties.Count - 1; i >= 0; i--)
        {
            var (name, value) = properties[i];
            var member = _json.Member(_language.Text('"' + JsonLanguage.Escape(name) + '"'), value);
            var optional = !required.Contains(name);
            (first, next) = (
                _language.Either(_language.Then(member, next), optional ? first : Language.Nothing),
                _language.Either(_language.Then(_json.Comma, member, next), optional ? next : Language.Nothing));
        }
        return _json.Braced("{", first, "}");
    }

    private List<(string Name, int Value)> Properties(JsonElement named, string path) => named.ValueKind != JsonValueKind.Object
        ? throw new ConstraintException($"{path}: must be an object.")
        : [.. named.EnumerateObject().Select(p => (p.Name, Schema(p.Value, $"{path}/{p.Name}")))];

    private int Child(JsonElement schema, string name, string path) =>
        schema.TryGetProperty(name, out var child) ? Schema(child, $"{path}/{name}") : _json.Any;

    // A rule for each schema that is referred to, so that one may refer to itself.
    private int Reference(JsonElement target, string path)
    {
        var name = target.ValueKind == JsonValueKind.String ? target.GetString()! : "";
        if (_rules.TryGetValue(name, out var rule))
            return rule;
        var found = _root;
        if (!name.StartsWith('#'))
            throw new ConstraintException($"{path}: '{name}' isn't a place in this schema, such as #/$defs/item.");
        foreach (var step in name.Split('/').Skip(1))
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal), out found))
                throw new ConstraintException($"{path}: '{name}' isn't in this schema.");
        }
        _rules[name] = rule = _language.Rule();
        _language.Define(rule, Schema(found, name));
        return rule;
    }

    private static int Only(JsonElement schema, string path, string word, int language) =>
        schema.EnumerateObject().FirstOrDefault(p => p.Name != word && p.Name != "type" && !Described.Contains(p.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } other
            ? throw new ConstraintException($"{path}/{other.Name}: isn't supported beside {word}.")
            : language;

    private static List<JsonElement> Items(JsonElement list, string path) => list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
        ? [.. list.EnumerateArray()]
        : path.EndsWith("/required", StringComparison.Ordinal) && list.ValueKind == JsonValueKind.Array ? [] : throw new ConstraintException($"{path}: must be a list of one or more.");

    private static int Count(JsonElement schema, string name, string path, int otherwise)
    {
        if (!schema.TryGetProperty(name, out var value))
            return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count is >= 0 and <= MaxCount
            ? count
            : throw new ConstraintException($"{path}/{name}: must be a whole number from 0 to {MaxCount}.");
    }

    // A constant as this language would write it: without white space, escaped as its strings are.
    private static string Written(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => '"' + JsonLanguage.Escape(value.GetString()!) + '"',
        JsonValueKind.Array => '[' + string.Join(',', value.EnumerateArray().Select(Written)) + ']',
        JsonValueKind.Object => '{' + string.Join(',', value.EnumerateObject().Select(p => $"\"{JsonLanguage.Escape(p.Name)}\":{Written(p.Value)}")) + '}',
        _ => value.GetRawText(),
    };
}
