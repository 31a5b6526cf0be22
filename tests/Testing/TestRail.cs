using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Testing;

/// <summary>A rail on a chain of its own, with those who use it: payers with money, providers with stake and nodes.</summary>
public sealed class TestRail : IAsyncDisposable
{
    TestRail(LocalChain chain, Web3 deployer, Rail rail) => (Chain, Deployer, Rail) = (chain, deployer, rail);

    public LocalChain Chain { get; }

    /// <summary>Account 0: holds the test Tether.</summary>
    public Web3 Deployer { get; }

    public Rail Rail { get; }

    public static async Task<TestRail> StartAsync(RailDeployment? deployment = null)
    {
        var chain = await LocalChain.StartAsync(blockSeconds: 0.1);
        var deployer = chain.As(LocalChain.Account(0));
        return new TestRail(chain, deployer, await RailDeployment.DeployAsync(deployer, deployment));
    }

    public async Task<TestPayer> PayerAsync(ulong deposit)
    {
        var key = Account.Generate();
        var web3 = await FundedAsync(key, Rail.Escrow, deposit);
        if (deposit > 0) await new EscrowContract(web3, Rail.Escrow).DepositAsync(new TokenAmount(deposit));
        return new TestPayer(Rail, web3, key, Account.Generate());
    }

    /// <summary>A provider with one node.</summary>
    public async Task<TestNode> NodeAsync(ulong stake = 200_000_000)
    {
        var web3 = await FundedAsync(Account.Generate(), Rail.Staking, stake);
        var staking = new StakingContract(web3, Rail.Staking);
        await staking.StakeAsync(new TokenAmount(stake));
        var node = new TestNode(Rail, web3, Account.Generate());
        await staking.AddNodeAsync(node.Address, node.Key.Sign(new NodeKey(node.Provider, node.Address).Digest(Rail)));
        return node;
    }

    /// <summary>An ether for gas, and tokens that one contract may take.</summary>
    async Task<Web3> FundedAsync(Account key, Address contract, ulong units)
    {
        var web3 = Chain.As(key);
        await Chain.AskAsync("anvil_setBalance", key.Address.ToString(), "0xde0b6b3a7640000");
        await Task.WhenAll(
            new TestTetherContract(Deployer, Rail.Token).TransferAsync(key.Address, new TokenAmount(units)),
            new TestTetherContract(web3, Rail.Token).ApproveAsync(contract, new TokenAmount(units)));
        return web3;
    }

    public async ValueTask DisposeAsync()
    {
        await Deployer.DisposeAsync();
        await Chain.DisposeAsync();
    }
}

/// <summary>A wallet with money in escrow, and a spender of its own.</summary>
public sealed class TestPayer(Rail rail, Web3 web3, Account wallet, Account spender)
{
    public Web3 Web3 { get; } = web3;

    public Account Wallet { get; } = wallet;

    public Account Spender { get; } = spender;

    public Address Address => Wallet.Address;

    public SignedGrant Grant(ulong cap = 1_000_000_000, ulong validUntil = 4_000_000_000, uint epoch = 0)
    {
        var grant = new Grant(Address, Spender.Address, new TokenAmount(cap), validUntil, epoch);
        return new SignedGrant(grant, Wallet.Sign(grant.Digest(rail)));
    }

    /// <summary>Signed by the wallet itself, or by another key.</summary>
    public SignedVoucher Voucher(Address node, ulong cumulative, Account? signer = null, Bytes32 receipt = default)
    {
        var voucher = new Voucher(Address, node, new TokenAmount(cumulative), receipt);
        return new SignedVoucher(voucher, (signer ?? Wallet).Sign(voucher.Digest(rail)));
    }
}

/// <summary>A node that signs receipts and statements.</summary>
public sealed class TestNode(Rail rail, Web3 provider, Account key)
{
    const ulong Start = 1_750_000_000_000;
    ulong sequence;

    public Web3 Web3 { get; } = provider;

    public Account Key { get; } = key;

    public Address Address => Key.Address;

    public Address Provider => Web3.Account!.Address;

    /// <summary>The same node before its first receipt, for a test that settles nothing on the shared chain.</summary>
    public TestNode Fresh() => new(rail, Web3, Key);

    /// <summary>The next receipt: 100 prompt and 50 completion tokens at 100 and 400 units per thousand, 30 units in all.</summary>
    public SignedReceipt Receipt(Address payer, ulong cumulative = 30, uint durationMs = 900, ReceiptStatus status = ReceiptStatus.Completed)
    {
        sequence++;
        var receipt = new Receipt(
            Commitments.RequestId(payer, Bytes32.Random()), payer, Provider, sequence, Bytes32.Random(), Bytes32.Random(), Bytes32.Random(), Bytes32.Random(), Bytes32.Zero,
            100, 0, 50, 100_000, 50_000, 400_000, new TokenAmount(30), new TokenAmount(Math.Max(cumulative, 30)),
            Start + sequence * 1_000, Math.Min(100, durationMs), durationMs, status);
        return Sign(receipt);
    }

    public SignedReceipt[] Receipts(int count, Address payer) => [.. Enumerable.Range(0, count).Select(_ => Receipt(payer))];

    public SignedReceipt Sign(Receipt receipt) => new(receipt, Key.Sign(receipt.Digest(rail)));

    public SignedStatement Statement(IReadOnlyList<SignedReceipt> receipts)
    {
        var tree = new SumTree(receipts.Select(signed => signed.Receipt));
        var statement = new Statement(Provider, receipts[0].Receipt.Sequence, receipts[^1].Receipt.Sequence, tree.Root);
        return new SignedStatement(statement, tree.Top.Hash, tree.Top.Totals, Key.Sign(statement.Digest(rail)));
    }
}
