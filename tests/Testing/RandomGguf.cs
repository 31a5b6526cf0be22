using System.Buffers.Binary;
using System.Text;

namespace ProofMesh.Testing;

/// <summary>The sizes of a Llama-family decoder whose head is its embedding table.</summary>
public sealed record GgufShape(int Hidden, int Layers, int Heads, int KeyValueHeads, int HeadSize, int Intermediate, int Vocabulary, int Context = 8192)
{
    /// <summary>SmolLM2-135M.</summary>
    public static GgufShape Small { get; } = new(576, 30, 9, 3, 64, 1536, 49152);

    /// <summary>Llama 3.2 1B.</summary>
    public static GgufShape Billion { get; } = new(2048, 16, 32, 8, 64, 8192, 128256);

    /// <summary>Weights of matrices: what is read for each token.</summary>
    public long Weights => (long)Vocabulary * Hidden
        + Layers * ((long)Hidden * HeadSize * (Heads + 2 * KeyValueHeads) + (long)Heads * HeadSize * Hidden + 3L * Hidden * Intermediate);
}

/// <summary>Writes a GGUF file of a true shape with random weights and a vocabulary of made-up words: speed doesn't depend on what a model knows.</summary>
public static class RandomGguf
{
    public const uint F32 = 0, Q4 = 2, Q8 = 8, BF16 = 30;

    private const int Alignment = 32;

