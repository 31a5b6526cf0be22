using System.Buffers.Binary;

namespace ProofMesh.Inference;

/// <summary>One *.safetensors file: u64 header length, JSON header, data.</summary>
internal static class SafetensorsFile
{
    public static IReadOnlyList<TensorView> Read(MappedFile file)
    {
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(0, 8));
        if (headerBytes > SafetensorsHeader.MaxBytes || (long)headerBytes > file.Length - 8)
            throw new CheckpointException($"{file.Name}: a header of {headerBytes} bytes doesn't fit a file of {file.Length} bytes (limit {SafetensorsHeader.MaxBytes}).");
        var dataStart = 8 + (long)headerBytes;
        var header = file.Slice(8, (int)headerBytes);
        return [.. SafetensorsHeader.Parse(header, file.Length - dataStart, file.Name).Select(e => new TensorView(file, e, dataStart + e.Begin))];
    }
}
