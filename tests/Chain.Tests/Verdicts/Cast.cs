using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Chain.Tests;

/// <summary>A payer, the key of its wallet, and its session keys.</summary>
/// <param name="Address">Of the wallet's key, or of a contract that the key owns (ERC-1271).</param>
sealed record CastPayer(Address Address, Account Wallet, Account[] Spenders)
{
    public bool IsContract => Address != Wallet.Address;
}

/// <summary>A node's key and whose it is; zero for a key that nobody registered.</summary>
sealed record CastNode(Account Key, Address Provider)
{
    public Address Address => Key.Address;
}

/// <summary>Who plays on a chain of their own: rich, poor and empty payers; providers with much and little stake; a retired node and unknown ones.</summary>
sealed class Cast : IAsyncDisposable
{
    const ulong Start = 2_000_000_000, Multiple = 2, MostGas = 1_000_000;
    static readonly ulong[] Deposits = [2_000_000, 2_000_000, 1_000_000, 50_000, 2_000, 0], Stakes = [1_000_000_000, 50_000_000, 2_000];
    static readonly TokenAmount Plenty = new(1_000_000_000_000);

    readonly Dictionary<Address, Web3> senders = [];

    Cast(LocalChain chain, Web3 deployer, Rail rail, ChainState state) => (Chain, Deployer, Rail, State) = (chain, deployer, rail, state);

    public LocalChain Chain { get; }

    /// <summary>Who may do what anybody may, and holds the tokens.</summary>
    public Web3 Deployer { get; }

    public Rail Rail { get; }

    public ChainState State { get; }

    public List<CastPayer> Payers { get; } = [];

    /// <summary>What the contracts among the payers say: they accept their owner's signatures.</summary>
    public AskWallet Wallets => (wallet, digest, signature, _) =>
        ValueTask.FromResult(Payers.Find(payer => payer.Address == wallet) is { IsContract: true } payer && Ecdsa.Recover(digest, signature) == payer.Wallet.Address);

    public List<Account> Providers { get; } = [];

    /// <summary>The first of them signs most statements.</summary>
    public List<CastNode> Nodes { get; } = [];

    public List<CastNode> Unknown { get; } = [];

    public static async Task<Cast> GatherAsync(Dice dice)
    {
        TimeSpan thaw = TimeSpan.FromMinutes(10), window = TimeSpan.FromHours(1);
        var chain = await LocalChain.StartAsync(blockSeconds: 0.05);
        var deployer = chain.As(LocalChain.Account(0));
        var rail = await RailDeployment.DeployAsync(deployer, new() { ThawPeriod = thaw, DisputeWindow = window, UnbondingPeriod = 2 * window, MinimumStake = new(1_000), StakeMultiple = (uint)Multiple });
        // From here on a block comes when it is asked for, at the second that it is given.
        await chain.AskAsync("evm_setIntervalMining", 0);
        var cast = new Cast(chain, deployer, rail, new ChainState((ulong)thaw.TotalSeconds, (ulong)window.TotalSeconds, (uint)Multiple) { Now = Start });
        foreach (var contract in new[] { rail.Escrow, rail.Staking }) await cast.SendAsync(rail.Token, TestTetherContract.ApproveData(contract, Plenty));
        foreach (var deposit in Deposits) await cast.AddPayerAsync(dice, deposit);
        await cast.AddPayerAsync(dice, Deposits[0], contract: true);
        foreach (var stake in Stakes) await cast.AddProviderAsync(dice, stake, nodes: 2);
        await cast.SendAsync(cast.Providers[1], rail.Staking, StakingContract.RetireNodeData(cast.Nodes[3].Address));
        for (var i = 0; i < 2; i++) cast.Unknown.Add(new(dice.Key(), default));
        return cast;
    }

    public Task<TransactionReceipt> SendAsync(Account sender, Address contract, byte[] data) => SendAsync(senders[sender.Address], contract, data);

