using System.Text;
using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>Answers that may call functions, as a language: text is free, a call is held to the schema of its function.</summary>
internal sealed class CallLanguage
{
    private const int MaxLength = 1 << 17;
    private const int AnyByte = 256;

    private readonly Language _language;
    private readonly JsonLanguage _json;
    private readonly CallForm _form;

    private CallLanguage(Language language, CallForm form) => (_language, _json, _form) = (language, new JsonLanguage(language), form);

    /// <param name="format">What an answer without calls must look like; null: anything.</param>
    /// <exception cref="ConstraintException">A schema can't be kept to; the message names the function and the path.</exception>
    public static int Read(Language language, ToolUse use, CallForm form, int? format)
    {
        var length = use.Tools.Sum(tool => tool.Name.Length + (tool.Parameters?.Length ?? 0));
        if (length > MaxLength)
            throw new ConstraintException($"tools has {length} characters; at most {MaxLength} are read.");
        var calls = new CallLanguage(language, form);
        // Those that can't be called now are read as well: what is wrong with one is said at once.
        var known = use.Tools.Select((tool, i) => (tool.Name, Arguments: calls.Arguments(tool, i))).ToList();
        var callable = known.Where(tool => use.Callable.Any(other => other.Name == tool.Name)).ToList();
        return use.Choice switch
        {
            ToolChoice.Required => calls.Only(callable, use.Parallel),
            ToolChoice.None when format is { } text => text,
            ToolChoice.Auto when format is { } text => language.Either(text, calls.Only(callable, use.Parallel)),
            ToolChoice.None => calls.Free(known, none: true, parallel: false),
            _ => calls.Free(callable, none: false, use.Parallel),
        };
    }

    private int Only(List<(string Name, int Arguments)> tools, bool parallel)
    {
        var call = _language.Then(_language.Text(_form.Open), Call(tools), _language.Text(_form.Close));
        return parallel && _form.Open.Length > 0 ? _language.Then(call, _language.Repeat(_language.Then(_language.Text("\n"), call), 0, -1)) : call;
    }

    private int Free(List<(string Name, int Arguments)> tools, bool none, bool parallel)
    {
        if (_form.Open.Length == 0)
            return Leads([.. tools.SelectMany(tool => Leads(tool.Name, none ? Language.Nothing : Rest(tool.Arguments)))], 0);
        return Searching(_form.Marker, again => none
            ? Language.Nothing
            : _language.Then(_language.Text(_form.Open[_form.Marker.Length..]), Call(tools), _language.Text(_form.Close), parallel ? again : Language.Empty));
    }

    // {"name": …, "arguments": …}; the names part first, so that what they have in common is read once.
    private int Call(List<(string Name, int Arguments)> tools) => _language.Then(
        _language.Text("{\"name\""), _json.Colon, _language.Either([.. tools.Select(tool => _language.Then(_language.Text($"\"{tool.Name}\""), Rest(tool.Arguments)))]));

    private int Rest(int arguments) => _language.Then(_json.Comma, _language.Text($"\"{_form.Arguments}\""), _json.Colon, arguments, _language.Text("}"));

    /// <summary>Any text, until the marker: what follows it then.</summary>
    /// <param name="behind">Given the same language again.</param>
    private int Searching(string marker, Func<int, int> behind)
    {
        var text = Encoding.UTF8.GetBytes(marker);
        var rules = text.Select(_ => _language.Rule()).ToArray();
        var after = behind(_language.Optional(rules[0]));
        for (var read = 0; read < text.Length; read++)
        {
            var next = Enumerable.Range(0, AnyByte).GroupBy(value => Matched(text, read, (byte)value));
            _language.Define(rules[read], _language.Either([.. next.Select(step =>
                _language.Then(_language.Bytes(ByteSet.Of(step)), step.Key == text.Length ? after : _language.Optional(rules[step.Key])))]));
        }
        return _language.Optional(rules[0]);
    }

    // How much of the marker stands at the end of its first bytes and one more.
    private static int Matched(byte[] marker, int read, byte value)
    {
        byte[] seen = [.. marker.AsSpan(0, read), value];
        return Enumerable.Range(0, seen.Length + 1).Last(length => length <= marker.Length && seen.AsSpan(seen.Length - length).SequenceEqual(marker.AsSpan(0, length)));
    }

    private static IEnumerable<(byte[] Text, int Behind)> Leads(string name, int behind) =>
        [(Encoding.UTF8.GetBytes($"{{\"name\": \"{name}\""), behind), (Encoding.UTF8.GetBytes($"{{\"name\":\"{name}\""), behind)];

    /// <summary>Any text, but one that begins like a call goes on like it.</summary>
    private int Leads(List<(byte[] Text, int Behind)> leads, int depth)
    {
        if (leads.Find(lead => lead.Text.Length == depth) is { Text: not null } whole)
            return whole.Behind;
        var next = leads.GroupBy(lead => lead.Text[depth]).ToList();
        var others = ByteSet.Of(Enumerable.Range(0, AnyByte).Except(next.Select(step => (int)step.Key)));
        var any = _language.Repeat(_language.Bytes(0, AnyByte - 1), 0, -1);
        return _language.Optional(_language.Either([
            _language.Then(_language.Bytes(others), any),
            .. next.Select(step => _language.Then(_language.Bytes(step.Key, step.Key), Leads([.. step], depth + 1))),
        ]));
    }

    private int Arguments(Tool tool, int index)
    {
        try
        {
            using var json = JsonDocument.Parse(tool.Parameters ?? "{}", new JsonDocumentOptions { MaxDepth = 128 });
            if (json.RootElement.ValueKind == JsonValueKind.Object && !json.RootElement.EnumerateObject().Any())
                return _language.Text("{}");
            var arguments = SchemaLanguage.Read(_language, json.RootElement, _json, closed: true);
            return IsObject(arguments) ? arguments : throw new ConstraintException("#: arguments are an object.");
        }
        catch (Exception fault) when (fault is ConstraintException or JsonException or InvalidOperationException)
        {
            throw new ConstraintException($"tools[{index}].function.parameters of '{tool.Name}': {fault.Message}", fault);
        }
    }

    // Something can be written, and nothing but an object.
    private bool IsObject(int arguments) => !_language.IsNullable(arguments) &&
        Enumerable.Range(0, AnyByte).All(value => value == '{' == (_language.Derive(arguments, (byte)value) != Language.Nothing));
}
