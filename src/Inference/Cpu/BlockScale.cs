namespace ProofMesh.Inference;

/// <summary>The step between two levels of a block of weights.</summary>
internal static class BlockScale
{
    /// <summary>Finite; 0 for a block of zeros. The step of four bits may be negative: there is one level more below zero than above.</summary>
    /// <param name="bits">8: the largest weight takes the last level, as in GGUF's Q8_0. 4: the step of the least squared error.</param>
    public static Half Choose(ReadOnlySpan<float> values, int bits)
    {
        var largest = 0f;
        foreach (var value in values)
            largest = MathF.Abs(value) > MathF.Abs(largest) ? value : largest;
        return bits == 8 ? ToHalf(MathF.Abs(largest) / 127) : LeastError(values, largest / -8);
    }

    public static int Level(float value, float step, int bits)
    {
        if (step == 0)
            return 0;
        return (int)(bits == 8 ? Math.Clamp(MathF.Round(value / step), -127, 127) : Math.Clamp(MathF.Round(value / step), -8, 7));
    }

    // The widest step is that of GGUF's Q4_0. With so few levels, cutting off the largest weight a little often costs less.
    private static Half LeastError(ReadOnlySpan<float> values, float widest)
    {
        var (best, least) = (Half.Zero, float.PositiveInfinity);
        for (var cut = 0; cut < 12; cut++)
        {
            var step = ToHalf(widest * (1 - 0.025f * cut));
            var error = 0f;
            foreach (var value in values)
            {
                var missed = value - Level(value, (float)step, 4) * (float)step;
                error += missed * missed;
            }
            if (error < least)
                (best, least) = (step, error);
        }
        return best;
    }

    private static Half ToHalf(float step) => (Half)Math.Clamp(step, (float)Half.MinValue, (float)Half.MaxValue);
}
