namespace ProofMesh.Inference.Torch.Binding;

internal static partial class torch
{
    internal sealed partial class Tensor
    {
        public Tensor matmul(Tensor target) => Made(Native.pm_matmul(out var made, Handle, target.Handle), made);

        public Tensor bmm(Tensor batch2) => Made(Native.pm_bmm(out var made, Handle, batch2.Handle), made);

        // self: [rows, width], target: [width] → [rows]
        public Tensor mv(Tensor target) => Made(Native.pm_mv(out var made, Handle, target.Handle), made);

        public Tensor outer(Tensor vec2) => Made(Native.pm_outer(out var made, Handle, vec2.Handle), made);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            Made(Native.pm_sum(out var made, Handle, dim, dim.Length, keepdim ? 1 : 0, Number(type)), made);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Made(Native.pm_mean(out var made, Handle, dimensions, dimensions.Length, keepdim ? 1 : 0, Number(type)), made);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Made(Native.pm_softmax(out var made, Handle, dim, Number(dtype)), made);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Made(Native.pm_log_softmax(out var made, Handle, dim, Number(dtype)), made);

        public Tensor argmax(long dim, bool keepdim = false) => Made(Native.pm_argmax(out var made, Handle, dim, keepdim ? 1 : 0), made);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            Native.Check(Native.pm_topk(out var values, out var indexes, Handle, k, dim, largest ? 1 : 0, sorted ? 1 : 0));
            return (new Tensor(values), new Tensor(indexes));
        }

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08)
        {
            Native.Check(Native.pm_allclose(Handle, target.Handle, rtol, atol, out var close));
            return close != 0;
        }

        private static int Number(ScalarType? type) => type is { } known ? (int)known : -1;
    }

    internal static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    internal static Tensor mv(Tensor input, Tensor target) => input.mv(target);

    internal static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);

    internal static Tensor outer(Tensor input, Tensor vec2) => input.outer(vec2);

    internal static Tensor rsqrt(Tensor input) => input.rsqrt();

    internal static Tensor cos(Tensor input) => input.cos();

    internal static Tensor sin(Tensor input) => input.sin();

    internal static bool allclose(Tensor input, Tensor target, double rtol = 1e-05, double atol = 1e-08) => input.allclose(target, rtol, atol);
}
