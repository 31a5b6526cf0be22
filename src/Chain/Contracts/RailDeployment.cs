using ProofMesh.Protocol;

namespace ProofMesh.Chain.Contracts;

/// <summary>How a rail's contracts are set up; the defaults suit a local chain. contracts/README.md states the bounds.</summary>
public sealed record RailDeployment
{
    // Twice what the largest contract takes; given, because the contracts can't be estimated before their peers exist.
    const ulong Gas = 7_000_000;

    /// <summary>The token that the rail moves; null deploys a test Tether whose whole supply the deployer holds.</summary>
    public Address? Token { get; init; }

    public TokenAmount TestSupply { get; init; } = new(1_000_000_000_000_000);

    public int Decimals { get; init; } = 6;

    public string Symbol { get; init; } = "USDT";

    /// <summary>Uniswap's Permit2, or zero where there is none.</summary>
    public Address Permit2 { get; init; }

    /// <summary>Who may propose fees and pause deposits, and where fees go; null is the deployer.</summary>
    public Address? Owner { get; init; }

    public Address? Treasury { get; init; }

    public TimeSpan ThawPeriod { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan DisputeWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>At least the dispute window and four phases of a challenge.</summary>
    public TimeSpan UnbondingPeriod { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long a challenge may be answered, committed to and revealed, each.</summary>
    public TimeSpan ChallengePhase { get; init; } = TimeSpan.FromMinutes(10);

    public TokenAmount MinimumStake { get; init; } = new(100_000_000);

    /// <summary>What a proven fraud costs a provider.</summary>
    public TokenAmount Penalty { get; init; } = new(50_000_000);

    /// <summary>The least that a challenger, and an auditor, bonds.</summary>
    public TokenAmount ChallengeBond { get; init; } = new(50_000_000);

    public TokenAmount AuditorBond { get; init; } = new(100_000_000);

    public ushort FeeBasisPoints { get; init; } = 250;

    /// <summary>Claims within a dispute window move at most this many times a provider's free stake.</summary>
    public uint StakeMultiple { get; init; } = 100;

    /// <summary>Deploys a rail from the embedded bytecode by the account of <paramref name="web3"/>, which must send nothing else meanwhile.</summary>
    /// <exception cref="TransactionFailedException">A constructor refused.</exception>
    public static async Task<Rail> DeployAsync(Web3 web3, RailDeployment? options = null, CancellationToken stop = default)
    {
        options ??= new();
        var deployer = web3.Account?.Address ?? throw new ArgumentException("The deployer's account is missing.");
        var nonce = await web3.Eth.GetTransactionCountAsync(deployer, BlockParameter.Pending, stop);
        var pending = new List<Bytes32>();
        if (options.Token is null) pending.Add(await Create(TestTetherContract.DeploymentData(options.TestSupply, "Tether USD", options.Symbol, (byte)options.Decimals)));
        // The contracts know each other by the addresses that the deployer's next nonces will give them.
        var token = options.Token ?? CreatedAddress.Of(deployer, nonce++);
        Address staking = CreatedAddress.Of(deployer, nonce), escrow = CreatedAddress.Of(deployer, nonce + 1), settlement = CreatedAddress.Of(deployer, nonce + 2),
            disputes = CreatedAddress.Of(deployer, nonce + 3);
        Address owner = options.Owner ?? deployer, treasury = options.Treasury ?? deployer;
        pending.Add(await Create(StakingContract.DeploymentData(token, disputes, treasury, owner, Seconds(options.UnbondingPeriod), options.MinimumStake)));
        pending.Add(await Create(EscrowContract.DeploymentData(token, options.Permit2, settlement, owner, Seconds(options.ThawPeriod))));
        pending.Add(await Create(SettlementContract.DeploymentData(escrow, staking, disputes, treasury, owner, Seconds(options.DisputeWindow), options.FeeBasisPoints, options.StakeMultiple)));
        pending.Add(await Create(DisputesContract.DeploymentData(settlement, options.Penalty, options.ChallengeBond, options.AuditorBond, Seconds(options.ChallengePhase))));
        foreach (var hash in pending)
            if (await web3.WaitForReceiptAsync(hash, stop) is { Succeeded: false } failed) throw new TransactionFailedException(failed, null);
        return new(await web3.Eth.GetChainIdAsync(stop), token, escrow, staking, settlement, options.Decimals, options.Symbol);

        Task<Bytes32> Create(byte[] code) => web3.SendTransactionAsync(new(null, code) { Gas = Gas }, stop);
    }

    static ulong Seconds(TimeSpan period) => (ulong)period.TotalSeconds;
}
