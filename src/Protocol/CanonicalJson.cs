using System.Buffers;
using System.Text;

namespace ProofMesh.Protocol;

/// <summary>JSON with one possible spelling: keys sorted by code point, no white space, only the escapes that RFC 8259 demands.</summary>
static class CanonicalJson
{
    public static void Write(IBufferWriter<byte> target, ChatRequest request)
    {
        var text = new StringBuilder();
        text.Append("{\"max_tokens\":").Append(request.MaxTokens).Append(",\"messages\":[");
        for (var i = 0; i < request.Messages.Length; i++)
        {
            text.Append(i == 0 ? "{\"content\":" : ",{\"content\":");
            Quote(text, request.Messages[i].Content);
            text.Append(",\"role\":");
            Quote(text, request.Messages[i].Role);
            text.Append('}');
        }
        text.Append("],\"model\":");
        Quote(text, request.Model);
        if (request.ResponseFormat is { } format)
        {
            text.Append(",\"response_format\":");
            Quote(text, format);
        }
        text.Append(",\"stop\":");
        List(text, request.Stop);
        text.Append('}');
        Encoding.UTF8.GetBytes(text.ToString(), target);
    }

    public static byte[] Of(ModelManifest manifest)
    {
        var text = new StringBuilder();
        text.Append("{\"context\":").Append(manifest.Context).Append(",\"engine\":");
        Quote(text, manifest.Engine);
        text.Append(",\"name\":");
        Quote(text, manifest.Name);
        text.Append(",\"scheme\":");
        Quote(text, manifest.Scheme);
        text.Append(",\"tokenizer\":");
        Quote(text, manifest.Tokenizer.ToString());
        text.Append(",\"weights\":");
        List(text, manifest.Weights.Select(digest => digest.ToString()));
        return Encoding.UTF8.GetBytes(text.Append('}').ToString());
    }

    static void List(StringBuilder text, IEnumerable<string> items)
    {
        text.Append('[');
        var first = true;
        foreach (var item in items)
        {
            if (!first) text.Append(',');
            Quote(text, item);
            first = false;
        }
        text.Append(']');
    }

    static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append($"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        text.Append('"');
    }
}
