using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace ProofMesh.Protocol.Tests;

public sealed class SumTreeTests
{
    static readonly JsonNode File = Vectors.Read("sum-trees.json");

    public static TheoryData<int> Counts => [.. File["trees"].Items().Select(tree => (int)tree.Int("count"))];

    // The rule that the vectors state.
    static SumTree Build(int count) => new([.. Enumerable.Range(0, count).Select(Leaf)]);

    static SumNode Leaf(int i)
    {
        var index = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(index, i);
        return SumTree.Leaf(Keccak256.Hash(index), new Totals((ulong)i % 2, 7 * (ulong)i + 1, new(1_000_003 * (UInt128)i), (ulong)i % 12));
    }

    [Fact]
    public void A_tree_without_receipts_is_refused() => Assert.ThrowsAny<ArgumentException>(() => new SumTree(Array.Empty<SumNode>()));

    [Fact]
    public void A_proof_whose_totals_overflow_is_a_wrong_proof()
    {
        var tree = Build(2);
        var proof = tree.Proof(0);
        proof[0] = proof[0] with { Totals = proof[0].Totals with { Tokens = ulong.MaxValue } };
        Assert.False(SumTree.Verify(tree.Root, 2, 0, Leaf(0), proof));
    }

    [Fact]
    public void Nothing_verifies_at_another_place_length_or_with_other_totals()
    {
        var tree = Build(5);
        var proof = tree.Proof(3);
        Assert.True(SumTree.Verify(tree.Root, 5, 3, Leaf(3), proof));
        Assert.False(SumTree.Verify(tree.Root, 5, 2, Leaf(3), proof));
        Assert.False(SumTree.Verify(tree.Root, 5, 5, Leaf(3), proof));
        Assert.False(SumTree.Verify(tree.Root, 4, 3, Leaf(3), proof));
        Assert.False(SumTree.Verify(tree.Root, 5, 3, Leaf(3), proof[..2]));
        Assert.False(SumTree.Verify(tree.Root, 5, 3, Leaf(3) with { Totals = default }, proof));
        Assert.False(SumTree.Verify(default, 5, 3, Leaf(3), proof));
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void Trees_agree_with_the_shared_vectors(int count)
    {
        var expected = File["trees"].Items().Single(tree => tree.Int("count") == count);
        var tree = Build(count);
        Assert.Equal(new SumNode(expected.Hash("top"), Vectors.Totals(expected["totals"]!)), tree.Top);
        Assert.Equal(expected.Hash("root"), tree.Root);
        Assert.Equal((int)expected.Int("depth"), SumTree.DepthOf((ulong)count));
        Assert.All(expected["proofs"].Items(), item =>
        {
            var proof = item["proof"].Items().Select(Vectors.Node).ToArray();
            Assert.Equal(proof, tree.Proof((int)item.Int("index")));
            Assert.True(SumTree.Verify(tree.Root, (ulong)count, item.Int("index"), Vectors.Node(item["leaf"]!), proof));
        });
    }
}
