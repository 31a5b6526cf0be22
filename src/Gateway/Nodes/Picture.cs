using System.Collections.Frozen;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Who is connected and who offers which model, at one moment.</summary>
/// <param name="Models">By the model's name and by its digest in hexadecimal.</param>
sealed record Picture(FrozenDictionary<Address, Node> Nodes, FrozenDictionary<string, Node[]> Models)
{
    public static readonly Picture Empty = Of([]);

    public static Picture Of(IReadOnlyCollection<Node> nodes)
    {
        var models = nodes
            .SelectMany(node => node.Offers.Values.SelectMany(offer => new[] { offer.Manifest.Name, offer.Quote.Quote.Model.ToString() }).Distinct(), (node, model) => (node, model))
            .GroupBy(pair => pair.model, pair => pair.node, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        return new(nodes.ToFrozenDictionary(node => node.Key), models);
    }
}
