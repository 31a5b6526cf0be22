using System.Runtime.InteropServices;

namespace ProofMesh.Inference.Torch.Binding;

/// <summary>The C ABI of Shim/*.cpp, function for function. A result of other than 0 goes to <see cref="Check"/>.</summary>
internal static partial class Native
{
    private const string Lib = LibTorch.Name;

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, LibTorch.Resolve);

    internal static void Check(int code)
    {
        if (code != 0) Throw(code);
    }

    private static void Throw(int code) =>
        throw new TorchException(Marshal.PtrToStringUTF8(pm_last_error()) ?? "", outOfMemory: code == 2);

    [LibraryImport(Lib)] internal static partial int pm_abi();
    [LibraryImport(Lib)] internal static partial nint pm_torch_version();
    [LibraryImport(Lib)] internal static partial nint pm_last_error();
    [LibraryImport(Lib)] internal static partial long pm_live_handles();
    [LibraryImport(Lib)] internal static partial void pm_free(ReadOnlySpan<nint> handles, int count);
    [LibraryImport(Lib)] internal static partial int pm_set_num_threads(int count);
    [LibraryImport(Lib)] internal static partial int pm_get_num_threads();
    [LibraryImport(Lib)] internal static partial int pm_manual_seed(long seed);
    [LibraryImport(Lib)] internal static partial int pm_cuda_device_count(out int result);
    [LibraryImport(Lib)] internal static partial int pm_cuda_synchronize(int index);
    [LibraryImport(Lib)] internal static partial int pm_dim(nint self, out int result);
    [LibraryImport(Lib)] internal static partial int pm_sizes(nint self, Span<long> result);
    [LibraryImport(Lib)] internal static partial int pm_strides(nint self, Span<long> result);
    [LibraryImport(Lib)] internal static partial int pm_options(nint self, out int dtype, out int device_type, out int device_index, out int contiguous);
    [LibraryImport(Lib)] internal static partial int pm_data(nint self, out nint data, out long bytes);
    [LibraryImport(Lib)] internal static partial int pm_item(nint self, out double real, out long whole);
    [LibraryImport(Lib)] internal static partial int pm_to(out nint result, nint self, int type, int device_type, int device_index, int copy);
    [LibraryImport(Lib)] internal static partial int pm_clone(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_contiguous(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_copy_(nint self, nint source);
    [LibraryImport(Lib)] internal static partial int pm_empty(out nint result, ReadOnlySpan<long> sizes, int dims, int type, int device_type, int device_index);
    [LibraryImport(Lib)] internal static partial int pm_full(out nint result, ReadOnlySpan<long> sizes, int dims, double value, int whole, int type, int device_type, int device_index);
    [LibraryImport(Lib)] internal static partial int pm_randn(out nint result, ReadOnlySpan<long> sizes, int dims, int type, int device_type, int device_index);
    [LibraryImport(Lib)] internal static partial int pm_arange(out nint result, double start, double stop, double step, int whole, int type, int device_type, int device_index);
    [LibraryImport(Lib)] internal static partial int pm_view(out nint result, nint self, ReadOnlySpan<long> sizes, int dims);
    [LibraryImport(Lib)] internal static partial int pm_reshape(out nint result, nint self, ReadOnlySpan<long> sizes, int dims);
    [LibraryImport(Lib)] internal static partial int pm_expand(out nint result, nint self, ReadOnlySpan<long> sizes, int dims);
    [LibraryImport(Lib)] internal static partial int pm_permute(out nint result, nint self, ReadOnlySpan<long> order, int dims);
    [LibraryImport(Lib)] internal static partial int pm_transpose(out nint result, nint self, long first, long second);
    [LibraryImport(Lib)] internal static partial int pm_unsqueeze(out nint result, nint self, long dim);
    [LibraryImport(Lib)] internal static partial int pm_squeeze(out nint result, nint self, long dim);
    [LibraryImport(Lib)] internal static partial int pm_select(out nint result, nint self, long dim, long index);
    [LibraryImport(Lib)] internal static partial int pm_slice(out nint result, nint self, long dim, long start, long stop, long step);
    [LibraryImport(Lib)] internal static partial int pm_narrow(out nint result, nint self, long dim, long start, long length);
    [LibraryImport(Lib)] internal static partial int pm_cat(out nint result, ReadOnlySpan<nint> tensors, int count, long dim);
    [LibraryImport(Lib)] internal static partial int pm_stack(out nint result, ReadOnlySpan<nint> tensors, int count, long dim);
    [LibraryImport(Lib)] internal static partial int pm_index_select(out nint result, nint self, long dim, nint index);
    [LibraryImport(Lib)] internal static partial int pm_index_copy_(nint self, long dim, nint index, nint source);
    [LibraryImport(Lib)] internal static partial int pm_masked_fill(out nint result, nint self, nint mask, double value, int whole);
    [LibraryImport(Lib)] internal static partial int pm_triu(out nint result, nint self, long diagonal);
    [LibraryImport(Lib)] internal static partial int pm_tril(out nint result, nint self, long diagonal);
    [LibraryImport(Lib)] internal static partial int pm_add_(nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_mul_(nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_pow(out nint result, nint self, double exponent, int whole);
    [LibraryImport(Lib)] internal static partial int pm_matmul(out nint result, nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_mv(out nint result, nint self, nint vector);
    [LibraryImport(Lib)] internal static partial int pm_bmm(out nint result, nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_outer(out nint result, nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_sum(out nint result, nint self, ReadOnlySpan<long> dims, int count, int keep, int type);
    [LibraryImport(Lib)] internal static partial int pm_mean(out nint result, nint self, ReadOnlySpan<long> dims, int count, int keep, int type);
    [LibraryImport(Lib)] internal static partial int pm_argmax(out nint result, nint self, long dim, int keep);
    [LibraryImport(Lib)] internal static partial int pm_topk(out nint values, out nint indices, nint self, long k, long dim, int largest, int sorted);
    [LibraryImport(Lib)] internal static partial int pm_allclose(nint self, nint other, double relative, double absolute, out int result);
    [LibraryImport(Lib)] internal static partial int pm_linear(out nint result, nint input, nint weight, nint bias);
    [LibraryImport(Lib)] internal static partial int pm_embedding(out nint result, nint weight, nint indices);
    [LibraryImport(Lib)] internal static partial int pm_silu(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_silu_(nint self);
    [LibraryImport(Lib)] internal static partial int pm_softmax(out nint result, nint self, long dim, int type);
    [LibraryImport(Lib)] internal static partial int pm_log_softmax(out nint result, nint self, long dim, int type);
    [LibraryImport(Lib)] internal static partial int pm_scaled_dot_product_attention(out nint result, nint query, nint key, nint value, nint mask, int causal);
    [LibraryImport(Lib)] internal static partial int pm_neg(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_abs(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_exp(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_log(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_cos(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_sin(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_sqrt(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_rsqrt(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_square(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_sigmoid(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_max(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_isfinite(out nint result, nint self);
    [LibraryImport(Lib)] internal static partial int pm_add(out nint result, nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_add_scalar(out nint result, nint self, double other, int whole);
    [LibraryImport(Lib)] internal static partial int pm_sub(out nint result, nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_sub_scalar(out nint result, nint self, double other, int whole);
    [LibraryImport(Lib)] internal static partial int pm_mul(out nint result, nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_mul_scalar(out nint result, nint self, double other, int whole);
    [LibraryImport(Lib)] internal static partial int pm_div(out nint result, nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_div_scalar(out nint result, nint self, double other, int whole);
    [LibraryImport(Lib)] internal static partial int pm_eq(out nint result, nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_eq_scalar(out nint result, nint self, double other, int whole);
    [LibraryImport(Lib)] internal static partial int pm_le(out nint result, nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_le_scalar(out nint result, nint self, double other, int whole);
    [LibraryImport(Lib)] internal static partial int pm_gt(out nint result, nint self, nint other);
    [LibraryImport(Lib)] internal static partial int pm_gt_scalar(out nint result, nint self, double other, int whole);
}
