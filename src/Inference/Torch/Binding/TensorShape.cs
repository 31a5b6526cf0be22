namespace ProofMesh.Inference.Torch.Binding;

internal static partial class torch
{
    internal sealed partial class Tensor
    {
        public Tensor view(params long[] shape) => Made(Native.pm_view(out var made, Handle, shape, shape.Length), made);

        public Tensor reshape(params long[] shape) => Made(Native.pm_reshape(out var made, Handle, shape, shape.Length), made);

        public Tensor expand(params long[] sizes) => Made(Native.pm_expand(out var made, Handle, sizes, sizes.Length), made);

        public Tensor permute(params long[] permutation) => Made(Native.pm_permute(out var made, Handle, permutation, permutation.Length), made);

        public Tensor transpose(long dim0, long dim1) => Made(Native.pm_transpose(out var made, Handle, dim0, dim1), made);

        public Tensor t() => transpose(0, 1);

        public Tensor unsqueeze(long dim) => Made(Native.pm_unsqueeze(out var made, Handle, dim), made);

        public Tensor squeeze(long dim) => Made(Native.pm_squeeze(out var made, Handle, dim), made);

        public Tensor select(long dim, long index) => Made(Native.pm_select(out var made, Handle, dim, index), made);

        /// <summary>The range clamped to the tensor, as Python's slices are.</summary>
        public Tensor slice(long dim, long start, long finish, long step) => Made(Native.pm_slice(out var made, Handle, dim, start, finish, step), made);

        /// <summary>The range, refused where it leaves the tensor.</summary>
        public Tensor narrow(long dim, long start, long length) => Made(Native.pm_narrow(out var made, Handle, dim, start, length), made);

        /// <summary>Parts of the given sizes along a dimension.</summary>
        public Tensor[] split(long[] sizes, long dim = 0)
        {
            if (sizes.Sum() != size((int)dim)) throw new ArgumentException($"parts of {string.Join(" + ", sizes)} don't make up {size((int)dim)}", nameof(sizes));
            var start = 0L;
            return Array.ConvertAll(sizes, length => narrow(dim, (start += length) - length, length));
        }

        public Tensor index_select(long dim, Tensor index) => Made(Native.pm_index_select(out var made, Handle, dim, index.Handle), made);

        public Tensor index_copy_(long dim, Tensor index, Tensor source)
        {
            Native.Check(Native.pm_index_copy_(Handle, dim, index.Handle, source.Handle));
            return this;
        }

        public Tensor masked_fill(Tensor mask, Scalar value) => Made(Native.pm_masked_fill(out var made, Handle, mask.Handle, value.Value, value.Whole), made);

        public Tensor triu(long diagonal = 0) => Made(Native.pm_triu(out var made, Handle, diagonal), made);

        public Tensor tril(long diagonal = 0) => Made(Native.pm_tril(out var made, Handle, diagonal), made);
    }

    internal static Tensor cat(IList<Tensor> tensors, long dim = 0) =>
        Tensor.Made(Native.pm_cat(out var made, Handles(tensors), tensors.Count, dim), made);

    internal static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        var list = tensors.ToArray();
        return Tensor.Made(Native.pm_stack(out var made, Handles(list), list.Length, dim), made);
    }

    internal static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);

    private static nint[] Handles(IList<Tensor> tensors)
    {
        var handles = new nint[tensors.Count];
        for (var i = 0; i < handles.Length; i++) handles[i] = tensors[i].Handle;
        return handles;
    }
}
