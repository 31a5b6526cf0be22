using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference;

/// <summary>Values as text: as a template prints them, as Python shows them inside a list, and as JSON.</summary>
internal static class ValueText
{
    public static string Print(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Show(value, new RenderBudget()),
    };

    public static string Json(RenderState state, object? value, int? indent, string itemSeparator, string keySeparator)
    {
        var json = new StringBuilder();
        new JsonText(state, json, indent, itemSeparator, keySeparator).Write(value, 0);
        return json.ToString();
    }

    public static object? FromJson(JsonNode? node) => node switch
    {
        null => null,
        JsonObject map => FromObject(map),
        JsonArray list => list.Select(FromJson).ToList(),
        _ => FromScalar((JsonValue)node),
    };

    private static TemplateMap FromObject(JsonObject map)
    {
        var result = new TemplateMap();
        foreach (var (key, value) in map)
            result[key] = FromJson(value);
        return result;
    }

    private static object? FromScalar(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
            ? (object)integer
            : double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture),
    };

    private static string Show(object? value, RenderBudget budget)
    {
        budget.Visit(value is string shown ? 1 + shown.Length : 1);
        return value switch
        {
            null => "None",
            true => "True",
            false => "False",
            long number => number.ToString(CultureInfo.InvariantCulture),
            double number => Operations.FloatText(number),
            string text => Quote(text),
            List<object?> list => "[" + string.Join(", ", list.Select(i => Show(i, budget))) + "]",
            TemplateMap map => "{" + string.Join(", ", map.Select(p => Quote(p.Key) + ": " + Show(p.Value, budget))) + "}",
            Undefined => "Undefined",
            _ => throw new TemplateFault("a function can't be printed"),
        };
    }

    private static string Quote(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var shown = new StringBuilder().Append(quote);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                '\t' => shown.Append("\\t"),
                '\\' => shown.Append("\\\\"),
                < ' ' or '\x7f' => shown.Append($"\\x{(int)c:x2}"),
                _ when c == quote => shown.Append('\\').Append(c),
                _ => shown.Append(c),
            };
        }
        return shown.Append(quote).ToString();
    }
}
