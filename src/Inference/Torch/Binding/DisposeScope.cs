using System.Runtime.InteropServices;

namespace ProofMesh.Inference.Torch.Binding;

/// <summary>Frees at its end every tensor that its thread made within it, in one native call.</summary>
/// <remarks>Scopes nest and must end in reverse order, on the thread that opened them.</remarks>
internal sealed class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? _current;

    private readonly DisposeScope? _outer;
    private readonly List<torch.Tensor> _tensors = [];

    internal DisposeScope()
    {
        _outer = _current;
        _current = this;
    }

    internal static DisposeScope? Current => _current;

    /// <summary>How many tensors will be freed at the end.</summary>
    public int DisposablesCount => _tensors.Count(t => ReferenceEquals(t.Scope, this));

    internal void Include(torch.Tensor tensor)
    {
        _tensors.Add(tensor);
        tensor.Scope = this;
    }

    /// <summary>Lets the tensor live on, in the scope around this one or, where there is none, until it is disposed of.</summary>
    public T MoveToOuter<T>(T disposable) where T : IDisposable
    {
        if (disposable is not torch.Tensor tensor) return disposable;
        tensor.Scope = null;
        _outer?.Include(tensor);
        return disposable;
    }

    /// <summary>Lets the tensor live until it is disposed of.</summary>
    public T Detach<T>(T disposable) where T : IDisposable
    {
        if (disposable is torch.Tensor tensor) tensor.Scope = null;
        return disposable;
    }

    public void Dispose()
    {
        if (!ReferenceEquals(_current, this)) throw new InvalidOperationException("a dispose scope must end before the one around it, on its own thread");
        _current = _outer;
        var handles = new List<nint>(_tensors.Count);
        foreach (var tensor in _tensors)
            if (ReferenceEquals(tensor.Scope, this) && tensor.Release() is var handle && handle != 0)
                handles.Add(handle);
        Native.pm_free(CollectionsMarshal.AsSpan(handles), handles.Count);
        _tensors.Clear();
    }
}

internal static partial class torch
{
    internal static DisposeScope NewDisposeScope() => new();
}
