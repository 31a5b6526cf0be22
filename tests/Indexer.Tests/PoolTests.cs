using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Indexer_Tests;

public sealed class PoolTests : Mirrored
{
    static readonly TimeSpan Delay = TimeSpan.FromDays(2);

    EscrowContract As(Web3 web3) => new(web3, Rail.Rail.Escrow);

    [Fact]
    public async Task A_pool_is_what_the_contract_says_from_its_proposal_to_its_end()
    {
        var (node, payer, member) = (await Rail.NodeAsync(), await Rail.PayerAsync(10_000_000), await Rail.PayerAsync(0));
        var escrow = As(node.Web3);
        await EarnAsync(node, payer, 1_000);

        Member[] members = [new(node.Provider, 6_667), new(member.Address, 3_333)];
        await escrow.ProposePoolAsync(members);
        var (pool, readyAt) = await escrow.ProposedPoolOfAsync(node.Provider);
        await As(member.Web3).AcceptPoolAsync(node.Provider, pool);
        Assert.Equal((pool, readyAt, 2, 1), Assert.Single(await SaysAsync<(Bytes32, ulong, int, int)>("select pool, ready_at, cardinality(wallets), cardinality(accepted) from chain.proposed_pool where provider = @Provider", node)));
        Assert.Empty(await SaysAsync<int>("select 1 from chain.pool"));

        await Rail.Chain.PassAsync(Delay);
        await escrow.ApplyPoolAsync(node.Provider, members);
        await EarnAsync(node, payer, 2_001);
        await SameAsync(node);
        await escrow.DivideAsync(node.Provider);
        await SameAsync(node);
        Assert.Empty(await SaysAsync<int>("select 1 from chain.proposed_pool"));

        await escrow.ProposePoolAsync([]);
        await Rail.Chain.PassAsync(Delay);
        await escrow.ApplyPoolAsync(node.Provider, []);
        Assert.Empty(await SaysAsync<int>("select 1 from chain.pool"));
    }

    [Fact]
    public async Task A_reorganisation_takes_a_pool_back()
    {
        var node = await Rail.NodeAsync();
        var escrow = As(node.Web3);
        await Rail.Chain.MineAsync(20);
        Member[] members = [new(node.Provider, 10_000)];
        await escrow.ProposePoolAsync(members);
        await Rail.Chain.PassAsync(Delay);
        await escrow.ApplyPoolAsync(node.Provider, members);
        Assert.Single(await SaysAsync<int>("select 1 from chain.pool"));

        await Rail.Chain.ReorganiseAsync(15);
        await Rail.Chain.MineAsync(2);

        Assert.Empty(await SaysAsync<int>("select 1 from chain.pool union all select 1 from chain.pool_proposed union all select 1 from chain.pool_applied"));
    }

    async Task SameAsync(TestNode node)
    {
        var (members, undivided) = await As(node.Web3).PoolOfAsync(node.Provider);
        var (wallets, shares, left) = Assert.Single(await SaysAsync<(byte[][], int[], TokenAmount)>("select wallets, basis_points, undivided from chain.pool where provider = @Provider", node));
        Assert.Equal(members, wallets.Zip(shares, (wallet, share) => new Member(new Address(wallet), (ushort)share)));
        Assert.Equal(undivided, left);
    }
}
