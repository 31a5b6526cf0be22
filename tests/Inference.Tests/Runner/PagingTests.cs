using System.Text;
using ProofMesh.Inference.Torch;

namespace ProofMesh.Inference.Tests;

public sealed class PagingTests
{
    private static readonly byte[] Scope = Encoding.UTF8.GetBytes("a payer");

    public static TheoryData<string> Backends => TorchLibrary.IsAvailable ? ["cpu", "torch"] : ["cpu"];

    [Fact]
    public void A_full_cache_refuses_a_step_and_computes_nothing_of_it()
    {
        using var model = new Torch.BothBackends("llama");
        using var runner = model.Cpu(context: 64, cacheTokens: 64);
        using var first = runner.Open(40);
        using var second = runner.Open(40);
        Compute(runner, first, model.Tokens(40), 0);
        Assert.Contains("64 tokens", Assert.Throws<InvalidOperationException>(() => Compute(runner, second, model.Tokens(20), 0)).Message, StringComparison.Ordinal);
        Assert.Equal(0, second.Length);
        first.Dispose();
        Compute(runner, second, model.Tokens(20), 0);
        Assert.Equal(20, second.Length);
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_text_whose_blocks_lie_scattered_gives_what_it_gives_in_one_piece(string backend)
    {
        using var model = new Torch.BothBackends("qwen3");
        using var runner = Open(model, backend);
        var tokens = model.Tokens(100);
        float[] whole;
        using (var alone = runner.Open(100))
            whole = Compute(runner, alone, tokens, 100);
        var sequences = Enumerable.Range(0, 3).Select(_ => runner.Open(100)).ToArray();
        var pieces = sequences.Select(_ => new List<float>()).ToArray();
        for (var at = 0; at < 100; at += 5)
        {
            for (var i = 0; i < 3; i++)
                pieces[i].AddRange(Compute(runner, sequences[i], tokens[at..(at + 5)], 5));
        }
        Assert.NotEqual(sequences[0].Blocks[0] + 1, sequences[0].Blocks[1]);
        foreach (var piece in pieces)
            Same(backend, whole, [.. piece]);
        foreach (var sequence in sequences)
            sequence.Dispose();
        Assert.Equal(runner.Pool.Count, runner.Pool.Free);
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_beginning_that_was_computed_before_is_taken_over_and_changes_nothing(string backend)
    {
        using var model = new Torch.BothBackends("llama");
        using var runner = Open(model, backend);
        var tokens = model.Tokens(100);
        var first = runner.Open(100, Scope);
        var whole = Compute(runner, first, tokens, 100);
        first.Publish();
        using var second = runner.Open(100, Scope);
        Assert.Equal(96, second.Adopt(tokens));
        first.Dispose();
        Same(backend, whole[^(4 * model.Config.Vocabulary)..], Compute(runner, second, tokens[96..], 4));
        using var third = runner.Open(100, Scope);
        Assert.Equal(96, third.Adopt(tokens));
    }

    [Fact]
    public void Only_the_equal_beginning_is_taken_over_never_the_last_token_and_only_within_a_scope()
    {
        using var model = new Torch.BothBackends("llama");
        using var runner = model.Cpu();
        var tokens = model.Tokens(96);
        using var first = runner.Open(96, Scope);
        Compute(runner, first, tokens, 0);
        Assert.Equal(0, Adopted(runner, Scope, tokens));
        first.Publish();
        int[] changed = [.. tokens[..40], (tokens[40] + 1) % model.Config.Vocabulary, .. tokens[41..]];
        Assert.Equal(32, Adopted(runner, Scope, changed));
        Assert.Equal(80, Adopted(runner, Scope, tokens));
        Assert.Equal(16, Adopted(runner, Scope, tokens[..17]));
        Assert.Equal(0, Adopted(runner, Scope, tokens[..16]));
        Assert.Equal(0, Adopted(runner, Scope, tokens[16..]));
        Assert.Equal(0, Adopted(runner, [], tokens));
        Assert.Equal(0, Adopted(runner, Encoding.UTF8.GetBytes("another payer"), tokens));
    }

    [Fact]
    public void Of_two_texts_with_one_beginning_the_ends_are_given_up_first()
    {
        using var model = new Torch.BothBackends("llama");
        using var runner = model.Cpu(context: 128, cacheTokens: 128);
        var start = model.Tokens(48);
        foreach (var seed in new[] { 1, 2 })
        {
            int[] text = [.. start, .. model.Tokens(32, seed)];
            using var sequence = runner.Open(80, Scope);
            sequence.Adopt(text);
            Compute(runner, sequence, text[sequence.Length..], 0);
            sequence.Publish();
        }
        // 7 of 8 blocks are known. Another text of 5 takes the empty one, then the two ends.
        using (var other = runner.Open(80))
            Compute(runner, other, model.Tokens(80, 9), 0);
        Assert.Equal(48, Adopted(runner, Scope, [.. start, .. model.Tokens(32, 2)]));
    }

    [Fact]
    public void Tokens_that_were_taken_back_leave_no_trace()
    {
        using var model = new Torch.BothBackends("llama");
        using var runner = model.Cpu();
        var tokens = model.Tokens(60);
        using var sequence = runner.Open(60, Scope);
        Compute(runner, sequence, tokens[..30], 0);
        sequence.Publish();
        Compute(runner, sequence, model.Tokens(25, seed: 99), 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.Truncate(15));
        sequence.Truncate(30);
        var rest = Compute(runner, sequence, tokens[30..], 30);
        sequence.Publish();
        Assert.Equal(48, Adopted(runner, Scope, tokens));
        using var alone = runner.Open(60);
        Assert.Equal(Compute(runner, alone, tokens, 60)[^rest.Length..], rest);
    }

    private static ModelRunner Open(Torch.BothBackends model, string backend) => backend == "cpu" ? model.Cpu() : model.Torch();

    private static int Adopted(ModelRunner runner, byte[] scope, int[] text)
    {
        using var sequence = runner.Open(text.Length, scope);
        return sequence.Adopt(text);
    }

    private static float[] Compute(ModelRunner runner, Sequence sequence, int[] tokens, int rows)
    {
        var logits = new float[rows * runner.Config.Vocabulary];
        runner.Forward([new SequenceStep(sequence, tokens, rows)], logits);
        return logits;
    }

    private static void Same(string backend, float[] expected, float[] actual)
    {
        if (backend == "cpu")
            Assert.Equal(expected, actual);
        else
            Torch.Logits.Close(expected, actual, 1e-4);
    }
}
