namespace ProofMesh.Inference;

public enum Backend
{
    /// <summary>Our own kernels; needs nothing installed.</summary>
    Cpu,

    /// <summary>libtorch, where it is installed.</summary>
    Torch,
}

/// <summary>What to load and how much of the machine it may take.</summary>
public sealed record EngineOptions
{
    /// <summary>A Hugging Face model folder, or a GGUF file.</summary>
    public required string Folder { get; init; }

    /// <summary>The model's public name; the folder's name when null.</summary>
    public string? Name { get; init; }

    public Backend Backend { get; init; } = Backend.Cpu;

    public WeightFormat Weights { get; init; } = WeightFormat.Float32;

    /// <summary>Torch only: <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Keeps the digests and packed weights of large models for the next load; empty: nowhere.</summary>
    public string CacheFolder { get; init; } = WeightCache.UserFolder;

    /// <summary>Told the share of the weights that is packed, 0 to 1, while they are; not called where they were kept.</summary>
    public Action<double>? Progress { get; init; }

    /// <summary>0: one per core.</summary>
    public int Threads { get; init; }

    /// <summary>The longest prompt and answer together; 0 or more than the model knows: what the model knows.</summary>
    public int MaxContext { get; init; }

    /// <summary>Requests that run at a time.</summary>
    public int MaxSequences { get; init; } = 16;

    /// <summary>Requests that wait beyond these; more are refused.</summary>
    public int MaxQueue { get; init; } = 64;

    /// <summary>Tokens of key-value cache that all running requests share; 0: what fits 1 GiB, at least one context.</summary>
    public int CacheTokens { get; init; }

    /// <summary>Tokens computed per step over all requests: a long prompt delays its neighbours by at most this much.</summary>
    public int StepTokens { get; init; } = 256;

    /// <summary>Guesses tokens and checks several in one step, where that was measured to pay. Changes no token on the Cpu backend.</summary>
    public bool Speculate { get; init; } = true;

    /// <summary>A folder with a small model of the same vocabulary that guesses for this one; empty: guesses come from the text alone.</summary>
    public string DraftFolder { get; init; } = "";

    /// <summary>Torch only: computes token by token, so that no answer depends on what else is computed with it. The Cpu backend never depends on it.</summary>
    public bool BatchInvariant { get; init; }

    /// <summary>Tokens generated ahead of a reader before its request pauses.</summary>
    public int ReadAhead { get; init; } = 8;

    /// <exception cref="ArgumentException">A value is out of its bounds; the message states them.</exception>
    public void Check()
    {
        Within(nameof(Threads), Threads, 0, 512);
        Within(nameof(MaxContext), MaxContext, 0, 1 << 24);
        Within(nameof(MaxSequences), MaxSequences, 1, 1024);
        Within(nameof(MaxQueue), MaxQueue, 0, 1 << 16);
        Within(nameof(CacheTokens), CacheTokens, 0, int.MaxValue);
        Within(nameof(StepTokens), StepTokens, 1, 1 << 16);
        Within(nameof(ReadAhead), ReadAhead, 1, 1 << 16);
    }

    private static void Within(string name, int value, int min, int max)
    {
        if (value < min || value > max)
            throw new ArgumentException($"{name} is {value}; {min} to {max} is accepted.");
    }
}
