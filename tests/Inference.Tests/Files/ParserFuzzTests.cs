using System.Globalization;
using System.Text;
using ProofMesh.Testing;

namespace ProofMesh.Inference.Tests;

/// <summary>Damaged files by the ten thousand: each is read or refused by name, and none takes more memory than its size allows.</summary>
/// <remarks>PROOFMESH_FUZZ_CASES and PROOFMESH_FUZZ_SEED make more and other cases, as scripts/nightly does.</remarks>
public sealed class ParserFuzzTests : IDisposable
{
    private static readonly int Cases = Number("PROOFMESH_FUZZ_CASES", 50_000), Seed = Number("PROOFMESH_FUZZ_SEED", 1);

    private readonly string _folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "fuzz-" + Guid.NewGuid().ToString("n"));

    public ParserFuzzTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_damaged_safetensors_file_is_refused()
    {
        using var model = new RandomModel(RandomModel.Config("llama", new() { ["vocab_size"] = 8, ["hidden_size"] = 8, ["intermediate_size"] = 8, ["num_hidden_layers"] = 1 }));
        var path = Path.Combine(_folder, "model.safetensors");
        Fuzz(File.ReadAllBytes(Path.Combine(model.Folder, "model.safetensors")), 1800, bytes =>
        {
            File.WriteAllBytes(path, bytes);
            using var checkpoint = Checkpoint.Open(_folder);
        });
    }

    [Fact]
    public void A_damaged_GGUF_file_is_refused()
    {
        var path = Path.Combine(_folder, "model.gguf");
        RandomGguf.Write(path, new GgufShape(32, 1, 2, 1, 16, 32, 270, Context: 32), RandomGguf.Q4);
        Fuzz(File.ReadAllBytes(path), 9000, bytes =>
        {
            File.WriteAllBytes(path, bytes);
            using (Checkpoint.Open(path))
                ModelConfig.Load(path);
        });
    }

    [Fact]
    public void A_damaged_tokenizer_is_refused() =>
        Fuzz(Encoding.UTF8.GetBytes(ByteTokenizer.Json()), int.MaxValue, bytes => Tokenizer.Parse(bytes));

    [Fact]
    public void A_damaged_config_is_refused()
    {
        var seed = Encoding.UTF8.GetBytes(Architectures.Config("yarn untruncated").ToJsonString());
        Fuzz(seed, int.MaxValue, bytes =>
        {
            File.WriteAllBytes(Path.Combine(_folder, "config.json"), bytes);
            ModelConfig.Load(_folder);
        });
    }

    private static void Fuzz(byte[] seed, int head, Action<byte[]> read)
    {
        // What the whole file costs, the second time: tables that don't grow with a file among it.
        read(seed);
        var whole = Allocated(() => read(seed));
        var random = new Random(Seed);
        var (accepted, refused) = (0, 0);
        for (var i = 0; i < Cases; i++)
        {
            var bytes = Damage(seed, Math.Min(head, seed.Length), random);
            var allowed = 1_000_000 + 2 * whole + 60L * bytes.Length;
            var allocated = Allocated(() => Try(bytes));
            // What is loaded once for all isn't counted: it isn't loaded again.
            if (allocated > allowed)
                allocated = Allocated(() => Try(bytes));
            Assert.True(allocated <= allowed, $"case {i} of seed {Seed}: {allocated} bytes for a file of {bytes.Length}");
            void Try(byte[] damaged)
            {
                try
                {
                    read(damaged);
                    accepted++;
                }
                catch (Exception fault) when (fault is CheckpointException or ModelConfigException or TokenizerException)
                {
                    Assert.NotEqual("", fault.Message);
                    refused++;
                }
                catch (Exception fault)
                {
                    Assert.Fail($"case {i} of seed {Seed}: {fault}");
                }
            }
        }
        // Damage that nothing ever notices, or that hides everything behind one check, would test nothing.
        Assert.True(accepted > 0 && refused > Cases / 4, $"{accepted} accepted, {refused} refused");
    }

    private static long Allocated(Action work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static byte[] Damage(byte[] seed, int head, Random random)
    {
        var bytes = seed.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(Math.Min(head, bytes.Count));
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, seed.Skip(random.Next(head)).Take(random.Next(1, 20))); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: for (var i = at; i < Math.Min(at + 8, bytes.Count); i++) bytes[i] = (byte)(random.Next(2) * 255); break;
                default: Nudge(bytes, at, random); break;
            }
            if (bytes.Count == 0)
                return [];
        }
        return [.. bytes];
    }

    // The next number in digits becomes another one.
    private static void Nudge(List<byte> bytes, int at, Random random)
    {
        var start = bytes.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
        if (start < 0)
            return;
        var end = bytes.FindIndex(start, b => b is < (byte)'0' or > (byte)'9');
        string[] numbers = ["0", "-1", "1e308", "9223372036854775807", "18446744073709551616", "2147483648", "3", "0.5"];
        bytes.RemoveRange(start, (end < 0 ? bytes.Count : end) - start);
        bytes.InsertRange(start, Encoding.ASCII.GetBytes(numbers[random.Next(numbers.Length)]));
    }

    private static int Number(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : fallback;
}