    public static void Write(string path, GgufShape shape, uint type)
    {
        var tensors = Tensors(shape, type).ToArray();
        using var file = File.Create(path);
        using var writer = new BinaryWriter(file, Encoding.UTF8);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Length);
        WriteFields(writer, shape);
        var offset = 0L;
        foreach (var (name, rows, columns, kind) in tensors)
        {
            WriteText(writer, name);
            writer.Write(rows == 1 ? 1u : 2u);
            writer.Write((ulong)columns);
            if (rows > 1)
                writer.Write((ulong)rows);
            writer.Write(kind);
            writer.Write((ulong)offset);
            offset += Align(rows * Row(kind, columns));
        }
        writer.Flush();
        file.Position = Align(file.Position);
        var noise = new byte[1 << 22];
        new Random(1).NextBytes(noise);
        foreach (var (_, rows, columns, kind) in tensors)
            WriteTensor(file, rows * Row(kind, columns), kind, noise, columns);
        file.SetLength(Align(file.Position));
    }

    private static IEnumerable<(string Name, long Rows, long Columns, uint Type)> Tensors(GgufShape s, uint type)
    {
        yield return ("token_embd.weight", s.Vocabulary, s.Hidden, type);
        yield return ("output_norm.weight", 1, s.Hidden, F32);
        for (var i = 0; i < s.Layers; i++)
        {
            yield return ($"blk.{i}.attn_norm.weight", 1, s.Hidden, F32);
            yield return ($"blk.{i}.attn_q.weight", s.Heads * s.HeadSize, s.Hidden, type);
            yield return ($"blk.{i}.attn_k.weight", s.KeyValueHeads * s.HeadSize, s.Hidden, type);
            yield return ($"blk.{i}.attn_v.weight", s.KeyValueHeads * s.HeadSize, s.Hidden, type);
            yield return ($"blk.{i}.attn_output.weight", s.Hidden, s.Heads * s.HeadSize, type);
            yield return ($"blk.{i}.ffn_norm.weight", 1, s.Hidden, F32);
            yield return ($"blk.{i}.ffn_gate.weight", s.Intermediate, s.Hidden, type);
            yield return ($"blk.{i}.ffn_up.weight", s.Intermediate, s.Hidden, type);
            yield return ($"blk.{i}.ffn_down.weight", s.Hidden, s.Intermediate, type);
        }
    }

    private static void WriteFields(BinaryWriter writer, GgufShape s)
    {
        (string Name, object Value)[] fields =
        [
            ("general.architecture", "llama"), ("general.name", "random"), ("general.alignment", (uint)Alignment),
            ("llama.context_length", (uint)s.Context), ("llama.embedding_length", (uint)s.Hidden), ("llama.block_count", (uint)s.Layers),
            ("llama.feed_forward_length", (uint)s.Intermediate), ("llama.attention.head_count", (uint)s.Heads),
            ("llama.attention.head_count_kv", (uint)s.KeyValueHeads), ("llama.rope.dimension_count", (uint)s.HeadSize),
            ("llama.attention.layer_norm_rms_epsilon", 1e-5f), ("llama.rope.freq_base", 10000f), ("llama.vocab_size", (uint)s.Vocabulary),
            ("tokenizer.ggml.model", "gpt2"), ("tokenizer.ggml.pre", "gpt-2"), ("tokenizer.ggml.bos_token_id", 0u), ("tokenizer.ggml.eos_token_id", 0u),
            ("tokenizer.ggml.tokens", Words(s.Vocabulary)), ("tokenizer.ggml.token_type", Enumerable.Range(0, s.Vocabulary).Select(i => i == 0 ? 3 : 1).ToArray()),
            ("tokenizer.ggml.merges", new[] { "a b" }),
        ];
        writer.Write((ulong)fields.Length);
        foreach (var (name, value) in fields)
        {
            WriteText(writer, name);
            WriteValue(writer, value);
        }
    }

    // The 256 bytes in the alphabet of byte-level BPE, the one merge, then words that no text leads to.
    private static string[] Words(int count)
    {
        var bytes = Enumerable.Range(0, 256).Select(b => b is >= '!' and <= '~' or >= 0xa1 and <= 0xac or >= 0xae ? (char)b : (char)0).ToArray();
        var next = 256;
        return [.. new[] { "<|end|>" }.Concat(bytes.Select(b => (b == 0 ? (char)next++ : b).ToString())).Append("ab")
            .Concat(Enumerable.Range(0, count).Select(i => $"word{i}")).Take(count)];
    }

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case string text: writer.Write(8u); WriteText(writer, text); break;
            case uint number: writer.Write(4u); writer.Write(number); break;
            case float number: writer.Write(6u); writer.Write(number); break;
            case string[] texts: WriteArray(writer, 8, texts.Length); Array.ForEach(texts, t => WriteText(writer, t)); break;
            case int[] numbers: WriteArray(writer, 5, numbers.Length); Array.ForEach(numbers, writer.Write); break;
            default: throw new ArgumentException(value.ToString());
        }
    }

    private static void WriteArray(BinaryWriter writer, uint type, int length)
    {
        writer.Write(9u);
        writer.Write(type);
        writer.Write((ulong)length);
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static long Row(uint type, long columns) => type switch { F32 => columns * 4, BF16 => columns * 2, Q8 => columns / 32 * 34, _ => columns / 32 * 18 };

    private static long Align(long position) => (position + Alignment - 1) / Alignment * Alignment;

    // Weights of a mean square of about 1 / columns, so that nothing grows from layer to layer.
    private static void WriteTensor(Stream file, long bytes, uint type, byte[] noise, long columns)
    {
        var end = Align(file.Position + bytes);
        if (type == F32)
        {
            for (var i = 0L; i < bytes / 4; i++)
                file.Write(BitConverter.GetBytes(1f));
        }
        else
        {
            var block = type == BF16 ? 2 : type == Q8 ? 34 : 18;
            var chunk = Chunk(type, block, noise, 1.7 / Math.Sqrt(columns));
            var start = (int)(file.Position % 997 * block % (chunk.Length / 2)) / block * block;
            for (var left = bytes; left > 0; start = 0)
            {
                var count = (int)Math.Min(left, chunk.Length - start);
                file.Write(chunk, start, count);
                left -= count;
            }
        }
        file.SetLength(end);
        file.Position = end;
    }

    private static byte[] Chunk(uint type, int block, byte[] noise, double largest)
    {
        var chunk = noise.AsSpan(0, noise.Length / block * block).ToArray();
        var scale = (Half)(largest / (type == Q8 ? 127 : 8));
        for (var at = 0; at < chunk.Length; at += block)
        {
            if (type == BF16)
            {
                var weight = (float)(largest * (BinaryPrimitives.ReadInt16LittleEndian(noise.AsSpan(at)) / 32768.0));
                BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(at), (ushort)(BitConverter.SingleToUInt32Bits(weight) >> 16));
                continue;
            }
            BinaryPrimitives.WriteHalfLittleEndian(chunk.AsSpan(at), scale);
            if (type != Q8)
                continue;
            // The largest of each block takes the last level, as where real weights were quantised.
            for (var i = 2; i < block; i++)
                chunk[at + i] = chunk[at + i] == 128 ? (byte)129 : chunk[at + i];
            chunk[at + 2] = 127;
        }
        return chunk;
    }
}
