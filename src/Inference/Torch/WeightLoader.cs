namespace ProofMesh.Inference.Torch;

/// <summary>Copies tensors of a checkpoint to the device, in the type that the model computes in, into the current scope.</summary>
internal sealed class WeightLoader(torch.ScalarType type, torch.Device device)
{
    // One span holds less than 2 GiB; a large embedding table is copied in several.
    private const long ChunkBytes = 1L << 30;

    public torch.Tensor Load(TensorView view) => Load(view, type);

    public torch.Tensor Load(TensorView view, torch.ScalarType target)
    {
        using var scope = torch.NewDisposeScope();
        return scope.MoveToOuter(Read(view).to(target, device));
    }

    public torch.Tensor? LoadOptional(TensorView? view) => view is null ? null : Load(view);

    /// <summary>Several projections of one input as one: their rows one below the other.</summary>
    public torch.Tensor Join(params TensorView[] views)
    {
        using var scope = torch.NewDisposeScope();
        return scope.MoveToOuter(torch.cat(views.Select(v => Read(v).to(type, device)).ToList()));
    }

    private static unsafe torch.Tensor Read(TensorView view)
    {
        if (!view.Plain)
            return ReadConverted(view);
        var tensor = torch.empty(view.Shape.ToArray(), Type(view));
        var rowBytes = view.ByteCount / view.Shape[0];
        var step = Math.Max(1, ChunkBytes / rowBytes);
        for (var row = 0L; row < view.Shape[0]; row += step)
        {
            var count = Math.Min(step, view.Shape[0] - row);
            using var part = tensor.narrow(0, row, count);
            part.bytes = new Span<byte>((void*)(view.Address + (nint)(row * rowBytes)), checked((int)(count * rowBytes)));
        }
        GC.KeepAlive(view);
        return tensor;
    }

    // Weights that no tensor type of libtorch describes: as float32.
    private static unsafe torch.Tensor ReadConverted(TensorView view)
    {
        var tensor = torch.empty(view.Shape.ToArray(), torch.float32);
        var size = view.ElementCount / view.Shape[0];
        var step = Math.Max(1, ChunkBytes / (size * sizeof(float)));
        for (var row = 0L; row < view.Shape[0]; row += step)
        {
            var values = new float[Math.Min(step, view.Shape[0] - row) * size];
            view.ReadFloat32(values, row * size);
            using var part = tensor.narrow(0, row, values.Length / size);
            part.bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan());
        }
        return tensor;
    }

    private static torch.ScalarType Type(TensorView view) => view.Type switch
    {
        TensorType.F32 => torch.float32,
        TensorType.F16 => torch.float16,
        TensorType.BF16 => torch.bfloat16,
        _ => throw new CheckpointException($"Tensor '{view.Name}' holds {view.Type}; F32, F16 and BF16 are weights."),
    };
}
