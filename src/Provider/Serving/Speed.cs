namespace ProofMesh.Provider;

/// <summary>Recent decoding speed of one stream, as an exponential average over answers.</summary>
sealed class Speed
{
    const double Weight = 0.2;
    double tokensPerSecond;

    public double TokensPerSecond => Volatile.Read(ref tokensPerSecond);

    public void Note(int tokens, TimeSpan elapsed)
    {
        if (tokens < 2 || elapsed <= TimeSpan.Zero) return;
        var now = tokens / elapsed.TotalSeconds;
        var before = TokensPerSecond;
        Volatile.Write(ref tokensPerSecond, before == 0 ? now : before + Weight * (now - before));
    }
}
