using System.Text;
using ProofMesh.Testing;

namespace ProofMesh.Inference.Tests;

public sealed class GgufTests : IDisposable
{
    private static readonly GgufShape Shape = new(64, 2, 4, 2, 16, 96, 300, Context: 128);

    private readonly string _folder = Directory.CreateTempSubdirectory("gguf-").FullName;

    private string File => Path.Combine(_folder, "model.gguf");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("GGUF", "XXXX", "begin with GGUF")]
    [InlineData("GGUF\u0003", "GGUF\u0004", "version 4")]
    [InlineData("general.alignment\u0004\0\0\0\u0020", "general.alignment\u0004\0\0\0\u0021", "power of two")]
    [InlineData("general.alignment\u0004\0\0\0\u0020", "general.alignment\u0063\0\0\0\u0020", "unknown type 99")]
    [InlineData("general.architecture", "general.architectura", "lacks the field 'general.architecture'")]
    [InlineData("output_norm.weight\u0001\0\0\0", "output_norm.weight\u0009\0\0\0", "9 dimensions")]
    [InlineData("output_norm.weight\u0001\0\0\0\u0040\0\0\0\0\0\0\0", "output_norm.weight\u0001\0\0\0\u0040\0\0\0\0\0\0\u007f", "impossible|needs")]
    [InlineData("output_norm.weight\u0001\0\0\0\u0040\0\0\0\0\0\0\0\0", "output_norm.weight\u0001\0\0\0\u0040\0\0\0\0\0\0\0\u0009", "unsupported type 9")]
    [InlineData("blk.1.ffn_up.weight", "blk.1.ffn_go.weight", "model.layers.1.mlp.up_proj.weight")]
    public void A_hostile_file_is_refused_with_its_reason(string from, string to, string reason)
    {
        RandomGguf.Write(File, Shape, RandomGguf.Q8);
        var text = Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(File));
        Assert.Contains(from, text, StringComparison.Ordinal);
        System.IO.File.WriteAllBytes(File, Encoding.Latin1.GetBytes(text.Replace(from, to, StringComparison.Ordinal)));
        var fault = Assert.ThrowsAny<Exception>(Read);
        Assert.True(fault is CheckpointException or ModelConfigException, fault.ToString());
        Assert.Contains(reason.Split('|'), part => fault.Message.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_ends_early_is_refused_wherever_it_ends()
    {
        RandomGguf.Write(File, Shape, RandomGguf.Q4);
        var bytes = System.IO.File.ReadAllBytes(File);
        for (var length = 0; length < bytes.Length - 32; length += 97)
        {
            System.IO.File.WriteAllBytes(File, bytes[..length]);
            Assert.Throws<CheckpointException>(Read);
        }
    }

    [Theory]
    [InlineData(RandomGguf.Q8, WeightFormat.Int8)]
    [InlineData(RandomGguf.Q4, WeightFormat.Int4)]
    [InlineData(RandomGguf.BF16, WeightFormat.BFloat16)]
    public void Numbers_in_the_format_that_they_are_used_in_stay_what_they_are(uint type, WeightFormat format)
    {
        RandomGguf.Write(File, Shape, type);
        var (kept, exact) = (Logits(File, format), Logits(File, WeightFormat.Float32));
        var deviation = Math.Sqrt(exact.Average(v => (double)v * v));
        // What remains is the rounding of inputs and cache.
        Assert.InRange(Math.Sqrt(kept.Zip(exact).Average(p => Math.Pow(p.First - p.Second, 2))) / deviation, 0, 0.06);
    }

    [Fact]
    public void Queries_and_keys_are_put_back_into_the_published_order()
    {
        RandomGguf.Write(File, Shape, RandomGguf.BF16);
        using var checkpoint = Checkpoint.Open(File);
        var (query, value) = (checkpoint["model.layers.0.self_attn.q_proj.weight"], checkpoint["model.layers.0.self_attn.v_proj.weight"]);
        Assert.Equal([64L, 64L], query.Shape);
        var row = new float[64];
        query.ReadFloat32(row, start: (16 + 9) * 64);
        // The second row of the second half of head 1 is kept as its fourth.
        var kept = new float[query.ElementCount];
        FloatConversion.ToFloat32(TensorType.BF16, query.Bytes, kept);
        Assert.Equal(kept[((16 + 3) * 64)..((16 + 4) * 64)], row);
        Assert.Throws<NotSupportedException>(() => query.Address);
        Assert.NotEqual(0, value.Address);
    }

    [Fact]
    public void Its_vocabulary_becomes_a_tokenizer()
    {
        RandomGguf.Write(File, Shape, RandomGguf.Q8);
        var tokenizer = Tokenizer.Load(File);
        var ids = tokenizer.Encode("cab é<|end|>", addSpecialTokens: false);
        Assert.Equal("ab", tokenizer.TokenOf(ids[1]));
        Assert.Equal(0, ids[^1]);
        Assert.Equal("cab é", tokenizer.Decode(ids[..^1]));
    }

    private void Read()
    {
        using var checkpoint = Checkpoint.Open(File);
        _ = new ModelWeights(checkpoint, ModelConfig.Load(File));
    }

    private static float[] Logits(string file, WeightFormat format)
    {
        var config = ModelConfig.Load(file);
        using var checkpoint = Checkpoint.Open(file);
        using var runner = new CpuRunner(config, new ModelWeights(checkpoint, config), format, config.MaxPositions, 1);
        using var sequence = runner.Open(40);
        Assert.True(sequence.TryReserve(40));
        var logits = new float[40 * config.Vocabulary];
        runner.Forward([new SequenceStep(sequence, Enumerable.Range(1, 40).ToArray(), 40)], logits);
        return logits;
    }
}
