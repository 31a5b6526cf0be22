namespace ProofMesh.Inference.Tests;

public sealed unsafe class PackedFileTests : IDisposable
{
    private const int Bytes = 3 * 4096;

    private readonly string _folder = Directory.CreateTempSubdirectory("packed-").FullName;

    private string File => Path.Combine(_folder, "deep", "model.packed");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(4096)]
    [InlineData(4096 + Bytes - 1)]
    public void A_changed_byte_is_found_and_the_file_written_anew(int place)
    {
        Create().Dispose();
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[place] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);
        using var damaged = PackedFile.TryOpen(File, Bytes);
        Assert.Equal(place == 30, damaged is not null);
        using var again = Create();
        Assert.Equal(7, again.Memory[Bytes - 1]);
    }

    [Fact]
    public void A_file_that_was_cut_off_or_belongs_to_another_size_is_not_used()
    {
        Create().Dispose();
        Assert.Null(PackedFile.TryOpen(File, Bytes + 4096));
        using (var stream = System.IO.File.OpenWrite(File))
            stream.SetLength(Bytes);
        Assert.Null(PackedFile.TryOpen(File, Bytes));
    }

    [Fact]
    public void A_failure_while_packing_leaves_no_file()
    {
        Assert.Throws<InvalidOperationException>(() => PackedFile.Create(File, Bytes, _ => throw new InvalidOperationException()));
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
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

    private PackedFile Create() => PackedFile.Create(File, Bytes, memory => new Span<byte>(memory, Bytes).Fill(7));

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
