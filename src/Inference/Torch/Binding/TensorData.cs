using System.Runtime.InteropServices;

namespace ProofMesh.Inference.Torch.Binding;

internal static partial class torch
{
    internal sealed partial class Tensor
    {
        /// <summary>The elements as bytes, in place: only on the CPU, contiguous, below 2 GiB, while the tensor lives.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                Native.Check(Native.pm_data(Handle, out var data, out var count));
                return new Span<byte>((void*)data, checked((int)count));
            }
            set
            {
                var target = bytes;
                if (value.Length != target.Length) throw new ArgumentException($"{value.Length} bytes don't fill a tensor of {target.Length} bytes", nameof(value));
                value.CopyTo(target);
            }
        }

        /// <summary>The elements in place; T must be the element type's size, and for reading its meaning.</summary>
        public TensorAccessor<T> data<T>() where T : unmanaged => new(MemoryMarshal.Cast<byte, T>(bytes));

        /// <summary>The only element.</summary>
        public T item<T>() where T : unmanaged
        {
            Native.Check(Native.pm_item(Handle, out var real, out var whole));
            return dtype is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16 ? Convert<T>(real) : Convert<T>(whole);
        }

        public Tensor to(ScalarType type, bool copy = false) => dtype == type && !copy ? this : To((int)type, null, copy);

        public Tensor to(Device device, bool copy = false) => Equals(this.device, device) && !copy ? this : To(-1, device, copy);

        public Tensor to(ScalarType type, Device device, bool copy = false) => To((int)type, device, copy);

        public Tensor cpu() => to(CPU);

        public Tensor cuda() => to(CUDA);

        public Tensor clone() => Made(Native.pm_clone(out var made, Handle), made);

        public Tensor contiguous() => is_contiguous() ? this : Made(Native.pm_contiguous(out var made, Handle), made);

        public Tensor copy_(Tensor source)
        {
            Native.Check(Native.pm_copy_(Handle, source.Handle));
            return this;
        }

        private Tensor To(int type, Device? target, bool copy) =>
            Made(Native.pm_to(out var made, Handle, type, target is null ? -1 : (int)target.type, target?.index ?? -1, copy ? 1 : 0), made);

        private static T Convert<T>(IConvertible value) => (T)value.ToType(typeof(T), null);
    }

    /// <summary>A tensor's elements.</summary>
    internal readonly ref struct TensorAccessor<T>(Span<T> elements) where T : unmanaged
    {
        private readonly Span<T> _elements = elements;

        public long Count => _elements.Length;

        public T this[long index] => _elements[checked((int)index)];

        public T[] ToArray() => _elements.ToArray();

        public void CopyTo(Span<T> destination) => _elements.CopyTo(destination);
    }
}
