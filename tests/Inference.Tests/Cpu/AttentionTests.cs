namespace ProofMesh.Inference.Tests;

/// <summary>Texts longer than a segment, batches that mix lengths, and what a step leaves to the collector.</summary>
public sealed class AttentionTests
{
    public static TheoryData<WeightFormat> Formats => [.. Enum.GetValues<WeightFormat>()];

    [Theory, MemberData(nameof(Formats))]
    public void A_long_text_gives_the_same_bits_alone_on_three_threads_and_among_others(WeightFormat format)
    {
        using var one = new LoadedModel(Architectures.Config("qwen3"), format);
        using var three = new LoadedModel(Architectures.Config("qwen3"), format, threads: 3);
        var text = one.RandomTokens(1100);
        var expected = one.Logits(text, 4, 1000, 97, 1, 1, 1);
        Assert.Equal(expected, three.Logits(text, 4, [.. Enumerable.Repeat(50, 22)]));
        Assert.Equal(expected, AmongOthers(three, text, expected.Length));
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_token_is_computed_without_allocating(WeightFormat format)
    {
        using var model = new LoadedModel(Architectures.Config("qwen3"), format);
        using var sequence = model.Runner.Open(64);
        var logits = new float[model.Runner.Config.Vocabulary];
        int[] token = [5];
        var batch = new[] { new SequenceStep(sequence, token, 1) };
        Assert.True(sequence.TryReserve(40));
        for (var i = 0; i < 10; i++)
            model.Runner.Forward(batch, logits);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
            model.Runner.Forward(batch, logits);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    // The last four tokens one by one, in one batch with short texts and a prompt.
    private static float[] AmongOthers(LoadedModel model, int[] text, int size)
    {
        var runner = model.Runner;
        using var sequence = runner.Open(text.Length);
        using var other = runner.Open(800);
        Assert.True(sequence.TryReserve(text.Length) && other.TryReserve(800));
        runner.Forward([new SequenceStep(sequence, text.AsMemory(0, text.Length - 4), 0), new SequenceStep(other, text.AsMemory(0, 3), 0)], []);
        var logits = new float[size];
        var vocabulary = runner.Config.Vocabulary;
        for (var i = 0; i < 4; i++)
            runner.Forward([new SequenceStep(other, text.AsMemory(i * 150, 150), 0), new SequenceStep(sequence, text.AsMemory(text.Length - 4 + i, 1), 1)], logits.AsSpan(i * vocabulary));
        return logits;
    }
}
