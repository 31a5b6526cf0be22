namespace ProofMesh.Inference.Torch.Binding;

internal static partial class torch
{
    internal sealed partial class Tensor
    {
        public Tensor neg() => Made(Native.pm_neg(out var made, Handle), made);

        public Tensor abs() => Made(Native.pm_abs(out var made, Handle), made);

        public Tensor exp() => Made(Native.pm_exp(out var made, Handle), made);

        public Tensor log() => Made(Native.pm_log(out var made, Handle), made);

        public Tensor cos() => Made(Native.pm_cos(out var made, Handle), made);

        public Tensor sin() => Made(Native.pm_sin(out var made, Handle), made);

        public Tensor sqrt() => Made(Native.pm_sqrt(out var made, Handle), made);

        public Tensor rsqrt() => Made(Native.pm_rsqrt(out var made, Handle), made);

        public Tensor square() => Made(Native.pm_square(out var made, Handle), made);

        public Tensor sigmoid() => Made(Native.pm_sigmoid(out var made, Handle), made);

        public Tensor max() => Made(Native.pm_max(out var made, Handle), made);

        public Tensor isfinite() => Made(Native.pm_isfinite(out var made, Handle), made);

        public Tensor silu() => Made(Native.pm_silu(out var made, Handle), made);

        public Tensor add(Tensor target) => Made(Native.pm_add(out var made, Handle, target.Handle), made);

        public Tensor add(Scalar scalar) => Made(Native.pm_add_scalar(out var made, Handle, scalar.Value, scalar.Whole), made);

        public Tensor sub(Tensor target) => Made(Native.pm_sub(out var made, Handle, target.Handle), made);

        public Tensor sub(Scalar target) => Made(Native.pm_sub_scalar(out var made, Handle, target.Value, target.Whole), made);

        public Tensor mul(Tensor target) => Made(Native.pm_mul(out var made, Handle, target.Handle), made);

        public Tensor mul(Scalar target) => Made(Native.pm_mul_scalar(out var made, Handle, target.Value, target.Whole), made);

        public Tensor div(Tensor target) => Made(Native.pm_div(out var made, Handle, target.Handle), made);

        public Tensor div(Scalar target) => Made(Native.pm_div_scalar(out var made, Handle, target.Value, target.Whole), made);

        public Tensor eq(Tensor target) => Made(Native.pm_eq(out var made, Handle, target.Handle), made);

        public Tensor eq(Scalar target) => Made(Native.pm_eq_scalar(out var made, Handle, target.Value, target.Whole), made);

        public Tensor le(Tensor target) => Made(Native.pm_le(out var made, Handle, target.Handle), made);

        public Tensor le(Scalar target) => Made(Native.pm_le_scalar(out var made, Handle, target.Value, target.Whole), made);

        public Tensor gt(Tensor target) => Made(Native.pm_gt(out var made, Handle, target.Handle), made);

        public Tensor gt(Scalar target) => Made(Native.pm_gt_scalar(out var made, Handle, target.Value, target.Whole), made);

        public Tensor add_(Tensor target)
        {
            Native.Check(Native.pm_add_(Handle, target.Handle));
            return this;
        }

        public Tensor mul_(Tensor target)
        {
            Native.Check(Native.pm_mul_(Handle, target.Handle));
            return this;
        }

        public Tensor pow(Scalar exponent) => Made(Native.pm_pow(out var made, Handle, exponent.Value, exponent.Whole), made);

        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);
        public static Tensor operator -(Tensor tensor) => tensor.neg();
    }
}
