using System.Globalization;
using System.Text;

namespace ProofMesh.Inference;

/// <summary>JSON as Python's json.dumps(ensure_ascii=False) lays it out.</summary>
internal sealed class JsonText(RenderState state, StringBuilder json, int? indent, string itemSeparator, string keySeparator)
{
    public void Write(object? value, int depth)
    {
        state.Step(state.Line);
        switch (value)
        {
            case null: json.Append("null"); break;
            case bool flag: json.Append(flag ? "true" : "false"); break;
            case long number: json.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: json.Append(Operations.FloatText(number)); break;
            case string text: WriteString(text); break;
            case List<object?> list: WriteAll('[', ']', list, depth, item => Write(item, depth + 1)); break;
            case TemplateMap map: WriteAll('{', '}', map, depth, p => WriteMember(p.Key, p.Value, depth)); break;
            default: throw new TemplateFault($"{Operations.Kind(value)} can't be written as JSON");
        }
    }

    private void WriteMember(string key, object? value, int depth)
    {
        WriteString(key);
        json.Append(keySeparator);
        Write(value, depth + 1);
    }

    private void WriteAll<T>(char open, char close, IReadOnlyCollection<T> items, int depth, Action<T> write)
    {
        json.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
                json.Append(itemSeparator);
            NewLine(depth + 1);
            write(item);
            first = false;
        }
        if (!first)
            NewLine(depth);
        json.Append(close);
    }

    private void NewLine(int depth)
    {
        if (indent is { } width)
            json.Append('\n').Append(' ', width * depth);
    }

    private void WriteString(string text)
    {
        state.Create(text.Length);
        json.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                < ' ' => json.Append($"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }
        json.Append('"');
    }
}
