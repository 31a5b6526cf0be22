using ProofMesh.Inference.Torch;

namespace ProofMesh.Inference.Tests.Torch;

/// <summary>The Torch backend against the Cpu backend, which shares nothing with it but the weights and the angles.</summary>
[Collection("torch")]
public sealed class TorchRunnerTests
{
    /// <summary>Largest difference of a logit, in units of the logits' standard deviation.</summary>
    private const double Float32Tolerance = 1e-4;

    // A bfloat16 has 8 bits: 0.4 % per rounding, over some ten roundings per layer.
    private const double BFloat16Tolerance = 0.25;

    public static TheoryData<string> Cases => [.. Architectures.Names];

    public static TheoryData<string> AllDevices => Devices.All();

    [Fact]
    public void Int8_weights_are_refused()
    {
        using var model = new BothBackends("llama");
        Assert.Throws<ArgumentException>(() => model.Torch(WeightFormat.Int8));
    }

    [Fact]
    public void A_device_that_is_not_there_is_refused()
    {
        using var model = new BothBackends("llama");
        var fault = Assert.Throws<TorchUnavailableException>(() => model.Torch(device: "cuda:99"));
        Assert.Contains("cuda:99", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_logit_of_a_prompt_equals_the_Cpu_backends(string name)
    {
        using var model = new BothBackends(name);
        var tokens = model.Tokens(300);
        using var cpu = model.Cpu();
        using var torch = model.Torch();
        Logits.Close(Logits.Prefill(cpu, tokens), Logits.Prefill(torch, tokens), Float32Tolerance);
    }

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.BF16)]
    [InlineData(TensorType.F16)]
    public void The_type_of_the_stored_weights_changes_nothing(TensorType type)
    {
        using var model = new BothBackends(Architectures.Config("llama tied"), type);
        var tokens = model.Tokens(40);
        using var cpu = model.Cpu();
        using var torch = model.Torch();
        Logits.Close(Logits.Prefill(cpu, tokens), Logits.Prefill(torch, tokens), Float32Tolerance);
    }

    [Theory]
    [MemberData(nameof(AllDevices))]
    public void One_token_at_a_time_equals_the_whole_prompt(string device)
    {
        using var model = new BothBackends("llama");
        var tokens = model.Tokens(60);
        using var runner = model.Torch(device: device);
        var whole = Logits.Prefill(runner, tokens);
        Logits.Close(whole, Logits.Decode(runner, tokens), Float32Tolerance);
    }

    [Theory]
    [MemberData(nameof(AllDevices))]
    public void A_prompt_cut_into_pieces_equals_the_whole(string device)
    {
        using var model = new BothBackends("llama");
        var tokens = model.Tokens(60);
        using var runner = model.Torch(device: device);
        var whole = Logits.Prefill(runner, tokens);
        using var sequence = runner.Open(64);
        var pieces = new float[whole.Length];
        runner.Forward([new SequenceStep(sequence, tokens.AsMemory(0, 17), 17)], pieces);
        runner.Forward([new SequenceStep(sequence, tokens.AsMemory(17, 1), 1)], pieces.AsSpan(17 * model.Config.Vocabulary));
        runner.Forward([new SequenceStep(sequence, tokens.AsMemory(18, 42), 42)], pieces.AsSpan(18 * model.Config.Vocabulary));
        Logits.Close(whole, pieces, Float32Tolerance);
    }

    [Fact]
    public void Two_tokens_at_a_time_equal_the_whole_prompt()
    {
        using var model = new BothBackends("llama biased");
        var tokens = model.Tokens(20);
        using var runner = model.Torch();
        using var sequence = runner.Open(20);
        var width = 2 * model.Config.Vocabulary;
        var pairs = new float[10 * width];
        for (var i = 0; i < 10; i++) runner.Forward([new SequenceStep(sequence, tokens.AsMemory(2 * i, 2), 2)], pairs.AsSpan(i * width, width));
        Logits.Close(Logits.Prefill(runner, tokens), pairs, Float32Tolerance);
    }

    [Theory]
    [MemberData(nameof(AllDevices))]
    public void A_mixed_batch_equals_each_sequence_alone(string device)
    {
        using var model = new BothBackends("qwen3");
        using var runner = model.Torch(device: device);
        int[] lengths = [1, 30, 7, 1, 100];
        int[] wanted = [1, 0, 3, 1, 1];
        var texts = lengths.Select((length, i) => model.Tokens(length + 20, seed: i)).ToArray();
        var sequences = texts.Select(t => runner.Open(t.Length)).ToArray();
        var steps = new List<SequenceStep>();
        for (var i = 0; i < texts.Length; i++)
        {
            runner.Forward([new SequenceStep(sequences[i], texts[i].AsMemory(0, 20), 0)], []);
            steps.Add(new SequenceStep(sequences[i], texts[i].AsMemory(20), wanted[i]));
        }
        var logits = new float[wanted.Sum() * model.Config.Vocabulary];
        runner.Forward(steps.ToArray(), logits);

        var row = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            var alone = Logits.Prefill(runner, texts[i]).AsSpan(^(wanted[i] * model.Config.Vocabulary)..).ToArray();
            if (wanted[i] > 0) Logits.Close(alone, logits.AsSpan(row * model.Config.Vocabulary, alone.Length).ToArray(), Float32Tolerance);
            row += wanted[i];
            Assert.Equal(texts[i].Length, sequences[i].Length);
            sequences[i].Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(AllDevices))]
    public void Bfloat16_stays_near_float32(string device)
    {
        using var model = new BothBackends(Architectures.Config("llama"), TensorType.BF16);
        var tokens = model.Tokens(80);
        using var exact = model.Cpu();
        using var runner = model.Torch(WeightFormat.BFloat16, device: device);
        var expected = Logits.Prefill(exact, tokens);
        Logits.Close(expected, Logits.Prefill(runner, tokens), BFloat16Tolerance);
        Logits.Close(expected, Logits.Decode(runner, tokens), BFloat16Tolerance);
    }

    [Fact]
    public void What_is_in_use_can_be_told()
    {
        Assert.True(TorchLibrary.IsAvailable);
        Assert.Matches(@"^libtorch \d+\.\d+.*, \d+ threads, \d+ CUDA devices$", TorchLibrary.Describe());
    }

    [Fact]
    public void Another_thread_computes_the_same()
    {
        using var model = new BothBackends("llama");
        var tokens = model.Tokens(30);
        using var runner = model.Torch();
        var here = Logits.Prefill(runner, tokens);
        float[]? there = null;
        var thread = new Thread(() => there = Logits.Prefill(runner, tokens));
        thread.Start();
        thread.Join();
        Assert.Equal(here, there);
    }

    [Fact]
    public void A_runner_and_its_sequences_leave_no_tensor_behind()
    {
        var before = Native.pm_live_handles();
        using (var model = new BothBackends("qwen3"))
        {
            using var runner = model.Torch();
            var loaded = Native.pm_live_handles();
            using (var sequence = runner.Open(50))
            {
                runner.Forward([new SequenceStep(sequence, model.Tokens(20), 20)], new float[20 * model.Config.Vocabulary]);
                Assert.Equal(loaded, Native.pm_live_handles());
            }
            Assert.Equal(loaded, Native.pm_live_handles());
        }
        Assert.Equal(before, Native.pm_live_handles());
    }
}
