using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>Turns tokens into bytes of text: what each token says by itself, and what is stripped from the start of the whole.</summary>
internal sealed class TokenDecoder
{
    private readonly List<Func<string, string>> _steps = [];
    private bool _byteLevel;
    private bool _byteFallback;
    private bool _fused;

    private TokenDecoder()
    {
    }

    /// <summary>So many of this character are dropped from the start of the text.</summary>
    public (char Character, int Count) Strip { get; private set; }

    /// <summary>Without a decoder the tokens stand apart.</summary>
    public bool Spaced { get; private init; }

    public static TokenDecoder Read(JsonElement? json)
    {
        var decoder = new TokenDecoder { Spaced = json is null };
        if (json is { } element)
            decoder.Add(element);
        return decoder;
    }

    /// <summary>The UTF-8 that a token says by itself, perhaps only a part of a character.</summary>
    public byte[] Piece(string token)
    {
        if (_byteFallback && RawByte(token) is { } raw)
            return [raw];
        foreach (var step in _steps)
            token = step(token);
        return _byteLevel ? ByteAlphabet.Decode(token) : Encoding.UTF8.GetBytes(token);
    }

    private void Add(JsonElement element)
    {
        switch (element.Kind())
        {
            case "Sequence":
                foreach (var step in element.List("decoders"))
                    Add(step);
                break;
            case "ByteLevel": _byteLevel = true; break;
            case "ByteFallback": _byteFallback = true; break;
            case "Fuse": _fused = true; break;
            case "Replace": AddReplace(element); break;
            case "Metaspace": AddMetaspace(element); break;
            case "Strip": AddStrip(element); break;
            case var other: throw new TokenizerException($"The decoder '{other}' isn't supported.");
        }
    }

    private void AddReplace(JsonElement element)
    {
        var (pattern, content) = (element.Required("pattern").Text("String"), element.Text("content"));
        _steps.Add(token => token.Replace(pattern, content, StringComparison.Ordinal));
    }

    private void AddMetaspace(JsonElement element)
    {
        var replacement = element.OptionalText("replacement") ?? "▁";
        _steps.Add(token => token.Replace(replacement, " ", StringComparison.Ordinal));
        if (Metaspace.Scheme(element) != "never")
            Strip = (' ', 1);
    }

    private void AddStrip(JsonElement element)
    {
        var (content, start, stop) = (element.Text("content"), element.Number("start"), element.Number("stop"));
        if (content.Length != 1 || stop != 0)
            throw new TokenizerException("A decoder that strips the end of the text, or more than one character, isn't supported.");
        if (_fused)
            Strip = (content[0], start);
        else
            _steps.Add(token => StripStart(token, content[0], start));
    }

    private static string StripStart(string token, char character, int count)
    {
        var at = 0;
        while (at < token.Length && at < count && token[at] == character)
            at++;
        return token[at..];
    }

    private static byte? RawByte(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
