using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Cli.Tests;

public sealed class PoolTests : OnChain
{
    [Fact]
    public async Task What_the_contract_would_refuse_is_refused_in_words()
    {
        var owner = await Owner(1, 0);
        var other = Account.Generate().Address;
        await Refused($"provider pool propose {owner.Address}=60 {other}=30", "sum up to 90 %");
        await Refused($"provider pool propose {owner.Address}=50 {owner.Address}=50", "named twice");
        await Refused($"provider pool propose {owner.Address}", "is no share");
        await Refused($"provider pool propose {owner.Address}=12.345", "is no share");
        await Refused($"provider pool accept {other} --share 50", "proposes no pool");
        await Refused("provider pool apply", "proposes no pool");
        await Refused($"provider pool collect {other}", "nothing to collect");
        Assert.Equal(0ul, await Rail.Chain.Web3.Eth.GetTransactionCountAsync(owner.Address));
    }

    [Fact]
    public async Task Two_wallets_share_what_one_earns()
    {
        var (provider, member, payer) = (Account.Generate(), Account.Generate(), await Rail.PayerAsync(1_000_000));
        var node = await NodeOf(provider);
        await Use(provider);
        var proposed = await Done($"provider pool propose {provider.Address}=62.5 {member.Address}=37.5");
        Assert.Equal(2, proposed["proposed"]!["members"]!.AsArray().Count);
        await Refused("provider pool apply", $"{member.Address} has not accepted its share of 37.5 %");

        await Use(member);
        await Refused($"provider pool accept {provider.Address} --share 40", "proposes 37.5 %");
        await Done($"provider pool accept {provider.Address} --share 37.5");
        await Refused($"provider pool apply {provider.Address}", "can't be applied before");
        await Rail.Chain.PassAsync(TimeSpan.FromDays(2));
        Assert.Equal(6_250, (int)(await Done($"provider pool apply {provider.Address}"))["members"]![0]!["basis_points"]!);

        await new SettlementContract(Rail.Deployer, Rail.Rail.Settlement).SettleAsync([], [payer.Voucher(node, 80_000)], [], TestContext.Current.CancellationToken);
        Assert.Equal("78000", (string)(await Done($"provider pool {provider.Address}"))["undivided"]!);
        Assert.Equal("29250", (string)(await Done($"provider pool collect {provider.Address}"))["amount"]!);
        await Use(provider);
        Assert.Equal("48750", (string)(await Done("provider collect"))["amount"]!);

        await Done("provider pool propose --end");
        await Rail.Chain.PassAsync(TimeSpan.FromDays(2));
        Assert.Empty((await Done("provider pool apply"))["members"]!.AsArray());
    }

    async Task<Address> NodeOf(Account provider)
    {
        await Use(provider);
        await new TestTetherContract(Rail.Deployer, Rail.Rail.Token).TransferAsync(provider.Address, new TokenAmount(100_000_000));
        return Address.Parse((string)(await Done("provider register --node-key node.key"))["node"]!);
    }
}
