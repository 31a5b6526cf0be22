using System.Text.Json;
using System.Text.Json.Nodes;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Cli.Tests;

/// <summary>Five receipts of a node in a statement, all signed as on a rail.</summary>
static class Receipts
{
    const int Count = 5, Place = 2;
    const ulong First = 8;

    public static readonly RailOptions RailOptions = new() { ChainId = 31337, Token = Numbered('a'), Escrow = Numbered('b'), Staking = Numbered('c'), Settlement = Numbered('d') };
    public static readonly Rail Rail = RailOptions.ToRail();

    static readonly Account Node = Account.FromPrivateKey("0x" + new string('5', 64));
    static readonly Address Provider = Address.Parse(Numbered('e'));

    public static PublishedReceipt Published()
    {
        Receipt[] receipts = [.. Enumerable.Range(0, Count).Select(index => Receipt(First + (ulong)index))];
        var tree = new SumTree(receipts);
        var statement = new Statement(Provider, First, First + Count - 1, tree.Root);
        var signed = new SignedStatement(statement, tree.Top.Hash, tree.Top.Totals, Node.Sign(statement.Digest(Rail)));
        return new(new ReceiptProof(Sign(receipts[Place]), signed, tree.Proof(Place)), Node.Address, Bytes32.Parse("0x" + new string('7', 64)), "mined");
    }

    public static SignedReceipt Sign(Receipt receipt) => new(receipt, Node.Sign(receipt.Digest(Rail)));

    public static JsonNode Json(PublishedReceipt published) => JsonSerializer.SerializeToNode(published, WireJson.Default.PublishedReceipt)!;

    static Receipt Receipt(ulong sequence)
    {
        var prices = new Prices(2_000_000, 500_000, 6_000_000);
        var fee = prices.FeeUp(20, 4, (uint)sequence);
        return new(
            Keccak256.Hash([(byte)sequence]), Address.Parse(Numbered('f')), Provider, sequence, Hash(1), Hash(2), Hash(3), Hash(4), Bytes32.Zero,
            20, 4, (uint)sequence, prices.Input, prices.Cached, prices.Output, fee, fee + new TokenAmount(1_000), 1_700_000_000_000, 120, 900, ReceiptStatus.Completed);
    }

    static Bytes32 Hash(byte seed) => Keccak256.Hash([seed]);

    static string Numbered(char digit) => "0x" + new string(digit, 40);
}
