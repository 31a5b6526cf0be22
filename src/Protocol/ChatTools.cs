using System.Buffers.Binary;
using System.Text;

namespace ProofMesh.Protocol;

/// <summary>A function that an answer may call.</summary>
/// <param name="Parameters">JSON schema of its arguments, as the customer wrote it; null: it takes none.</param>
public sealed record ChatTool(string Name, string? Description = null, string? Parameters = null);

/// <summary>The functions that a request offers, and when they are to be called.</summary>
/// <param name="Choice"><see cref="Auto"/>, <see cref="None"/>, <see cref="Required"/>, or <c>function:NAME</c>.</param>
/// <param name="Parallel">Whether one answer may hold several calls.</param>
public sealed record ChatTools(ChatTool[] Functions, string Choice = ChatTools.Auto, bool Parallel = true)
{
    public const string Auto = "auto", None = "none", Required = "required";
    const string Function = "function:";

    // A template frames each function; one that knows none of them gets a few sentences besides.
    const uint TokensPerTool = 64, TokensOfTemplate = 256;

    // Templates write schemas as JSON of their own: indented, and with numbers spelled out.
    internal const uint Growth = 4;

    public static string Naming(string function) => Function + function;

    /// <summary>The one function that has to be called, where the choice names one.</summary>
    public string? Named => Choice.StartsWith(Function, StringComparison.Ordinal) ? Choice[Function.Length..] : null;

    /// <summary>Whether an answer may call this function.</summary>
    public bool Allows(string function) =>
        Choice != None && (Named is { } only ? only == function : Array.Exists(Functions, tool => tool.Name == function));

    /// <summary>Characters of all that the functions say.</summary>
    public int Length => Functions.Sum(tool => tool.Name.Length + (tool.Description?.Length ?? 0) + (tool.Parameters?.Length ?? 0));

    internal uint TokensAtMost() => TokensOfTemplate + (uint)Functions.Sum(tool => TokensPerTool + Growth *
        (Encoding.UTF8.GetByteCount(tool.Name) + Encoding.UTF8.GetByteCount(tool.Description ?? "") + Encoding.UTF8.GetByteCount(tool.Parameters ?? "")));
}

/// <summary>A call that an earlier answer made.</summary>
/// <param name="Arguments">A JSON object as text.</param>
public sealed record ChatCall(string Id, string Name, string Arguments)
{
    const uint TokensOfFrame = 32;

    internal uint TokensAtMost() => TokensOfFrame + ChatTools.Growth * (uint)(Encoding.UTF8.GetByteCount(Id) + Encoding.UTF8.GetByteCount(Name) + Encoding.UTF8.GetByteCount(Arguments));

    /// <summary>The name of call <paramref name="index"/> of an answer, the same for everybody who reads it.</summary>
    public static string IdOf(Bytes32 request, int index)
    {
        Span<byte> bytes = stackalloc byte[36];
        request.CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[32..], index);
        return string.Concat("call_", Keccak256.Hash(bytes).ToString().AsSpan(2, 24));
    }
}

/// <summary>Part of a call, as it comes.</summary>
/// <param name="Index">Of the call in its answer, from 0.</param>
/// <param name="Name">Of the function, in the call's first part alone.</param>
/// <param name="Arguments">What comes next of their JSON text.</param>
public sealed record CallPart(int Index, string? Name, string Arguments);
