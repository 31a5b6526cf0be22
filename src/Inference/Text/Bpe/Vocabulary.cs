using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>Tokens and their ids: the model's and the added ones.</summary>
internal sealed class Vocabulary
{
    private const int RoomForAny = 1 << 15;
    // What a token takes of a file at the least: two quotation marks, a colon, a digit.
    private const int LeastTokenBytes = 4;

    private readonly int _maxId;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private string?[] _tokens = new string?[RoomForAny];

    /// <param name="fileBytes">Of the whole tokenizer: more ids than it has room for can't be used, and would take memory for nothing.</param>
    public Vocabulary(JsonElement vocab, int fileBytes)
    {
        _maxId = Math.Max(RoomForAny, fileBytes / LeastTokenBytes) - 1;
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
        if (id < 0 || id > _maxId)
            throw new TokenizerException($"Token '{token}' has the impossible id {id}.");
        if (id >= _tokens.Length)
            Array.Resize(ref _tokens, Math.Min(_maxId + 1, Math.Max(id + 1, 2 * _tokens.Length)));
        _tokens[id] = token;
        Size = Math.Max(Size, id + 1);
    }
}
