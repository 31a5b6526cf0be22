using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>The connected nodes. Readers take the picture without a lock; joining and leaving swap it whole.</summary>
sealed class Mesh
{
    readonly Lock joining = new();
    volatile Picture picture = Picture.Empty;

    public Picture Picture => picture;

    /// <summary>Adds a node. One that is already there under this key dialled again: its old connection ends.</summary>
    public void Join(Node node)
    {
        Node? old;
        lock (joining)
        {
            picture.Nodes.TryGetValue(node.Key, out old);
            picture = Picture.Of([.. picture.Nodes.Values.Where(other => other.Key != node.Key), node]);
        }
        old?.Link.Close("The node connected again.");
    }

    public void Leave(Node node)
    {
        lock (joining)
            if (picture.Nodes.TryGetValue(node.Key, out var current) && current == node)
                picture = Picture.Of([.. picture.Nodes.Values.Where(other => other != node)]);
    }

    /// <summary>Shows new offers of a node.</summary>
    public void Refresh()
    {
        lock (joining) picture = Picture.Of(picture.Nodes.Values);
    }
}
