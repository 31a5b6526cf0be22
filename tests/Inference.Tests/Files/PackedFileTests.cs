namespace ProofMesh.Inference.Tests;

public sealed unsafe class PackedFileTests : IDisposable
{
    private const int Bytes = 3 * 4096;

    private readonly string _folder = Directory.CreateTempSubdirectory("packed-").FullName;

    private string File => Path.Combine(_folder, "deep", "model.packed");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(4096)]
    [InlineData(4096 + Bytes - 1)]
    public void A_changed_byte_is_found(int place)
    {
        Assert.True(Write() && Read(Bytes));
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[place] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.False(Read(Bytes));
    }

    [Fact]
    public void A_file_that_was_cut_off_or_belongs_to_another_size_is_not_used()
    {
        Assert.False(Read(Bytes));
        Assert.True(Write());
        Assert.False(Read(Bytes + 4096));
        using (var stream = System.IO.File.OpenWrite(File))
            stream.SetLength(Bytes);
        Assert.False(Read(Bytes));
    }

    [Fact]
    public void A_place_that_cannot_be_written_costs_nothing_but_the_file()
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, "deep"), "a file where a folder should be");
        Assert.False(Write());
        Assert.False(Read(Bytes));
    }

    [Theory]
    [InlineData(WeightFormat.Int8)]
    [InlineData(WeightFormat.Int4)]
    public void The_second_load_packs_nothing_and_computes_the_same(WeightFormat format)
    {
        using var files = new RandomModel(RandomModel.Config("llama"));
        using var checkpoint = Checkpoint.Open(files.Folder);
        var config = ModelConfig.Load(files.Folder);
        var told = new List<double>();
        var first = Logits(new CpuRunner(config, new ModelWeights(checkpoint, config), format, 64, 1, kept: File, progress: told.Add));
        Assert.Equal(1, told[^1]);
        Assert.Equal(told.Order(), told);
        told.Clear();
        var second = Logits(new CpuRunner(config, new ModelWeights(checkpoint, config), format, 64, 1, kept: File, progress: told.Add));
        Assert.Empty(told);
        Assert.Equal(first, second);
    }

    [Fact]
    public void A_digest_is_computed_anew_when_the_file_changes()
    {
        var path = Path.Combine(_folder, "large.bin");
        System.IO.File.WriteAllBytes(path, new byte[64 << 20]);
        var cache = new WeightCache(Path.Combine(_folder, "cache"));
        var before = Digest();
        Assert.Equal(before, Digest());
        using (var stream = System.IO.File.OpenWrite(path))
            stream.WriteByte(1);
        System.IO.File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(5));
        Assert.NotEqual(before, Digest());

        string Digest()
        {
            using var file = MappedFile.Open(path, 1, "test");
            Assert.Equal(file.Sha256(), cache.Digest(file));
            return cache.Digest(file);
        }
    }

    private bool Write()
    {
        using var memory = new AlignedMemory<byte>(Bytes);
        new Span<byte>(memory.Pointer, Bytes).Fill(7);
        return PackedFile.TryWrite(File, memory.Pointer, Bytes);
    }

    private bool Read(int bytes)
    {
        using var memory = new AlignedMemory<byte>(bytes);
        return PackedFile.TryRead(File, memory.Pointer, bytes) && memory.Pointer[bytes - 1] == 7;
    }

    private static float[] Logits(CpuRunner runner)
    {
        using (runner)
        {
            using var sequence = runner.Open(8);
            var logits = new float[runner.Config.Vocabulary];
            Assert.True(sequence.TryReserve(4));
            runner.Forward([new SequenceStep(sequence, new[] { 1, 2, 3, 4 }, 1)], logits);
            return logits;
        }
    }
}
