using System.Buffers.Binary;
using System.Text;

namespace ProofMesh.Inference;

/// <summary>Reads a GGUF file's head from first to last; nothing lies outside the file, and no count exceeds what could.</summary>
internal sealed class GgufReader(MappedFile file)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public long Position { get; private set; }

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4, what));

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8, what));

    /// <summary>A number of things of which each takes some bytes of the file.</summary>
    public int Count(int bytesEach, string what)
    {
        var count = UInt64(what);
        return count <= int.MaxValue && (long)count <= (file.Length - Position) / bytesEach
            ? (int)count
            : throw new CheckpointException($"{file.Name}: {what} is {count}, which doesn't fit a file of {file.Length} bytes.");
    }

    public string Text(string what)
    {
        var bytes = Bytes(Count(1, $"the length of {what}"), what);
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException fault)
        {
            throw new CheckpointException($"{file.Name}: {what} is not UTF-8.", fault);
        }
    }

    public ReadOnlySpan<byte> Bytes(int count, string what)
    {
        if (count > file.Length - Position)
            throw new CheckpointException($"{file.Name} ends in {what}.");
        var bytes = file.Slice(Position, count);
        Position += count;
        return bytes;
    }

    public CheckpointException Fault(string message) => new($"{file.Name}: {message}");
}
