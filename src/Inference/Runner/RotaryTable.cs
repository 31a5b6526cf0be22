namespace ProofMesh.Inference;

/// <summary>Rotary angles of each position, for one model at one context length. Both backends rotate by these.</summary>
/// <remarks>
/// Dynamic scaling depends on the length of the text in some engines, which makes an answer depend on how it was
/// batched; here it depends on the context length that the model was loaded with, which its manifest states.
/// </remarks>
public sealed class RotaryTable
{
    private readonly double[] _frequencies;
    private readonly double _magnitude;

    public RotaryTable(ModelConfig config, int context)
    {
        _magnitude = config.Scaling.AttentionFactor;
        _frequencies = Base(config, DynamicTheta(config, context));
        Scale(config, _frequencies);
    }

    /// <summary>Pairs per head: dimension i turns with dimension i + Pairs.</summary>
    public int Pairs => _frequencies.Length;

    /// <summary>Writes cosine and sine of each pair at a position, attention factor included.</summary>
    public void Fill(int position, Span<float> cosine, Span<float> sine)
    {
        for (var i = 0; i < _frequencies.Length; i++)
        {
            var (sin, cos) = Math.SinCos(position * _frequencies[i]);
            cosine[i] = (float)(cos * _magnitude);
            sine[i] = (float)(sin * _magnitude);
        }
    }

    private static double[] Base(ModelConfig config, double theta)
    {
        var frequencies = new double[config.HeadSize / 2];
        for (var i = 0; i < frequencies.Length; i++)
            frequencies[i] = Math.Pow(theta, -2.0 * i / config.HeadSize);
        return frequencies;
    }

    private static double DynamicTheta(ModelConfig config, int context)
    {
        var scaling = config.Scaling;
        if (scaling.Kind != RopeKind.Dynamic || context <= scaling.OriginalMaxPositions || config.HeadSize <= 2)
            return config.RopeTheta;
        var stretch = scaling.Factor * context / scaling.OriginalMaxPositions - (scaling.Factor - 1);
        return config.RopeTheta * Math.Pow(stretch, config.HeadSize / (config.HeadSize - 2.0));
    }

    private static void Scale(ModelConfig config, double[] frequencies)
    {
        var scaling = config.Scaling;
        switch (scaling.Kind)
        {
            case RopeKind.Linear:
                for (var i = 0; i < frequencies.Length; i++)
                    frequencies[i] /= scaling.Factor;
                break;
            case RopeKind.Llama3:
                for (var i = 0; i < frequencies.Length; i++)
                    frequencies[i] = Llama3(scaling, frequencies[i]);
                break;
            case RopeKind.Yarn:
                Yarn(config, frequencies);
                break;
        }
    }

    private static double Llama3(RopeScaling scaling, double frequency)
    {
        var turns = scaling.OriginalMaxPositions * frequency / (2 * Math.PI);
        if (turns < scaling.LowFrequencyFactor)
            return frequency / scaling.Factor;
        if (turns > scaling.HighFrequencyFactor)
            return frequency;
        var smooth = (turns - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
        return (1 - smooth) * frequency / scaling.Factor + smooth * frequency;
    }

    // The ramp of the YaRN paper (arXiv 2309.00071, section 3.2): dimensions that turn often keep their frequency.
    private static void Yarn(ModelConfig config, double[] frequencies)
    {
        var scaling = config.Scaling;
        var low = Dimension(config, scaling.BetaFast);
        var high = Dimension(config, scaling.BetaSlow);
        if (scaling.Truncate)
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        low = Math.Max(low, 0);
        high = Math.Min(high, config.HeadSize - 1);
        var width = high == low ? 0.001 : high - low;
        for (var i = 0; i < frequencies.Length; i++)
        {
            var ramp = Math.Clamp((i - low) / width, 0, 1);
            frequencies[i] *= ramp / scaling.Factor + (1 - ramp);
        }
    }

    private static double Dimension(ModelConfig config, double turns) =>
        config.HeadSize * Math.Log(config.Scaling.OriginalMaxPositions / (turns * 2 * Math.PI)) / (2 * Math.Log(config.RopeTheta));
}
