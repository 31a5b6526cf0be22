namespace ProofMesh.Inference.Torch.Binding;

/// <summary>A number as libtorch takes it: whole numbers do not promote an integer tensor, others do.</summary>
internal readonly record struct Scalar(double Value, bool IsWhole)
{
    internal int Whole => IsWhole ? 1 : 0;

    public static implicit operator Scalar(int value) => new(value, true);
    public static implicit operator Scalar(long value) => new(value, true);
    public static implicit operator Scalar(float value) => new(value, false);
    public static implicit operator Scalar(double value) => new(value, false);
}
