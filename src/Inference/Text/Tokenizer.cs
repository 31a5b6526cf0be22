using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>Text to token ids and back, as a model's published tokenizer.json says. Safe for many threads at once.</summary>
/// <remarks>added tokens · normaliser · added tokens in normal form · pre-tokenizer · byte-pair encoding · special tokens around it</remarks>
public sealed class Tokenizer
{
    private const long MaxFileBytes = 256 << 20;

    private readonly Vocabulary _vocabulary;
    private readonly BpeModel _model;
    private readonly Func<string, string> _normalize;
    private readonly PreTokenizer _cut;
    private readonly SpecialTokens _around;
    private readonly TokenDecoder _decoder;
    private readonly AddedTokenSearch _rawTokens;
    private readonly AddedTokenSearch _normalizedTokens;
    private readonly Dictionary<string, int> _added;
    private readonly HashSet<int> _special;
    private readonly byte[]?[] _pieces;

    private Tokenizer(JsonElement json, int bytes, string digest)
    {
        Digest = digest;
        _vocabulary = new Vocabulary(json.Required("model").Required("vocab"), bytes);
        _model = new BpeModel(json.Required("model"), _vocabulary);
        _normalize = Normalizers.Read(json.Optional("normalizer"));
        _cut = PreTokenizers.Read(json.Optional("pre_tokenizer"));
        _around = SpecialTokens.Read(json.Optional("post_processor"));
        _decoder = TokenDecoder.Read(json.Optional("decoder"));
        var added = ReadAddedTokens(json);
        _added = added.ToDictionary(t => t.Content, t => t.Id, StringComparer.Ordinal);
        added.ForEach(t => _vocabulary.Name(t.Id, t.Content));
        _special = [.. added.Where(t => t.Special).Select(t => t.Id)];
        _rawTokens = new AddedTokenSearch(added.Where(t => !t.Normalized).Select(t => (t.Content, t)));
        _normalizedTokens = new AddedTokenSearch(added.Where(t => t.Normalized).Select(t => (_normalize(t.Content), t)));
        _pieces = new byte[]?[_vocabulary.Size];
    }

    /// <summary>SHA-256 of tokenizer.json, lower-case hex.</summary>
    public string Digest { get; }

    /// <summary>One more than the highest token id; a model's logits may be wider.</summary>
    public int VocabularySize => _vocabulary.Size;

    /// <param name="path">A model's folder, the tokenizer.json itself, or a GGUF file.</param>
    /// <exception cref="TokenizerException">The file is missing, damaged, or of a kind that isn't supported.</exception>
    public static Tokenizer Load(string path)
    {
        if (GgufFile.Is(path))
            return Parse(GgufTokenizer.Json(GgufFile.Metadata(path)));
        var file = Directory.Exists(path) ? Path.Combine(path, "tokenizer.json") : path;
        if (!File.Exists(file))
            throw new TokenizerException($"{file} doesn't exist.");
        if (new FileInfo(file).Length > MaxFileBytes)
            throw new TokenizerException($"{file} is larger than {MaxFileBytes} bytes.");
        return Parse(File.ReadAllBytes(file));
    }

    /// <summary>Reads the bytes of a tokenizer.json.</summary>
    public static Tokenizer Parse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new Tokenizer(document.RootElement, json.Length, Convert.ToHexStringLower(SHA256.HashData(json)));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new TokenizerException($"tokenizer.json can't be read: {fault.Message}", fault);
        }
    }

    public int? IdOf(string token) => _added.TryGetValue(token, out var id) ? id : _vocabulary.IdOf(token);

    public string? TokenOf(int id) => _vocabulary.TokenOf(id);

    public bool IsSpecial(int id) => _special.Contains(id);

    /// <param name="text">Any text; a lone surrogate counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the tokens that open and close a text are put around it; a chat template writes them itself.</param>
    /// <param name="readSpecialTokens">Whether the text of a special token becomes that token; false for text that must not speak as structure.</param>
    public int[] Encode(string text, bool addSpecialTokens = true, bool readSpecialTokens = true)
    {
        var ids = new List<int>(16 + text.Length / 3);
        if (addSpecialTokens)
            ids.AddRange(_around.Before);
        bool Counts(AddedToken token) => readSpecialTokens || !token.Special;
        var first = true;
        foreach (var (raw, rawToken) in _rawTokens.Cut(CodePoints.WellFormed(text), Counts))
        {
            if (rawToken is not null)
                ids.Add(rawToken.Id);
            else
                EncodeStretch(raw, first, Counts, ids);
            first = false;
        }
        if (addSpecialTokens)
            ids.AddRange(_around.After);
        return [.. ids];
    }

    /// <summary>The text of the tokens; bytes that are no UTF-8 become U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var decoder = Stream(skipSpecialTokens);
        var text = new StringBuilder();
        foreach (var id in ids)
            text.Append(decoder.Append(id));
        return text.Append(decoder.Flush()).ToString();
    }

    /// <summary>A decoder for one stream of tokens.</summary>
    public IncrementalDecoder Stream(bool skipSpecialTokens = true) => new(this, _decoder, skipSpecialTokens);

    /// <summary>The bytes that a token says by itself; none for an id without a token.</summary>
    public byte[] Piece(int id) =>
        _vocabulary.TokenOf(id) is { } token ? _pieces[id] ??= _decoder.Piece(token) : [];

    private void EncodeStretch(string raw, bool first, Func<AddedToken, bool> counts, List<int> ids)
    {
        // A text whose first character is normalised away no longer stands at the start of the input.
        first = first && _normalize(raw[..CodePoints.Width(CodePoints.At(raw, 0))]).Length > 0;
        foreach (var (stretch, token) in _normalizedTokens.Cut(_normalize(raw), counts))
        {
            if (token is not null)
            {
                ids.Add(token.Id);
            }
            else
            {
                foreach (var word in _cut(stretch, first))
                    _model.Encode(word, ids);
            }
            first = false;
        }
    }

    private static List<AddedToken> ReadAddedTokens(JsonElement json) => json.Optional("added_tokens") is null
        ? []
        : [.. json.List("added_tokens").Select(t => new AddedToken(
            t.Number("id"), t.Text("content"), t.Flag("special", false), t.Flag("lstrip", false), t.Flag("rstrip", false),
            t.Flag("single_word", false), t.Flag("normalized", !t.Flag("special", false))))];
}
