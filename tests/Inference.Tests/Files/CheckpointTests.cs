using System.Security.Cryptography;

namespace ProofMesh.Inference.Tests;

public sealed class CheckpointTests : IDisposable
{
    private const string TwoBytes = """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""";

    private readonly CheckpointFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,2]}}""", "needs 3 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,2]}}""", "impossible shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9223372036854775807,9223372036854775807,9223372036854775807],"data_offsets":[0,2]}}""", "impossible shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-2,-1],"data_offsets":[0,2]}}""", "impossible shape")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", "unsupported type")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2]}}""", "lacks")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "appears twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", "hole")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", "the file has 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "the file has 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2.5],"data_offsets":[0,2]}}""", "not valid JSON")]
    [InlineData("""{"a":""", "not valid JSON")]
    [InlineData("[]", "not valid JSON")]
    public void A_damaged_header_is_refused_with_its_reason(string header, string reason)
    {
        _folder.Write("model.safetensors", header, 1, 2);
        var fault = Assert.Throws<CheckpointException>(() => Checkpoint.Open(_folder.Path));
        Assert.Contains("model.safetensors", fault.Message, StringComparison.Ordinal);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 0 })]
    [InlineData(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, 123, 125 })]
    public void A_header_that_does_not_fit_its_file_is_refused(byte[] bytes)
    {
        _folder.WriteRaw("model.safetensors", bytes);
        Assert.Throws<CheckpointException>(() => Checkpoint.Open(_folder.Path));
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../x.safetensors"}}""", "no safetensors file of this folder")]
    [InlineData("""{"weight_map":{"a":"x.safetensors"}}""", "missing")]
    [InlineData("""{"weight_map":{"a":"m.safetensors","b":"m.safetensors"}}""", "lacks tensor 'b'")]
    [InlineData("""{"weight_map":{"a":"n.safetensors","z":"m.safetensors"}}""", "places tensor 'a' in n.safetensors")]
    [InlineData("""{"weights":{}}""", "weight_map")]
    public void An_index_that_lies_is_refused(string index, string reason)
    {
        _folder.Write("m.safetensors", TwoBytes, 1, 2);
        _folder.Write("n.safetensors", "{}");
        _folder.WriteText("model.safetensors.index.json", index);
        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => Checkpoint.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_weights_is_refused() =>
        Assert.Throws<CheckpointException>(() => Checkpoint.Open(_folder.Path));

    [Fact]
    public void Shards_are_joined_and_digested()
    {
        _folder.Write("m-1.safetensors", TwoBytes, 7, 8);
        _folder.Write("m-2.safetensors", """{"__metadata__":{"format":"pt"},"b":{"dtype":"I8","shape":[1,2],"data_offsets":[0,2]}}   """, 0xff, 3);
        _folder.WriteText("model.safetensors.index.json", """{"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors"}}""");
        using var checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal([7, 8], checkpoint["a"].Bytes.ToArray());
        Assert.Equal([1L, 2L], checkpoint["b"].Shape);
        Assert.Equal([-1f, 3f], checkpoint["b"].ToFloat32());
        var expected = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder.Path, "m-2.safetensors"))));
        Assert.Equal(("m-2.safetensors", expected), checkpoint.Digests()[1]);
        Assert.False(checkpoint.TryGet("c", out _));
        Assert.Throws<CheckpointException>(() => checkpoint["c"]);
    }

    [Fact]
    public void Every_half_and_every_bfloat16_becomes_its_float()
    {
        var bits = new byte[0x10000 * 2];
        for (var i = 0; i < 0x10000; i++)
            BitConverter.TryWriteBytes(bits.AsSpan(2 * i), (ushort)i);
        _folder.Write("h.safetensors", """{"h":{"dtype":"F16","shape":[256,256],"data_offsets":[0,131072]}}""", bits);
        _folder.Write("b.safetensors", """{"b":{"dtype":"BF16","shape":[65536],"data_offsets":[0,131072]}}""", bits);
        using var checkpoint = Checkpoint.Open(_folder.Path);
        var (halves, brains) = (checkpoint["h"].ToFloat32(), checkpoint["b"].ToFloat32());
        for (var i = 0; i < 0x10000; i++)
        {
            var half = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            Assert.True(half.Equals(halves[i]), $"half {i:x4}: {halves[i]}");
            Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(brains[i]));
        }
    }

    [Fact]
    public void A_slice_is_read_from_its_start_and_never_past_the_end()
    {
        var data = new byte[40];
        Buffer.BlockCopy(Enumerable.Range(0, 10).Select(i => (float)i).ToArray(), 0, data, 0, 40);
        _folder.Write("model.safetensors", """{"w":{"dtype":"F32","shape":[10],"data_offsets":[0,40]}}""", data);
        using var checkpoint = Checkpoint.Open(_folder.Path);
        var part = new float[3];
        checkpoint["w"].ReadFloat32(part, start: 7);
        Assert.Equal([7f, 8f, 9f], part);
        Assert.Throws<ArgumentException>(() => checkpoint["w"].ReadFloat32(part, start: 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => checkpoint["w"].ReadFloat32(part, start: -1));
    }
}
