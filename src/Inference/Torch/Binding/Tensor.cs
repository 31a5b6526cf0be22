namespace ProofMesh.Inference.Torch.Binding;

internal static partial class torch
{
    /// <summary>A tensor of libtorch. Freed by its dispose scope or by <see cref="Dispose"/>; there is no finaliser.</summary>
    /// <remarks>Members and operators are named and behave as TorchSharp's. Nothing is differentiated.</remarks>
    internal sealed partial class Tensor : IDisposable
    {
        private nint _handle;
        private long[]? _sizes;
        private (ScalarType Type, Device Device, bool Contiguous)? _options;

        internal Tensor(nint handle)
        {
            _handle = handle;
            DisposeScope.Current?.Include(this);
        }

        internal DisposeScope? Scope { get; set; }

        internal nint Handle
        {
            get
            {
                ObjectDisposedException.ThrowIf(_handle == 0, this);
                return _handle;
            }
        }

        public long[] shape => _sizes ??= ReadSizes();

        public long ndim => shape.Length;

        public long NumberOfElements => shape.Aggregate(1L, (product, size) => product * size);

        public ScalarType dtype => Options.Type;

        public Device device => Options.Device;

        public bool IsInvalid => _handle == 0;

        public long size(int dim) => shape[dim < 0 ? dim + shape.Length : dim];

        public long numel() => NumberOfElements;

        public long dim() => ndim;

        public bool is_contiguous() => Options.Contiguous;

        public long[] stride()
        {
            var strides = new long[shape.Length];
            Native.Check(Native.pm_strides(Handle, strides));
            return strides;
        }

        public Tensor MoveToOuterDisposeScope() => Scope is { } scope ? scope.MoveToOuter(this) : this;

        public Tensor DetachFromDisposeScope() => Scope is { } scope ? scope.Detach(this) : this;

        public void Dispose()
        {
            var freed = Release();
            if (freed != 0) Native.pm_free([freed], 1);
        }

        public override string ToString() => _handle == 0 ? "disposed" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        internal nint Release() => Interlocked.Exchange(ref _handle, 0);

        internal static Tensor Made(int code, nint made)
        {
            Native.Check(code);
            return new Tensor(made);
        }

        private (ScalarType Type, Device Device, bool Contiguous) Options => _options ??= ReadOptions();

        private (ScalarType Type, Device Device, bool Contiguous) ReadOptions()
        {
            Native.Check(Native.pm_options(Handle, out var type, out var deviceType, out var index, out var contiguous));
            return ((ScalarType)type, new Device((DeviceType)deviceType, index), contiguous != 0);
        }

        private long[] ReadSizes()
        {
            Native.Check(Native.pm_dim(Handle, out var count));
            var read = new long[count];
            Native.Check(Native.pm_sizes(Handle, read));
            return read;
        }
    }
}