    /// <summary>As the deployer.</summary>
    public Task<TransactionReceipt> SendAsync(Address contract, byte[] data, ulong gas = MostGas) => SendAsync(Deployer, contract, data, gas);

    /// <summary>Reads a payer's account anew, after something other than a settlement changed it.</summary>
    public async Task RefreshAsync(CastPayer payer)
    {
        var escrow = new EscrowContract(Deployer, Rail.Escrow);
        var state = State.Payers[payer.Address];
        (state.Balance, _, _, state.Spent, state.Epoch) = await escrow.AccountOfAsync(payer.Address);
        state.Holds.Clear();
        foreach (var provider in Providers)
            if (await escrow.ReserveOfAsync(payer.Address, provider.Address) is { Amount.IsZero: false } hold) state.Holds[provider.Address] = hold;
    }

    public Task<TokenAmount> StakeOfAsync(Address provider) => new StakingContract(Deployer, Rail.Staking).StakeOfAsync(provider);

    /// <summary>What the contracts hold is what the state says.</summary>
    public async Task AssertSameAccountsAsync()
    {
        var escrow = new EscrowContract(Deployer, Rail.Escrow);
        foreach (var payer in Payers)
        {
            var (balance, _, reserved, spent, epoch) = await escrow.AccountOfAsync(payer.Address);
            var state = State.Payers[payer.Address];
            Assert.Equal((balance, reserved, spent, epoch), (state.Balance, state.Held, state.Spent, state.Epoch));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Deployer.DisposeAsync();
        await Chain.DisposeAsync();
    }

    async Task AddPayerAsync(Dice dice, ulong deposit, bool contract = false)
    {
        var wallet = dice.Key();
        var address = contract ? await DeployWalletAsync(wallet.Address) : wallet.Address;
        var payer = new CastPayer(address, wallet, [dice.Key(), dice.Key(), dice.Key()]);
        await FundAsync(payer.Wallet);
        Payers.Add(payer);
        State.Payers[payer.Address] = new();
        if (deposit > 0) await SendAsync(Rail.Escrow, EscrowContract.DepositForData(payer.Address, new(deposit)));
        await RefreshAsync(payer);
    }

    async Task<Address> DeployWalletAsync(Address owner)
    {
        var receipt = await SendAsync(Deployer, null, TestContract.Code("TestWallet", TestContract.Word(owner)));
        return receipt.ContractAddress ?? throw new InvalidOperationException("No wallet was made.");
    }

    async Task AddProviderAsync(Dice dice, ulong stake, int nodes)
    {
        var provider = dice.Key();
        await FundAsync(provider);
        Providers.Add(provider);
        await SendAsync(Rail.Staking, StakingContract.StakeForData(provider.Address, new(stake)));
        State.Stakes[provider.Address] = new(stake);
        for (var i = 0; i < nodes; i++)
        {
            var node = new CastNode(dice.Key(), provider.Address);
            var receipt = await SendAsync(provider, Rail.Staking, StakingContract.AddNodeData(node.Address, node.Key.Sign(new NodeKey(provider.Address, node.Address).Digest(Rail))));
            Assert.True(receipt.Succeeded);
            Nodes.Add(node);
            State.ProviderOf[node.Address] = provider.Address;
        }
    }

    async Task FundAsync(Account key)
    {
        await Chain.AskAsync("anvil_setBalance", key.Address.ToString(), "0x56bc75e2d63100000");
        senders[key.Address] = Chain.As(key);
    }

    // A block of its own, a second after the last unless more time has passed by the state's clock.
    async Task<TransactionReceipt> SendAsync(Web3 sender, Address? contract, byte[] data, ulong gas = MostGas)
    {
        var hash = await sender.SendTransactionAsync(new(contract, data) { Gas = gas });
        await Chain.AskAsync("evm_setNextBlockTimestamp", (long)State.Now);
        await Chain.MineAsync();
        State.Now++;
        return await Deployer.Eth.GetTransactionReceiptAsync(hash) ?? throw new InvalidOperationException("The block came without its transaction.");
    }
}
