using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>A node's last heartbeat and when it came.</summary>
sealed record NodeLoad(int Queued, int Running, bool Healthy, double TokensPerSecond, DateTimeOffset At)
{
    /// <summary>A node that was silent for so long is passed over until it speaks again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(15);

    public static NodeLoad Of(LoadFrame frame, DateTimeOffset at) => new(
        Math.Clamp(frame.Queued, 0, 1_000_000), Math.Clamp(frame.Running, 0, 1_000_000), frame.Healthy,
        double.IsFinite(frame.TokensPerSecond) ? Math.Clamp(frame.TokensPerSecond, 0, 1e6) : 0, at);
}
