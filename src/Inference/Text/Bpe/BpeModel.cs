using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>Byte-pair encoding: a word becomes characters (or their bytes), and the best-ranked neighbours are joined until none is left.</summary>
internal sealed class BpeModel
{
    private const int CachedWords = 1 << 16;
    private const int CachedWordLength = 64;

    private readonly Vocabulary _vocabulary;
    private readonly MergeTable _merges;
    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private readonly int?[] _byteIds;
    private readonly int? _unknown;
    private readonly bool _fuseUnknown;
    private readonly bool _byteFallback;
    private readonly bool _ignoreMerges;
    private readonly string _prefix;
    private readonly string _suffix;
    private int _cached;

    public BpeModel(JsonElement model, Vocabulary vocabulary)
    {
        if (model.OptionalText("type") is not (null or "BPE"))
            throw new TokenizerException($"A tokenizer model of type '{model.Kind()}' isn't supported; only BPE is.");
        _vocabulary = vocabulary;
        _prefix = model.OptionalText("continuing_subword_prefix") ?? "";
        _suffix = model.OptionalText("end_of_word_suffix") ?? "";
        _merges = new MergeTable(model, vocabulary, _prefix);
        _fuseUnknown = model.Flag("fuse_unk", false);
        _byteFallback = model.Flag("byte_fallback", false);
        _ignoreMerges = model.Flag("ignore_merges", false);
        _byteIds = [.. Enumerable.Range(0, 256).Select(b => vocabulary.IdOf($"<0x{b:X2}>"))];
        if (model.OptionalText("unk_token") is { } unknown)
            _unknown = vocabulary.IdOf(unknown) ?? throw new TokenizerException($"The unknown token '{unknown}' isn't in the vocabulary.");
    }

    public void Encode(string word, List<int> into)
    {
        if (_ignoreMerges && _vocabulary.IdOf(word) is { } whole)
        {
            into.Add(whole);
            return;
        }
        if (word.Length > CachedWordLength)
        {
            into.AddRange(_merges.Merge(Symbols(word)));
            return;
        }
        if (!_cache.TryGetValue(word, out var ids))
        {
            ids = [.. _merges.Merge(Symbols(word))];
            if (Volatile.Read(ref _cached) < CachedWords && _cache.TryAdd(word, ids))
                Interlocked.Increment(ref _cached);
        }
        into.AddRange(ids);
    }

    private List<int> Symbols(string word)
    {
        var symbols = new List<int>(word.Length);
        var pendingUnknown = false;
        Span<byte> utf8 = stackalloc byte[4];
        for (var at = 0; at < word.Length;)
        {
            var width = CodePoints.Width(CodePoints.At(word, at));
            if (Lookup(word, at, width) is { } id)
            {
                Flush(symbols, ref pendingUnknown);
                symbols.Add(id);
            }
            else if (!TryBytes(word.AsSpan(at, width), utf8, symbols, ref pendingUnknown) && _unknown is not null)
            {
                if (!_fuseUnknown)
                    Flush(symbols, ref pendingUnknown);
                pendingUnknown = true;
            }
            at += width;
        }
        Flush(symbols, ref pendingUnknown);
        return symbols;
    }

    private int? Lookup(string word, int at, int width)
    {
        var (first, last) = (at == 0, at + width == word.Length);
        if ((first || _prefix.Length == 0) && (!last || _suffix.Length == 0))
            return _vocabulary.IdOf(word.AsSpan(at, width));
        return _vocabulary.IdOf((first ? "" : _prefix) + word.Substring(at, width) + (last ? _suffix : ""));
    }

    private bool TryBytes(ReadOnlySpan<char> character, Span<byte> utf8, List<int> symbols, ref bool pendingUnknown)
    {
        if (!_byteFallback)
            return false;
        var bytes = utf8[..Encoding.UTF8.GetBytes(character, utf8)];
        foreach (var b in bytes)
        {
            if (_byteIds[b] is null)
                return false;
        }
        Flush(symbols, ref pendingUnknown);
        foreach (var b in bytes)
            symbols.Add(_byteIds[b]!.Value);
        return true;
    }

    private void Flush(List<int> symbols, ref bool pendingUnknown)
    {
        if (pendingUnknown)
            symbols.Add(_unknown!.Value);
        pendingUnknown = false;
    }
}
