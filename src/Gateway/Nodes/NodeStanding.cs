using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>What the chain says about a node: whose it is, what stands behind it, what it has earned.</summary>
/// <param name="Stake">Base units of the provider that are bonded and not leaving.</param>
sealed record NodeStanding(Address Provider, TokenAmount Stake, ulong Score)
{
    public Level Level => Protocol.Score.LevelOf(Score);
}
