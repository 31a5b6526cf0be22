namespace ProofMesh.Inference.Tests;

public sealed class ConsistencyTests
{
    public static TheoryData<string, WeightFormat> All
    {
        get
        {
            var data = new TheoryData<string, WeightFormat>();
            foreach (var name in Architectures.Names)
            {
                foreach (var format in Enum.GetValues<WeightFormat>())
                    data.Add(name, format);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_prompt_gives_the_same_bits_however_it_is_cut(string name, WeightFormat format)
    {
        using var model = new LoadedModel(Architectures.Config(name), format);
        var tokens = model.RandomTokens(83);
        var whole = model.Logits(tokens, rows: 83);
        Assert.Equal(whole, model.Logits(tokens, 83, [.. Enumerable.Repeat(1, 83)]));
        Assert.Equal(whole, model.Logits(tokens, 83, 5, 64, 1, 13));
        Assert.Equal(whole[^(3 * model.Runner.Config.Vocabulary)..], model.Logits(tokens, 3, 17, 33, 33));
    }

    [Theory, MemberData(nameof(All))]
    public void The_number_of_threads_changes_no_bit(string name, WeightFormat format)
    {
        using var one = new LoadedModel(Architectures.Config(name), format);
        using var three = new LoadedModel(Architectures.Config(name), format, threads: 3);
        var tokens = one.RandomTokens(70);
        Assert.Equal(one.Logits(tokens, 70), three.Logits(tokens, 70, 33, 1, 36));
    }

    [Theory]
    [InlineData(WeightFormat.Float32)]
    [InlineData(WeightFormat.BFloat16)]
    [InlineData(WeightFormat.Int8)]
    [InlineData(WeightFormat.Int4)]
    public void A_sequence_in_a_batch_gives_the_bits_that_it_gives_alone(WeightFormat format)
    {
        using var model = new LoadedModel(Architectures.Config("qwen3"), format, threads: 2);
        int[] lengths = [1, 40, 17, 64, 5, 90, 16];
        var texts = lengths.Select((length, i) => model.RandomTokens(length + 6, seed: i)).ToArray();
        var alone = texts.Select(t => model.Logits(t, rows: 6)).ToArray();
        var together = InOneBatch(model.Runner, texts, lengths);
        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(alone[i], together[i]);
    }

    // Prompts first, all at once; then six steps of one token each.
    private static float[][] InOneBatch(ModelRunner runner, int[][] texts, int[] lengths)
    {
        var sequences = texts.Select(t => runner.Open(t.Length)).ToArray();
        runner.Forward([.. texts.Select((t, i) => new SequenceStep(sequences[i], t.AsMemory(0, lengths[i]), 0))], []);
        var results = texts.Select(_ => new List<float>()).ToArray();
        var size = runner.Config.Vocabulary;
        var logits = new float[texts.Length * size];
        for (var step = 0; step < 6; step++)
        {
            runner.Forward([.. texts.Select((t, i) => new SequenceStep(sequences[i], t.AsMemory(lengths[i] + step, 1), 1))], logits);
            for (var i = 0; i < texts.Length; i++)
                results[i].AddRange(logits.AsSpan(i * size, size));
        }
        foreach (var sequence in sequences)
            sequence.Dispose();
        return [.. results.Select(r => r.ToArray())];
    }
}
