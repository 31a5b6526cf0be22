namespace ProofMesh.Inference.Tests;

public sealed class SamplerTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)(7 * i + 1))];

    [Theory]
    [InlineData(new float[] { 1, 3, 3, 2 }, 1)]
    [InlineData(new float[] { 5, 5, 5, 5 }, 0)]
    [InlineData(new float[] { float.NaN, -2, -1, -1 }, 2)]
    [InlineData(new float[] { float.NegativeInfinity, -9, float.NegativeInfinity, -9 }, 1)]
    public void Temperature_0_takes_the_largest_and_the_lower_id_of_equals(float[] logits, int expected) =>
        Assert.Equal(expected, new Sampler(4).Choose(logits, new TokenHistory([]), new() { Temperature = 0 }, 0));

    [Theory]
    [InlineData(2f, 0f, 0f, 1)]
    [InlineData(1f, 0.6f, 0f, 2)]
    [InlineData(1f, 0f, 1.2f, 2)]
    [InlineData(1f, 0f, 0f, 0)]
    public void Penalties_count_prompt_and_answer_as_defined(float repetition, float frequency, float presence, int expected)
    {
        // 0 is in the answer twice, 1 once, 2 in the prompt, 3 nowhere.
        var history = new TokenHistory([2]);
        foreach (var token in new[] { 0, 0, 1 })
            history.Add(token);
        float[] logits = repetition > 1 ? [4, 4.4f, 4.1f, 2.1f] : [4, 3.4f, 3.3f, 1];
        var parameters = new SamplingParameters { Temperature = 0, RepetitionPenalty = repetition, FrequencyPenalty = frequency, PresencePenalty = presence };
        Assert.Equal(expected, new Sampler(4).Choose(logits, history, parameters, 0));
    }

    [Fact]
    public void A_repeated_negative_logit_is_multiplied()
    {
        var parameters = new SamplingParameters { Temperature = 0, RepetitionPenalty = 2 };
        Assert.Equal(1, new Sampler(2).Choose([-1, -1.5f], new TokenHistory([0]), parameters, 0));
    }

    public static TheoryData<SamplingParameters> Ways =>
    [
        new SamplingParameters(),
        new SamplingParameters { Temperature = 0.3f },
        new SamplingParameters { Temperature = 2f },
        new SamplingParameters { TopK = 5 },
        new SamplingParameters { TopK = 1 },
        new SamplingParameters { TopP = 0.5f },
        new SamplingParameters { TopP = 0.97f },
        new SamplingParameters { TopP = 1e-6f },
        new SamplingParameters { MinP = 0.05f },
        new SamplingParameters { MinP = 1 },
        new SamplingParameters { TopK = 40, TopP = 0.9f, MinP = 0.02f, Temperature = 0.8f },
        new SamplingParameters { TopK = 40, TopP = 0.9f, RepetitionPenalty = 1.3f, FrequencyPenalty = 0.5f, PresencePenalty = -0.4f },
    ];

    [Theory, MemberData(nameof(Ways))]
    public void The_choice_is_the_one_of_the_definition_written_plainly(SamplingParameters parameters)
    {
        parameters = parameters with { Seed = Seed };
        const int vocabulary = 997;
        var random = new Random(5);
        var sampler = new Sampler(vocabulary);
        for (var position = 0; position < 300; position++)
        {
            var history = new TokenHistory(Enumerable.Range(0, 50).Select(_ => random.Next(vocabulary)));
            for (var i = 0; i < 60; i++)
                history.Add(random.Next(vocabulary));
            // Whole halves: equal logits are common.
            var logits = Enumerable.Range(0, vocabulary).Select(_ => (float)Math.Round(random.NextDouble() * 16) / 2).ToArray();
            Assert.Equal(PlainSampler.Choose(logits, history, parameters, position), sampler.Choose(logits, history, parameters, position));
        }
    }

    [Theory]
    [InlineData(0.7f, 1)]
    [InlineData(1, 4)]
    [InlineData(1.5f, 30)]
    public void Leaving_out_tokens_that_can_no_longer_win_changes_no_choice(float temperature, double spread)
    {
        const int vocabulary = 3001;
        var (random, sampler, history) = (new Random(8), new Sampler(vocabulary), new TokenHistory([]));
        var parameters = new SamplingParameters { Temperature = temperature, Seed = Seed };
        for (var position = 0; position < Nightly.Times(100, 20_000); position++)
        {
            var logits = Enumerable.Range(0, vocabulary).Select(_ => random.Next(50) == 0 ? float.NaN : (float)(spread * Math.Log(random.NextDouble() + 1e-9))).ToArray();
            var numbers = logits.Select(l => float.IsNaN(l) ? float.NegativeInfinity : l).ToArray();
            Assert.Equal(PlainSampler.Choose(numbers, history, parameters, position), sampler.Choose(logits, history, parameters, position));
        }
    }

    [Fact]
    public void Tokens_come_as_often_as_the_softmax_says()
    {
        float[] logits = [0, 1, 2, 3, -1];
        var sampler = new Sampler(5);
        var counts = new int[5];
        const int draws = 40_000;
        for (var i = 0; i < draws; i++)
            counts[sampler.Choose(logits, new TokenHistory([]), new() { Seed = Seed }, i)]++;
        var sum = logits.Sum(l => Math.Exp(l));
        for (var i = 0; i < 5; i++)
            Assert.Equal(Math.Exp(logits[i]) / sum, counts[i] / (double)draws, 0.01);
    }

    [Fact]
    public void A_token_that_the_filters_exclude_loses_by_infinity()
    {
        var judged = new Sampler(4).Judge([9, 1, 1, 1], new TokenHistory([]), new() { TopK = 1, Seed = Seed }, 3, 2);
        Assert.Equal(new ReplayedToken(3, 2, 0, double.PositiveInfinity), judged);
    }

    [Fact]
    public void The_margin_is_the_difference_of_the_scores()
    {
        var judged = new Sampler(3).Judge([2, 5, 3.5f], new TokenHistory([]), new() { Temperature = 0 }, 3, 2);
        Assert.Equal(new ReplayedToken(3, 2, 1, 1.5), judged);
    }
}
