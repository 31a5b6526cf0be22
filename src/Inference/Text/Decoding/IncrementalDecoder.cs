using System.Text;

namespace ProofMesh.Inference;

/// <summary>Turns a stream of tokens into text, holding back the bytes of a character until it is whole. For one stream, one thread.</summary>
public sealed class IncrementalDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private readonly bool _spaced;
    private readonly char _stripped;
    private int _toStrip;
    private bool _started;

    internal IncrementalDecoder(Tokenizer tokenizer, TokenDecoder decoder, bool skipSpecialTokens)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
        (_stripped, _toStrip) = decoder.Strip;
        _spaced = decoder.Spaced;
    }

    /// <summary>The text that this token completes; empty while a character is incomplete. An id without a token says nothing.</summary>
    public string Append(int token)
    {
        if (_skipSpecialTokens && _tokenizer.IsSpecial(token))
            return "";
        var bytes = _tokenizer.Piece(token);
        var separator = _spaced && _started ? " " : "";
        _started = true;
        return separator + Strip(Decode(bytes, flush: false));
    }

    /// <summary>Ends the text: bytes that never became a character come out as U+FFFD.</summary>
    public string Flush() => Strip(Decode([], flush: true));

    private string Decode(byte[] bytes, bool flush)
    {
        Span<char> chars = bytes.Length < 128 ? stackalloc char[132] : new char[bytes.Length + 4];
        return chars[.._utf8.GetChars(bytes, chars, flush)].ToString();
    }

    private string Strip(string text)
    {
        var at = 0;
        while (at < text.Length && _toStrip > 0 && text[at] == _stripped)
        {
            at++;
            _toStrip--;
        }
        if (at < text.Length)
            _toStrip = 0;
        return text[at..];
    }
}
