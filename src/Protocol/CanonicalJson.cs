using System.Buffers;
using System.Text;

namespace ProofMesh.Protocol;

/// <summary>JSON with one possible spelling: keys sorted by code point, no white space, only the escapes that RFC 8259 demands.</summary>
static class CanonicalJson
{
    public static void Write(IBufferWriter<byte> target, ChatRequest request)
    {
        var text = new StringBuilder();
        text.Append("{\"max_tokens\":").Append(request.MaxTokens).Append(",\"messages\":");
        Each(text, request.Messages, Turn);
        text.Append(",\"model\":");
        Quote(text, request.Model);
        if (request.Tools is { } tools) text.Append(",\"parallel_tool_calls\":").Append(tools.Parallel ? "true" : "false");
        Member(text, ",\"response_format\":", request.ResponseFormat);
        text.Append(",\"stop\":");
        List(text, request.Stop);
        if (request.Tools is not null) Tools(text, request.Tools);
        text.Append('}');
        Encoding.UTF8.GetBytes(text.ToString(), target);
    }

    static void Turn(StringBuilder text, ChatTurn turn)
    {
        text.Append("{\"content\":");
        Quote(text, turn.Content);
        text.Append(",\"role\":");
        Quote(text, turn.Role);
        Member(text, ",\"tool_call_id\":", turn.ToolCallId);
        if (turn.ToolCalls is { } calls)
        {
            text.Append(",\"tool_calls\":");
            Each(text, calls, Call);
        }
        text.Append('}');
    }

    static void Call(StringBuilder text, ChatCall call)
    {
        text.Append("{\"arguments\":");
        Quote(text, call.Arguments);
        text.Append(",\"id\":");
        Quote(text, call.Id);
        text.Append(",\"name\":");
        Quote(text, call.Name);
        text.Append('}');
    }

    static void Tools(StringBuilder text, ChatTools tools)
    {
        text.Append(",\"tool_choice\":");
        Quote(text, tools.Choice);
        text.Append(",\"tools\":");
        Each(text, tools.Functions, Tool);
    }

    static void Tool(StringBuilder text, ChatTool tool)
    {
        text.Append('{');
        Member(text, "\"description\":", tool.Description);
        text.Append(tool.Description is null ? "\"name\":" : ",\"name\":");
        Quote(text, tool.Name);
        Member(text, ",\"parameters\":", tool.Parameters);
        text.Append('}');
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

    static void List(StringBuilder text, IEnumerable<string> items) => Each(text, items, Quote);

    static void Each<T>(StringBuilder text, IEnumerable<T> items, Action<StringBuilder, T> write)
    {
        text.Append('[');
        var first = true;
        foreach (var item in items)
        {
            if (!first) text.Append(',');
            write(text, item);
            first = false;
        }
        text.Append(']');
    }

    // What is absent isn't written at all.
    static void Member(StringBuilder text, string name, string? value)
    {
        if (value is null) return;
        text.Append(name);
        Quote(text, value);
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
