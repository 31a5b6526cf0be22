using ProofMesh.Inference.Torch;

namespace ProofMesh.Inference.Tests.Torch;

/// <summary>How many seeded tokens depend on what else is computed with them.</summary>
[Collection("torch")]
public sealed class BatchInvarianceTests
{
    private const int Rows = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_changes_few_tokens_and_none_in_the_invariant_mode(bool invariant)
    {
        Assert.SkipUnless(TorchLibrary.IsAvailable, "libtorch isn't installed");
        using var model = new BothBackends("llama");
        using var runner = model.Torch(batchInvariant: invariant);
        var share = Differing(runner, model, Nightly.Times(invariant ? 1_000 : 10_000, 100_000));
        TestContext.Current.TestOutputHelper?.WriteLine($"{share:P4} of the tokens differ");
        Assert.InRange(share, 0, invariant ? 0 : 0.001);
    }

    [Fact]
    public void The_processors_own_kernels_give_every_token_as_it_is_alone()
    {
        using var model = new BothBackends("llama");
        using var runner = model.Cpu();
        Assert.Equal(0, Differing(runner, model, Nightly.Times(10_000, 100_000)));
    }

    // Texts read alone, then eight at a time in pieces of other lengths; each position's token is drawn from both logits.
    private static double Differing(ModelRunner runner, BothBackends model, int positions)
    {
        const int length = 125;
        var (differing, counted) = (0, 0);
        for (var seed = 0; counted < positions; seed++)
        {
            var texts = Enumerable.Range(0, Rows).Select(i => model.Tokens(length, (seed * Rows) + i)).ToArray();
            var together = Together(runner, texts, new Random(seed));
            for (var i = 0; i < Rows; i++)
            {
                var alone = Drawn(runner, Logits.Decode(runner, texts[i]), i);
                differing += alone.Zip(Drawn(runner, together[i], i)).Count(pair => pair.First != pair.Second);
                counted += length;
            }
        }
        return (double)differing / counted;
    }

    private static float[][] Together(ModelRunner runner, int[][] texts, Random random)
    {
        var (sequences, vocabulary) = (texts.Select(t => runner.Open(t.Length)).ToArray(), runner.Config.Vocabulary);
        var results = texts.Select(_ => new List<float>()).ToArray();
        while (sequences.Any(s => s.Length < s.Capacity))
        {
            var open = Enumerable.Range(0, texts.Length).Where(i => sequences[i].Length < texts[i].Length).ToArray();
            var counts = open.Select(i => Math.Min(texts[i].Length - sequences[i].Length, random.Next(4) == 0 ? random.Next(1, 30) : 1)).ToArray();
            var logits = new float[counts.Sum() * vocabulary];
            runner.Forward([.. open.Select((text, k) => new SequenceStep(sequences[text], texts[text].AsMemory(sequences[text].Length, counts[k]), counts[k]))], logits);
            var at = 0;
            for (var k = 0; k < open.Length; at += counts[k++] * vocabulary)
                results[open[k]].AddRange(logits.AsSpan(at, counts[k] * vocabulary));
        }
        foreach (var sequence in sequences)
            sequence.Dispose();
        return [.. results.Select(r => r.ToArray())];
    }

    private static int[] Drawn(ModelRunner runner, float[] logits, int seed)
    {
        var vocabulary = runner.Config.Vocabulary;
        var (sampler, history) = (new Sampler(vocabulary), new TokenHistory([]));
        var parameters = new SamplingParameters { Seed = Enumerable.Repeat((byte)seed, 32).ToArray() };
        return [.. Enumerable.Range(0, logits.Length / vocabulary).Select(p => sampler.Choose(logits.AsSpan(p * vocabulary, vocabulary), history, parameters, p))];
    }
}
