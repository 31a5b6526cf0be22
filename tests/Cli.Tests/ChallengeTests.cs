using System.Text.Json;
using System.Text.Json.Nodes;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Cli.Tests;

/// <summary>The whole life of a challenge, typed by its challenger, its provider and its panel.</summary>
public sealed class ChallengeTests : OnChain
{
    static readonly TimeSpan Phase = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task What_the_contract_would_refuse_is_refused_in_words()
    {
        var owner = await Owner(1, 1_000_000);
        var node = await Rail.NodeAsync();
        var receipts = node.Receipts(2, owner.Address);
        Save(new ReceiptBatch(node.Statement(receipts), receipts).Proof(0), node);
        await Refused("audit challenge 1", "no challenge 1");
        await Refused("audit challenge open published.json --evidence profile.json --location here", "only a settled receipt");
        await Refused("audit challenge open nothing.json --evidence profile.json --location here", "There is no file");
        await Refused("audit challenge collect", "nothing that is still to be collected");
        await Refused("audit auditor enroll", "holds 1 USDT");
        await Refused("audit auditor enroll --bond 1", "least bond");
        await Refused("audit auditor retire", "isn't enrolled");
        await Refused("audit auditor withdraw", "has bonded nothing");
        Assert.Equal(0ul, await Rail.Chain.Web3.Eth.GetTransactionCountAsync(owner.Address));
    }

    [Fact]
    public async Task A_panel_of_five_convicts_and_all_collect()
    {
        var (node, challenger, auditors) = (await Rail.NodeAsync(), Account.Generate(), new List<Account>());
        var receipts = node.Receipts(3, challenger.Address);
        var batch = new ReceiptBatch(node.Statement(receipts), receipts);
        await new SettlementContract(Rail.Deployer, Rail.Rail.Settlement).SettleAsync([], [], [batch.Statement], TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            auditors.Add(Account.Generate());
            await GiveAsync(auditors[^1], 100_000_000);
            await Done("audit auditor enroll");
        }
        await GiveAsync(challenger, 50_000_000);
        Save(batch.Proof(1), node);

        var opened = await Done("audit challenge open published.json --evidence published.json --location https://evidence.example");
        Assert.Equal(("1", "Open", 2), ((string)opened["id"]!, (string)opened["verdict"]!, (int)opened["sequence"]!));
        await Refused("audit challenge draw 1", "randomness of block");
        await Refused("audit challenge answer 1 --evidence published.json --location here", "NotChallenged");
        await Rail.Chain.MineAsync(40);
        Assert.True((bool)(await Done("audit challenge draw 1"))["drawn"]!);
        for (var i = 1; i <= 5; i++) Assert.Equal(i, (await Done("audit challenge draw 1"))["panel"]!.AsArray().Count);
        await Refused("audit challenge draw 1", "panel is full");

        await Rail.Chain.PassAsync(Phase);
        foreach (var auditor in auditors)
        {
            await Use(auditor);
            await Done("audit challenge vote 1 convict");
        }
        await Rail.Chain.PassAsync(Phase);
        await Use(challenger);
        await Refused("audit challenge reveal 1", "not on this panel");
        await Refused("audit challenge resolve 1", "StillOpen");
        JsonNode? last = null;
        foreach (var auditor in auditors)
        {
            await Use(auditor);
            last = await Done("audit challenge reveal 1");
        }
        Assert.All(last!["panel"]!.AsArray(), seat => Assert.Equal("Convict", (string)seat!["vote"]!));

        Assert.Equal("Convicted", (string)(await Done("audit challenge resolve 1"))["verdict"]!);
        Assert.Equal(new TokenAmount(150_000_000), await new StakingContract(Rail.Deployer, Rail.Rail.Staking).StakeOfAsync(node.Provider, stop: TestContext.Current.CancellationToken));
        Assert.True(long.Parse((string)(await Done("audit collect"))["amount"]!, System.Globalization.CultureInfo.InvariantCulture) > 0);
        await Done("audit auditor retire");
        Assert.Equal("100000000", (string)(await Done("audit auditor withdraw"))["amount"]!);
        await Use(challenger);
        Assert.Equal("50000000", (string)(await Done("audit challenge collect"))["amount"]!);
        Assert.Equal("10000000", (string)(await Done("audit collect"))["amount"]!);
    }

    async Task GiveAsync(Account key, ulong tokens)
    {
        await Use(key);
        await new TestTetherContract(Rail.Deployer, Rail.Rail.Token).TransferAsync(key.Address, new TokenAmount(tokens));
    }

    void Save(ReceiptProof proof, TestNode node) =>
        Terminal.File("published.json", JsonSerializer.Serialize(new PublishedReceipt(proof, node.Address, null, "mined"), WireJson.Default.PublishedReceipt));
}
