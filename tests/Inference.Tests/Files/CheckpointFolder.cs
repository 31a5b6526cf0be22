using System.Buffers.Binary;
using System.Text;

namespace ProofMesh.Inference.Tests;

/// <summary>A model folder in the temporary directory that a test fills file by file.</summary>
internal sealed class CheckpointFolder : IDisposable
{
    public CheckpointFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "proofmesh-" + Guid.NewGuid().ToString("n"));

    public void Write(string file, string header, params byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + json.Length);
        WriteRaw(file, bytes);
    }

    public void WriteRaw(string file, byte[] bytes) => File.WriteAllBytes(System.IO.Path.Combine(Path, file), bytes);

    public void WriteText(string file, string text) => File.WriteAllText(System.IO.Path.Combine(Path, file), text);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
