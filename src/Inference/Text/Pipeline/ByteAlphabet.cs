using System.Text;

namespace ProofMesh.Inference;

/// <summary>GPT-2's bijection between bytes and printable characters, in which byte-level vocabularies are written.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] CharOf = BuildCharOf();
    private static readonly short[] ByteOf = BuildByteOf();

    public static string Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return string.Create(bytes.Length, bytes, static (chars, source) =>
        {
            for (var i = 0; i < chars.Length; i++)
                chars[i] = CharOf[source[i]];
        });
    }

    /// <summary>The bytes that a token stands for; a token outside the alphabet stands for its own UTF-8.</summary>
    public static byte[] Decode(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] >= ByteOf.Length || ByteOf[token[i]] < 0)
                return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)ByteOf[token[i]];
        }
        return bytes;
    }

    private static char[] BuildCharOf()
    {
        var chars = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
            chars[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)b : (char)next++;
        return chars;
    }

    private static short[] BuildByteOf()
    {
        var bytes = new short[512];
        Array.Fill(bytes, (short)-1);
        for (var b = 0; b < 256; b++)
            bytes[CharOf[b]] = (short)b;
        return bytes;
    }
}
