using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

/// <summary>Two random matrices of one width, the first with a bias, in a checkpoint.</summary>
internal sealed unsafe class MatrixFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("matrix-").FullName;
    private readonly Checkpoint _checkpoint;
    private readonly Random _random = new(11);
    private readonly float[] _first;
    private readonly float[] _second;
    private readonly float[] _bias;
    private readonly int _firstRows;

    public MatrixFile(int firstRows, int secondRows, int columns)
    {
        (_firstRows, Rows, Columns) = (firstRows, firstRows + secondRows, columns);
        (_first, _second, _bias) = (Values(firstRows * columns), Values(secondRows * columns), Values(firstRows));
        Write(("first", [firstRows, columns], _first), ("second", [secondRows, columns], _second), ("bias", [firstRows], _bias));
        _checkpoint = Checkpoint.Open(_folder);
    }

    public int Rows { get; }

    public int Columns { get; }

    public MatrixPart First => new(_checkpoint["first"], _checkpoint["bias"]);

    public MatrixPart Second => new(_checkpoint["second"]);

    /// <summary>Where a row of the two stacked matrices lies in the product.</summary>
    public int At(int row) => row < _firstRows ? row : Lanes.RoundUp(_firstRows) + row - _firstRows;

    public float Weight(int row, int column) =>
        row < _firstRows ? _first[row * Columns + column] : _second[(row - _firstRows) * Columns + column];

    public double Bias(int row) => row < _firstRows ? _bias[row] : 0;

    public Activations Input(int tokens, InputFormat format)
    {
        var x = new Activations(tokens, Columns, format);
        for (var token = 0; token < tokens; token++)
        {
            Values(Columns).CopyTo(new Span<float>(x.Row(token), Columns));
            x.Convert(token, 0, x.Blocks);
        }
        return x;
    }

    public void Dispose()
    {
        _checkpoint.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(_random.NextDouble() * 2 - 1))];

    private void Write(params (string Name, int[] Shape, float[] Values)[] tensors)
    {
        var header = new JsonObject();
        var at = 0;
        foreach (var (name, shape, values) in tensors)
        {
            header[name] = new JsonObject { ["dtype"] = "F32", ["shape"] = JsonSerializer.SerializeToNode(shape), ["data_offsets"] = new JsonArray(at, at + values.Length * 4) };
            at += values.Length * 4;
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        using var file = File.Create(Path.Combine(_folder, "model.safetensors"));
        file.Write(BitConverter.GetBytes((ulong)json.Length));
        file.Write(json);
        foreach (var (_, _, values) in tensors)
            file.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }
}
