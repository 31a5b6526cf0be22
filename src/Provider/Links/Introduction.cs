using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>How the node presents itself to whoever challenges it.</summary>
sealed class Introduction(Rail rail, Address node, Address provider, string? endpoint, int capacity, Catalogue catalogue, Func<Bytes32, Signature> sign)
{
    /// <summary>Why this node doesn't answer such a challenge, or null.</summary>
    public string? Refuses(ChallengeFrame challenge) => challenge switch
    {
        { Version: not Wire.Version } => $"it speaks version {challenge.Version} of the wire, this node version {Wire.Version}.",
        _ when challenge.ChainId != rail.ChainId || challenge.Settlement != rail.Settlement => $"it settles on chain {challenge.ChainId} at {challenge.Settlement}, this node on chain {rail.ChainId} at {rail.Settlement}.",
        _ => null,
    };

    public HelloFrame Answer(Bytes32 challenge) =>
        new(Wire.Version, node, provider, sign(new Hello(node, provider, challenge).Digest(rail)), endpoint, capacity, catalogue.Offers());
}
