namespace ProofMesh.Inference.Tests.Torch;

/// <summary>How logits are computed and compared in these tests.</summary>
internal static class Logits
{
    /// <summary>Logits of every position of a text read in one step.</summary>
    public static float[] Prefill(ModelRunner runner, int[] tokens)
    {
        using var sequence = runner.Open(tokens.Length);
        var logits = new float[tokens.Length * runner.Config.Vocabulary];
        runner.Forward([new SequenceStep(sequence, tokens, tokens.Length)], logits);
        return logits;
    }

    /// <summary>Logits of every position of a text read token by token.</summary>
    public static float[] Decode(ModelRunner runner, int[] tokens)
    {
        var width = runner.Config.Vocabulary;
        using var sequence = runner.Open(tokens.Length);
        var logits = new float[tokens.Length * width];
        for (var i = 0; i < tokens.Length; i++)
            runner.Forward([new SequenceStep(sequence, tokens.AsMemory(i, 1), 1)], logits.AsSpan(i * width, width));
        return logits;
    }

    /// <param name="tolerance">Largest difference of a logit, in units of the logits' standard deviation.</param>
    public static void Close(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var mean = expected.Average(v => (double)v);
        var deviation = Math.Sqrt(expected.Average(v => (v - mean) * (v - mean)));
        var worst = expected.Zip(actual, (a, b) => Math.Abs((double)a - b)).Max() / deviation;
        TestContext.Current.TestOutputHelper?.WriteLine($"largest difference {worst:E2} standard deviations of {deviation:F2}");
        Assert.True(worst <= tolerance, $"largest difference {worst:E2} standard deviations, {tolerance:E2} is accepted");
    }
}
