using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli.Tests;

/// <summary>Commands that move money, and the audit of what was settled, on a chain.</summary>
public sealed class ChainTests : OnChain
{
    [Fact]
    public async Task What_is_not_there_is_refused_before_a_transaction_is_sent()
    {
        var owner = await Owner(1, 4_000_000);
        await Refused("deposit 5", "holds 4 USDT");
        await Refused("thaw 1", "can thaw");
        await Refused("withdraw", "proofmesh thaw");
        await Refused("provider collect", "nothing to collect");
        await Refused("provider unstake 1", "are staked");
        await Refused("provider register --node-key node.key --stake 1", "least stake");
        await Refused("provider register --node-key node.key", "holds 4 USDT");
        Assert.False(File.Exists(Terminal.File("node.key")));
        Assert.Equal(0ul, await Rail.Chain.Web3.Eth.GetTransactionCountAsync(owner.Address));
    }

    [Fact]
    public async Task Money_goes_into_escrow_and_comes_out_after_the_thaw()
    {
        await Owner(1, 20_000_000);
        await Done("deposit 12.5");
        await Done("thaw 2.5");
        await Refused("withdraw", "Nothing can leave before");
        await Rail.Chain.PassAsync(TimeSpan.FromHours(2));
        Assert.Equal("2500000", (string)(await Done("withdraw"))["amount"]!);
        var balance = await Done("wallet balance");
        Assert.Equal(("10000000", "10000000", "0"), ((string)balance["tokens"]!, (string)balance["escrow"]!, (string)balance["thawing"]!));
    }

    [Fact]
    public async Task A_provider_registers_once_however_often_it_is_said()
    {
        var owner = await Owner(1, 150_000_000);
        var first = await Done("provider register --node-key node.key --endpoint https://node.example");
        var again = await Done("provider register --node-key node.key --stake 120");
        Assert.Equal((string)first["node"]!, (string)again["node"]!);
        var status = await Done($"provider status {owner.Address}");
        Assert.Equal(("120000000", true), ((string)status["stake"]!, (bool)status["active"]!));
        Assert.Equal([(string)first["node"]!], status["nodes"]!.AsArray().Select(node => (string)node!));
    }

    [Fact]
    public async Task A_settled_receipt_holds_and_any_change_to_it_does_not()
    {
        var (node, payer) = (await Rail.NodeAsync(), Account.Generate().Address);
        var receipts = node.Receipts(3, payer);
        var statement = node.Statement(receipts);
        var settled = await new SettlementContract(node.Web3, Rail.Rail.Settlement).SettleAsync([], [], [statement], TestContext.Current.CancellationToken);
        var published = new PublishedReceipt(new ReceiptBatch(statement, receipts).Proof(1), node.Address, settled.TransactionHash, "mined");
        Assert.Empty(await Wrong(published));
        Assert.Equal(["transaction"], await Wrong(published with { Transaction = null }));
        Assert.Equal(["transaction"], await Wrong(published with { Transaction = Bytes32.Random() }));
        Assert.Equal(["node", "settled", "transaction"], await Wrong(published with { Node = payer }));
        var receipt = published.Proof.Receipt with { Receipt = published.Proof.Receipt.Receipt with { CompletionTokens = 51 } };
        Assert.Equal(["verifyReceipt"], await Wrong(published with { Proof = published.Proof with { Receipt = receipt } }));
        var unknown = node.Statement(receipts[..2]);
        Assert.Equal(["settled", "verifyReceipt", "transaction"], await Wrong(published with { Proof = new ReceiptBatch(unknown, receipts[..2]).Proof(1) }));
    }

    async Task<string[]> Wrong(PublishedReceipt published) =>
        [.. (await ReceiptAudit.OnChain(Rail.Chain.Web3, Rail.Rail, published, TestContext.Current.CancellationToken)).Where(check => !check.Holds).Select(check => check.Name)];
}
