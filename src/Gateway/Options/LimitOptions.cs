namespace ProofMesh.Gateway;

/// <summary>Sizes and times that bound what one customer or node can take.</summary>
sealed record LimitOptions
{
    /// <summary>Largest body of a request. A prompt grows up to threefold as JSON on the way to the node, whose frames have 4 MiB at most.</summary>
    public int BodyBytes { get; init; } = 1 << 20;

    public int Messages { get; init; } = 1024;

    /// <summary>Tokens of an answer when the request names no limit.</summary>
    public uint DefaultMaxTokens { get; init; } = 1024;

    /// <summary>From the request to the last token.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>From the frame to the first sign of life of a node; then the next node is asked.</summary>
    public TimeSpan FirstToken { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Longest silence of a node within an answer.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a node may take to close a request that the customer left.</summary>
    public TimeSpan Closing { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time that a customer may let its answer wait.</summary>
    public TimeSpan SlowReader { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Time that answers have to end after SIGTERM.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Nodes that are tried for one request.</summary>
    public int Attempts { get; init; } = 3;

    public int Nodes { get; init; } = 10_000;

    /// <summary>Nonces and sign-ins of one client's address (IPv6: its /64) a minute, at each replica.</summary>
    public int SignInsPerMinute { get; init; } = 60;

    public IEnumerable<string> Faults()
    {
        if (BodyBytes is < 1024 or > 1 << 20) yield return $"Limits:BodyBytes is {BodyBytes}: use 1024 to {1 << 20}.";
        if (Messages is < 1 or > 100_000) yield return $"Limits:Messages is {Messages}: use 1 to 100000.";
        if (DefaultMaxTokens == 0) yield return "Limits:DefaultMaxTokens is 0: use 1 or more.";
        if (Attempts is < 1 or > 10) yield return $"Limits:Attempts is {Attempts}: use 1 to 10.";
        if (Nodes < 1) yield return $"Limits:Nodes is {Nodes}: use 1 or more.";
        if (SignInsPerMinute < 2) yield return $"Limits:SignInsPerMinute is {SignInsPerMinute}: use 2 or more, a sign-in takes two calls.";
        foreach (var (name, value) in new[] { ("Request", Request), ("FirstToken", FirstToken), ("Silence", Silence), ("Closing", Closing), ("SlowReader", SlowReader), ("Drain", Drain) })
            if (value <= TimeSpan.Zero || value > TimeSpan.FromHours(6)) yield return $"Limits:{name} is {value}: use up to 6 hours.";
    }
}
