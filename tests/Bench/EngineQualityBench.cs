using ProofMesh.Inference;

namespace ProofMesh.Bench;

/// <summary>What each rounding costs in quality, on the embedded model: float32 writes, the others are asked what they think of it.</summary>
internal static class EngineQualityBench
{
    private const int AnswerTokens = 48;

    private static readonly string[] Questions = ["What does {0} mean?", "What is a {0}?", "What is another word for {0}?", "Use the word {0} in a sentence."];

    private static readonly string[] Words =
    [
        "river", "honest", "courage", "patience", "piano", "happy", "teach", "quickly", "freedom", "stone", "winter", "doctor", "market",
        "simple", "travel", "garden", "window", "music", "bridge", "silver", "gentle", "answer", "morning", "letter", "engine", "forest",
    ];

    public static Task<Report> Run()
    {
        var config = ModelConfig.Load(EmbeddedModel.Folder);
        var tokenizer = Tokenizer.Load(EmbeddedModel.Folder);
        var template = ChatTemplate.Load(EmbeddedModel.Folder);
        using var checkpoint = Checkpoint.Open(EmbeddedModel.Folder);
        var weights = new ModelWeights(checkpoint, config);
        using var exact = new CpuRunner(config, weights, WeightFormat.Float32, 256, 1);
        var texts = Words.SelectMany(word => Questions.Select(question => template.Render([new ChatMessage("user", string.Format(null, question, word))])))
            .Select((prompt, i) => Write(exact, tokenizer.Encode(prompt, addSpecialTokens: false), i)).ToArray();
        var expected = texts.Select(text => Read(exact, text)).ToArray();
        var positions = texts.Sum(text => text.Answer);
        var plain = Compare(expected, expected, texts);
        var rows = new List<Measurement> { new("perplexity, cpu-f32", "per token", plain.Perplexity, null, null, LessIsBetter: true) };
        foreach (var format in new[] { WeightFormat.BFloat16, WeightFormat.Int8, WeightFormat.Int4 })
        {
            using var rounded = new CpuRunner(config, weights, format, 256, 1);
            var found = Compare(expected, [.. texts.Select(text => Read(rounded, text))], texts);
            rows.Add(new($"perplexity, {rounded.Scheme}", "per token", found.Perplexity, plain.Perplexity, null, LessIsBetter: true));
            rows.Add(new($"KL divergence from float32, {rounded.Scheme}", "1000ths of a nat per token", found.Divergence * 1000, null, format == WeightFormat.Int4 ? null : 10, LessIsBetter: true));
            rows.Add(new($"same first choice as float32, {rounded.Scheme}", "per cent of tokens", found.Agreement * 100, null, null));
        }
        return Task.FromResult(new Report(
            $"The embedded model in float32 answers {texts.Length} questions by sampling at temperature 1 ({positions} tokens); each format reads the same texts. Perplexity is of those answers, divergence is KL(float32 ‖ format) over the whole vocabulary, both averaged over positions. A rounded format includes its weights, its inputs and its cache. The last row is 8 bits.",
            "the perplexity of float32.",
            [.. rows, rows.First(row => row.Name == "KL divergence from float32, cpu-q8") with { Name = "engine-quality" }]));
    }

    private sealed record Text(int[] Tokens, int Answer);

    private static Text Write(ModelRunner runner, int[] prompt, int seed)
    {
        var random = new Random(seed);
        var text = prompt.ToList();
        var logits = new float[runner.Config.Vocabulary];
        using var sequence = runner.Open(prompt.Length + AnswerTokens);
        var next = prompt;
        while (text.Count < prompt.Length + AnswerTokens)
        {
            Forward(runner, sequence, next, 1, logits);
            var chances = Softmax(logits);
            var (draw, token) = (random.NextDouble(), 0);
            while (token < chances.Length - 1 && (draw -= chances[token]) > 0)
                token++;
            text.Add(token);
            if (runner.Config.EndTokens.Contains(token))
                break;
            next = [token];
        }
        return new Text([.. text], text.Count - prompt.Length);
    }

    // [answer, vocabulary]: what is expected at each position of the answer.
    private static double[][] Read(ModelRunner runner, Text text)
    {
        using var sequence = runner.Open(text.Tokens.Length);
        var logits = new float[text.Answer * runner.Config.Vocabulary];
        Forward(runner, sequence, text.Tokens[..^1], text.Answer, logits);
        return [.. logits.Chunk(runner.Config.Vocabulary).Select(row => Softmax(row))];
    }

    private static void Forward(ModelRunner runner, Sequence sequence, int[] tokens, int rows, float[] logits)
    {
        if (!sequence.TryReserve(tokens.Length)) throw new InvalidOperationException("The cache is too small.");
        runner.Forward([new SequenceStep(sequence, tokens, rows)], logits);
    }

    private static double[] Softmax(ReadOnlySpan<float> logits)
    {
        var chances = new double[logits.Length];
        var (top, sum) = (Largest(logits), 0.0);
        for (var i = 0; i < chances.Length; i++)
            sum += chances[i] = Math.Exp(logits[i] - top);
        for (var i = 0; i < chances.Length; i++)
            chances[i] /= sum;
        return chances;
    }

    private static double Largest(ReadOnlySpan<float> values)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in values)
            largest = Math.Max(largest, value);
        return largest;
    }

    private static (double Perplexity, double Divergence, double Agreement) Compare(double[][][] expected, double[][][] found, Text[] texts)
    {
        var (surprise, divergence, same, count) = (0.0, 0.0, 0, 0);
        for (var t = 0; t < texts.Length; t++)
        {
            for (var i = 0; i < texts[t].Answer; i++, count++)
            {
                double[] p = expected[t][i], q = found[t][i];
                surprise -= Math.Log(q[texts[t].Tokens[^(texts[t].Answer - i)]]);
                divergence += p.Zip(q).Where(pair => pair.First > 1e-12).Sum(pair => pair.First * Math.Log(pair.First / Math.Max(pair.Second, 1e-300)));
                same += Array.IndexOf(p, p.Max()) == Array.IndexOf(q, q.Max()) ? 1 : 0;
            }
        }
        return (Math.Exp(surprise / count), divergence / count, (double)same / count);
    }
}
