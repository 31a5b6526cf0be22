using System.Text.Json;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Cli.Tests;

/// <summary>Frauds, found in files and punished on a chain.</summary>
public sealed class ReportTests : OnChain
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_that_prove_nothing_are_refused()
    {
        var (node, owner) = (await Rail.NodeAsync(), await Owner(1, 0));
        Save("good.json", node.Receipt(owner.Address));
        Save("next.json", node.Receipt(owner.Address));
        await Refused("audit report good.json good.json next.json", "prove no fraud");
        await Refused("audit report nothing.json", "There is no file");
        Terminal.File("junk.json", "{\"receipt\":1}");
        await Refused("audit report junk.json", "is no signed receipt");
        Terminal.File("junk.br", "xyz");
        await Refused("audit report junk.br", "is no signed receipt");
        await Refused("audit collect", "nothing that is still to be collected");
        Assert.Equal(0ul, await Rail.Chain.Web3.Eth.GetTransactionCountAsync(owner.Address));
    }

    [Fact]
    public async Task A_fraud_of_a_key_that_is_nobodys_node_is_refused_before_it_is_announced()
    {
        var owner = await Owner(1, 0);
        var node = new TestNode(Rail.Rail, Rail.Deployer, Account.Generate());
        var one = node.Receipt(owner.Address);
        Save("one.json", one);
        Save("other.json", node.Sign(one.Receipt with { Model = Bytes32.Random() }));
        await Refused("audit report one.json other.json", "nobody's node");
        Assert.Equal(0ul, await Rail.Chain.Web3.Eth.GetTransactionCountAsync(owner.Address));
    }

    // A wrong sum needs inner nodes that no published file has; wrong inference is for a panel to judge.
    public static TheoryData<ContractOffence> Offences => [.. Enum.GetValues<ContractOffence>().Where(offence => offence is not (ContractOffence.WrongSum or ContractOffence.WrongInference))];

    [Theory]
    [MemberData(nameof(Offences))]
    public async Task Each_fraud_is_found_punished_once_and_rewarded(ContractOffence offence)
    {
        var (node, owner) = (await Rail.NodeAsync(), await Owner(1, 0));
        var files = string.Join(' ', await Commit(offence, node, owner.Address));
        Assert.Equal(offence.ToString(), (string)(await Done($"audit report {files} --dry-run"))["offence"]!);

        var told = await Done($"audit report {files}");

        Assert.Equal((offence.ToString(), node.Provider.ToString(), "50000000", "10000000"), ((string)told["offence"]!, (string)told["provider"]!, (string)told["taken"]!, (string)told["to_reporter"]!));
        await Refused($"audit report {files}", "punished already");
        Assert.Equal("10000000", (string)(await Done("audit collect"))["amount"]!);
        Assert.Equal(new TokenAmount(10_000_000), await new TestTetherContract(Rail.Deployer, Rail.Rail.Token).BalanceOfAsync(owner.Address, stop: Stop));
    }

    [Fact]
    public async Task What_was_announced_before_is_not_announced_again()
    {
        var (node, owner) = (await Rail.NodeAsync(), await Owner(1, 0));
        var files = await Commit(ContractOffence.TwoReceipts, node, owner.Address);
        var report = Report.Find(Evidence.Read(files.Select(file => Terminal.File(file))), Rail.Rail)!;
        var disputes = await Reporter.Disputes(Rail.Chain.As(owner), Rail.Rail, Stop);
        await disputes.CommitReportAsync(DisputesContract.Commitment(owner.Address, report.Call), Stop);

        await Done($"audit report {string.Join(' ', files)}");

        Assert.Equal(2ul, await Rail.Chain.Web3.Eth.GetTransactionCountAsync(owner.Address, stop: Stop));
    }

    /// <summary>Lets a node commit a fraud, and writes what shows it into files.</summary>
    async Task<string[]> Commit(ContractOffence offence, TestNode node, Address payer)
    {
        var receipts = node.Receipts(3, payer);
        var statement = node.Statement(receipts);
        var changed = node.Sign(receipts[1].Receipt with { DurationMs = 901 });
        switch (offence)
        {
            case ContractOffence.TwoReceipts:
                return [Save("one.json", receipts[1]), Save("other.json", changed)];
            case ContractOffence.TwoStatements:
                return [Save("one.json", statement), Save("other.json", node.Statement(receipts[1..]))];
            case ContractOffence.BadReceipt:
                return [Save("bad.json", node.Sign(receipts[0].Receipt with { Fee = new TokenAmount(31) }))];
            case ContractOffence.WrongLeaf:
                // The leaf in the tree was signed by nobody, so the two receipts alone show nothing.
                var forged = new ReceiptBatch(node.Statement([receipts[0], changed, receipts[2]]), [receipts[0], changed with { Signature = receipts[0].Signature }, receipts[2]]);
                await SettleAsync(forged.Statement);
                File.WriteAllBytes(Terminal.File("batch.br"), forged.Encode());
                return [Save("signed.json", receipts[1]), "batch.br"];
            default:
                var leaves = receipts.Select(signed => SumTree.Leaf(signed.Receipt)).Append(SumTree.Leaf(Bytes32.Random(), new(0, 5, default, 0))).ToArray();
                var tree = new SumTree(leaves);
                var full = statement.Statement with { Root = tree.Root };
                var signed = new SignedStatement(full, tree.Top.Hash, tree.Top.Totals, node.Key.Sign(full.Digest(Rail.Rail)));
                await SettleAsync(signed);
                return [Save("published.json", new PublishedReceipt(new ReceiptProof(receipts[2], signed, tree.Proof(2)), node.Address, null, "mined"))];
        }
    }

    async Task SettleAsync(SignedStatement statement) => await new SettlementContract(Rail.Deployer, Rail.Rail.Settlement).SettleAsync([], [], [statement], Stop);

    string Save(string name, SignedReceipt receipt) => Save(name, JsonSerializer.Serialize(receipt, WireJson.Default.SignedReceipt));

    string Save(string name, SignedStatement statement) => Save(name, JsonSerializer.Serialize(statement, WireJson.Default.SignedStatement));

    string Save(string name, PublishedReceipt published) => Save(name, JsonSerializer.Serialize(published, WireJson.Default.PublishedReceipt));

    string Save(string name, string content)
    {
        Terminal.File(name, content);
        return name;
    }
}
