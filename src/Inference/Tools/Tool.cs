namespace ProofMesh.Inference;

/// <summary>A function that an answer may call.</summary>
/// <param name="Parameters">JSON schema of its arguments; null or {}: it takes none.</param>
public sealed record Tool(string Name, string? Description = null, string? Parameters = null);

/// <summary>A call that an earlier answer made.</summary>
/// <param name="Arguments">A JSON object as text.</param>
public sealed record ToolCall(string Id, string Name, string Arguments);

public enum ToolChoice
{
    /// <summary>The model decides; what it begins as a call is one.</summary>
    Auto,

    /// <summary>Nothing is called.</summary>
    None,

    /// <summary>The answer is a call.</summary>
    Required,
}

/// <summary>What an answer may call.</summary>
/// <param name="Named">The one function that may be called; null: all of them.</param>
/// <param name="Parallel">Whether one answer may hold several calls.</param>
public sealed record ToolUse(IReadOnlyList<Tool> Tools, ToolChoice Choice = ToolChoice.Auto, string? Named = null, bool Parallel = true)
{
    /// <summary>Those that may be called.</summary>
    internal IEnumerable<Tool> Callable => Tools.Where(tool => Named is null || tool.Name == Named);

    /// <summary>Equal where the same calls are allowed.</summary>
    internal string Key => string.Join('\0', [$"{Choice} {Named} {Parallel}", .. Tools.SelectMany(tool => new[] { tool.Name, tool.Parameters ?? "" })]);
}

/// <summary>Part of a call, as it is written.</summary>
/// <param name="Index">Of the call in its answer, from 0.</param>
/// <param name="Name">Of the function, in the call's first part alone.</param>
/// <param name="Arguments">What comes next of their JSON text.</param>
public readonly record struct ToolCallPart(int Index, string? Name, string Arguments);
