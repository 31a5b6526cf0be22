namespace ProofMesh.Inference.Torch.Binding;

internal static partial class torch
{
    internal static class nn
    {
        internal static class functional
        {
            // input: [..., in], weights: [out, in], bias: [out] → [..., out]
            internal static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                Tensor.Made(Native.pm_linear(out var made, input.Handle, weights.Handle, bias?.Handle ?? 0), made);

            // x: [...] of int64, weight: [rows, width] → [..., width]
            internal static Tensor embedding(Tensor x, Tensor weight) =>
                Tensor.Made(Native.pm_embedding(out var made, weight.Handle, x.Handle), made);

            internal static Tensor silu(Tensor x, bool inplace = false)
            {
                if (!inplace) return x.silu();
                Native.Check(Native.pm_silu_(x.Handle));
                return x;
            }

            /// <summary>softmax(query · keyᵀ / √width + mask) · value; dropout (p) is for training and must be 0.</summary>
            // query: [..., rows, width], key and value: [..., keys, width], attn_mask: [..., rows, keys] → [..., rows, width]
            internal static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                if (p != 0.0) throw new ArgumentOutOfRangeException(nameof(p), p, "there is no dropout in inference");
                return Tensor.Made(Native.pm_scaled_dot_product_attention(out var made, query.Handle, key.Handle, value.Handle, attn_mask?.Handle ?? 0, is_casual ? 1 : 0), made);
            }
        }
    }
}
