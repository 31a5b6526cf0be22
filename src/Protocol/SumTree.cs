using System.Numerics;

namespace ProofMesh.Protocol;

/// <summary>A node of the sum tree: its hash and the totals of the receipts below it.</summary>
public readonly record struct SumNode(Bytes32 Hash, Totals Totals);

/// <summary>
/// The Merkle sum tree over a run of receipts. An inner node's hash covers the hashes and the totals of both children,
/// so the root proves the totals, and a leaf's position proves its sequence.
/// </summary>
public sealed class SumTree
{
    /// <summary>Receipts of a statement.</summary>
    public const ulong MostLeaves = 1UL << 32;

    readonly SumNode[][] levels;

    /// <param name="leaves">At least one, in the order of their sequence.</param>
    public SumTree(IReadOnlyList<SumNode> leaves)
    {
        ArgumentOutOfRangeException.ThrowIfZero(leaves.Count);
        var depth = DepthOf((ulong)leaves.Count);
        levels = new SumNode[depth + 1][];
        levels[0] = [.. leaves];
        Empty = new SumNode[depth + 1];
        for (var level = 1; level <= depth; level++)
        {
            Empty[level] = Inner(Empty[level - 1], Empty[level - 1]);
            var below = levels[level - 1];
            var here = levels[level] = new SumNode[(below.Length + 1) / 2];
            for (var i = 0; i < here.Length; i++) here[i] = Inner(below[2 * i], At(level - 1, 2 * i + 1));
        }
    }

    public SumTree(IEnumerable<Receipt> receipts) : this([.. receipts.Select(Leaf)]) { }

    public SumNode Top => levels[^1][0];

    public Bytes32 Root => RootOf(Top);

    SumNode[] Empty { get; }

    /// <summary>The siblings of a leaf, from the bottom up.</summary>
    public SumNode[] Proof(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)levels[0].Length);
        var proof = new SumNode[levels.Length - 1];
        for (var level = 0; level < proof.Length; level++) proof[level] = At(level, index >> level ^ 1);
        return proof;
    }

    /// <summary>Whether the leaf stands at this index of a tree of so many leaves with this root.</summary>
    /// <remarks>Sums wrap, as they do on chain: a tree whose sums overflow proves nothing but its own fault, which isn't the leaf's.</remarks>
    public static bool Verify(Bytes32 root, ulong count, ulong index, SumNode leaf, IReadOnlyList<SumNode> proof)
    {
        if (index >= count || proof.Count != DepthOf(count)) return false;
        var node = leaf;
        for (var level = 0; level < proof.Count; level++)
        {
            var (left, right) = (index >> level & 1) == 0 ? (node, proof[level]) : (proof[level], node);
            node = new(InnerHash(left, right), Totals.WrappingSum(left.Totals, right.Totals));
        }
        return RootOf(node) == root;
    }

    public static SumNode Leaf(Receipt receipt) => Leaf(receipt.StructHash(), Totals.Of(receipt));

    public static SumNode Leaf(Bytes32 receiptHash, Totals totals)
    {
        Span<byte> bytes = stackalloc byte[1 + 32 + Totals.BinarySize];
        bytes[0] = 0x00;
        receiptHash.CopyTo(bytes[1..]);
        totals.CopyTo(bytes[33..]);
        return new SumNode(Keccak256.Hash(bytes), totals);
    }

    /// <exception cref="OverflowException">A sum doesn't fit its field.</exception>
    public static SumNode Inner(SumNode left, SumNode right) => new(InnerHash(left, right), left.Totals + right.Totals);

    /// <summary>What an inner node over these two commits to, whether their sums fit or not.</summary>
    public static Bytes32 InnerHash(SumNode left, SumNode right)
    {
        Span<byte> bytes = stackalloc byte[1 + 2 * (32 + Totals.BinarySize)];
        bytes[0] = 0x01;
        left.Hash.CopyTo(bytes[1..]);
        left.Totals.CopyTo(bytes[33..]);
        right.Hash.CopyTo(bytes[73..]);
        right.Totals.CopyTo(bytes[105..]);
        return Keccak256.Hash(bytes);
    }

    public static Bytes32 RootOf(SumNode top)
    {
        Span<byte> bytes = stackalloc byte[1 + 32 + Totals.BinarySize];
        bytes[0] = 0x02;
        top.Hash.CopyTo(bytes[1..]);
        top.Totals.CopyTo(bytes[33..]);
        return Keccak256.Hash(bytes);
    }

    public static int DepthOf(ulong count) => count <= 1 ? 0 : 64 - BitOperations.LeadingZeroCount(count - 1);

    SumNode At(int level, int index) => index < levels[level].Length ? levels[level][index] : Empty[level];
}
