using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>A model as this node sells it, in memory or not.</summary>
sealed record SoldModel(ModelOutline Outline, Quotes Quotes)
{
    public Bytes32 Digest => Quotes.Model;

    public string Name => Quotes.Manifest.Name;

    public uint MaxTokens => Quotes.MaxTokens;
}
