namespace ProofMesh.Inference;

/// <summary>The bytes of all tokens as a tree in one pass: a node comes before its children, and knows where they end.</summary>
internal sealed class TokenTrie
{
    // Longer ones are never needed.
    private const int MaxPiece = 256;

    private readonly List<Node> _nodes = [];

    /// <param name="pieces">Bytes by token id; empty for tokens that say nothing.</param>
    public TokenTrie(IReadOnlyList<byte[]> pieces)
    {
        Vocabulary = pieces.Count;
        var tokens = Enumerable.Range(0, pieces.Count).Where(id => pieces[id].Length is > 0 and <= MaxPiece).ToArray();
        Array.Sort(tokens, (a, b) => pieces[a].AsSpan().SequenceCompareTo(pieces[b]) is var order && order != 0 ? order : a - b);
        Add(pieces, tokens, 0);
    }

    /// <param name="Depth">Of its byte in a token, from 0.</param>
    /// <param name="Token">−1: none ends here.</param>
    /// <param name="End">The first node that isn't below it.</param>
    public readonly record struct Node(byte Byte, int Depth, int Token, int End);

    public int Vocabulary { get; }

    public int MaxDepth { get; private set; }

    public ReadOnlySpan<Node> Nodes => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_nodes);

    // tokens: in order of their bytes, all with the same first bytes up to depth.
    private void Add(IReadOnlyList<byte[]> pieces, ReadOnlySpan<int> tokens, int depth)
    {
        MaxDepth = Math.Max(MaxDepth, depth + 1);
        while (tokens.Length > 0)
        {
            var (value, count) = (pieces[tokens[0]][depth], 1);
            while (count < tokens.Length && pieces[tokens[count]][depth] == value)
                count++;
            var (same, at) = (0, _nodes.Count);
            // Tokens of equal bytes each get a node; the last of them has what lies below.
            do
                _nodes.Add(new Node(value, depth, pieces[tokens[same]].Length == depth + 1 ? tokens[same++] : -1, _nodes.Count + 1));
            while (same < count && pieces[tokens[same]].Length == depth + 1);
            Add(pieces, tokens[same..count], depth + 1);
            var last = at + Math.Max(1, same) - 1;
            _nodes[last] = _nodes[last] with { End = _nodes.Count };
            tokens = tokens[count..];
        }
    }
}
