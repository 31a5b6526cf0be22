using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>Tokens and their ids: the model's and the added ones.</summary>
internal sealed class Vocabulary
{
    private const int MaxId = 1 << 24;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private string?[] _tokens = new string?[1 << 15];

    public Vocabulary(JsonElement vocab)
    {
        foreach (var member in vocab.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt32(out var id))
                throw new TokenizerException($"The id of token '{member.Name}' is no number.");
            _ids[member.Name] = id;
            Name(id, member.Name);
        }
        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>One more than the highest id.</summary>
    public int Size { get; private set; }

    public int? IdOf(ReadOnlySpan<char> token) => _lookup.TryGetValue(token, out var id) ? id : null;

    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    /// <summary>Names an id without making the model merge into it.</summary>
    public void Name(int id, string token)
    {
        if (id is < 0 or > MaxId)
            throw new TokenizerException($"Token '{token}' has the impossible id {id}.");
        if (id >= _tokens.Length)
            Array.Resize(ref _tokens, Math.Max(id + 1, 2 * _tokens.Length));
        _tokens[id] = token;
        Size = Math.Max(Size, id + 1);
    }
}
