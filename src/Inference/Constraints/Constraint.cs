using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>What an answer must look like, as an automaton over bytes, and which tokens each of its states allows.</summary>
/// <remarks>Used by one thread at a time. States and their masks are made when an answer first reaches them, and kept.</remarks>
internal sealed class Constraint
{
    // With 49,152 tokens 6 MB of masks and 8 MB of steps.
    private const int MaxMasks = 1024;
    private const int MaxStates = 8192;

    private readonly Language _language = new();
    private readonly TokenTrie _tokens;
    private readonly IReadOnlyList<int> _endTokens;
    private readonly Dictionary<int, ulong[]> _masks = [];
    private readonly Dictionary<int, int[]> _steps = [];
    private readonly int[] _path;

    private Constraint(TokenTrie tokens, IReadOnlyList<int> endTokens, Func<Language, int> read)
    {
        (_tokens, _endTokens, _path) = (tokens, endTokens, new int[tokens.MaxDepth + 1]);
        Start = read(_language);
        if (Start == Language.Nothing)
            throw new ConstraintException("Nothing satisfies the constraint.");
    }

    public int Start { get; }

    /// <summary>Whether answers have made as many expressions of it as there may be: the next needs it made anew.</summary>
    public bool IsFull => _language.IsFull;

    /// <summary>Reads {"type":"json_object"}, {"type":"json_schema","schema":…} or {"type":"regex","pattern":…}.</summary>
    /// <exception cref="ConstraintException">It can't be kept to; the message names the place.</exception>
    public static Constraint Read(string format, TokenTrie tokens, IReadOnlyList<int> endTokens) =>
        new(tokens, endTokens, language => Read(language, format));

    /// <summary>Answers that may call functions.</summary>
    /// <param name="format">What those without calls look like; null: anything.</param>
    /// <exception cref="ConstraintException">A schema can't be kept to; the message names the function and the path.</exception>
    public static Constraint Read(string? format, ToolUse tools, CallForm form, TokenTrie tokens, IReadOnlyList<int> endTokens) =>
        new(tokens, endTokens, language => CallLanguage.Read(language, tools, form, format is null ? null : Read(language, format)));

    private static int Read(Language language, string format)
    {
        if (format.Length > GenerateRequest.MaxFormatLength)
            throw new ConstraintException($"The format has {format.Length} characters; at most {GenerateRequest.MaxFormatLength} are read.");
        try
        {
            using var json = JsonDocument.Parse(format, new JsonDocumentOptions { MaxDepth = 128 });
            var root = json.RootElement;
            return Kind(root) switch
            {
                "json_object" => new JsonLanguage(language).Object,
                "json_schema" when root.TryGetProperty("schema", out var schema) => SchemaLanguage.Read(language, schema),
                "regex" when root.TryGetProperty("pattern", out var pattern) && pattern.ValueKind == JsonValueKind.String =>
                    new PatternLanguage(language, pattern.GetString()!, set => set.Utf8(language), "pattern").Read(search: false),
                _ => throw new ConstraintException("A format is {\"type\":\"json_object\"}, {\"type\":\"json_schema\",\"schema\":…} or {\"type\":\"regex\",\"pattern\":…}."),
            };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new ConstraintException($"The format can't be read: {fault.Message}", fault);
        }
    }

    /// <summary>Whether nothing can follow.</summary>
    public bool IsComplete(int state) => state == Language.Empty;

    /// <summary>The state behind a token that its mask allows.</summary>
    public int Advance(int state, ReadOnlySpan<byte> piece)
    {
        foreach (var value in piece)
            state = Step(state, value);
        return state;
    }

    /// <summary>The state behind any token; behind one that the mask forbids it stays where it was.</summary>
    public int Follow(int state, ReadOnlySpan<byte> piece) => Advance(state, piece) is var next && next != Language.Nothing ? next : state;

    /// <summary>Takes all tokens that the state forbids out of the choice.</summary>
    public void Apply(int state, Span<float> logits)
    {
        var mask = Mask(state);
        for (var word = 0; word * 64 < logits.Length; word++)
        {
            var allowed = word < mask.Length ? mask[word] : 0;
            var part = logits.Slice(word * 64, Math.Min(64, logits.Length - word * 64));
            if (allowed == 0)
                part.Fill(float.NegativeInfinity);
            else if (allowed != ulong.MaxValue)
            {
                for (var i = 0; i < part.Length; i++)
                    part[i] = (allowed >> i & 1) != 0 ? part[i] : float.NegativeInfinity;
            }
        }
    }

    /// <summary>A bit for each token: whether it may come next.</summary>
    public ulong[] Mask(int state)
    {
        if (_masks.TryGetValue(state, out var mask))
            return mask;
        if (_masks.Count >= MaxMasks)
            _masks.Clear();
        mask = new ulong[(Math.Max(_tokens.Vocabulary, _endTokens.DefaultIfEmpty().Max() + 1) + 63) / 64];
        var any = Walk(state, mask);
        if (_language.IsNullable(state))
        {
            foreach (var token in _endTokens)
                mask[token / 64] |= 1UL << token;
            any |= _endTokens.Count > 0;
        }
        return any ? _masks[state] = mask : throw new ConstraintException("No token of this model can continue an answer that keeps to the constraint.");
    }

    private bool Walk(int state, ulong[] mask)
    {
        var nodes = _tokens.Nodes;
        var any = false;
        _path[0] = state;
        for (var i = 0; i < nodes.Length;)
        {
            ref readonly var node = ref nodes[i];
            var next = Step(_path[node.Depth], node.Byte);
            if (next == Language.Nothing)
            {
                // Tokens of equal bytes stand side by side, so those are skipped as quickly.
                i = node.End;
                continue;
            }
            _path[node.Depth + 1] = next;
            if (node.Token >= 0)
                (mask[node.Token / 64], any) = (mask[node.Token / 64] | 1UL << node.Token, true);
            i++;
        }
        return any;
    }

    private int Step(int state, byte value)
    {
        if (!_steps.TryGetValue(state, out var steps))
        {
            // Many answers share a constraint: what it learned may be dropped, the number of its expressions is bounded.
            if (_steps.Count >= MaxStates)
                _steps.Clear();
            _steps[state] = steps = new int[256];
            Array.Fill(steps, -1);
        }
        return steps[value] >= 0 ? steps[value] : steps[value] = _language.Derive(state, value);
    }

    private static string? Kind(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
}
