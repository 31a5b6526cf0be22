using ProofMesh.Chain;
using ProofMesh.Client;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>Who acts in which market: a profile with its chain, gateway and wallet, each opened when it is first asked for.</summary>
sealed class Party(Profile profile, string? walletFile) : IAsyncDisposable
{
    Web3? chain;
    Account? wallet;
    ProofMeshClient? mesh;

    public Rail Rail { get; } = profile.ToRail();

    public string Settlement => profile.Settlement;

    public Account Wallet => wallet ??= WalletFile.Open(walletFile ?? profile.Wallet);

    /// <summary>The chain, to read.</summary>
    /// <exception cref="CommandException">It isn't the rail's.</exception>
    public async Task<Web3> Reader(CancellationToken stop)
    {
        if (chain is not null) return chain;
        chain = new Web3(Profile.Url(profile.Rpc, "Rpc").OriginalString);
        var id = await chain.Eth.GetChainIdAsync(stop);
        return id == Rail.ChainId ? chain : throw new CommandException($"The profile's rail is on chain {Rail.ChainId}, but {profile.Rpc} is chain {id}.");
    }

    /// <summary>The chain, to act on with the wallet.</summary>
    public async Task<Web3> Sender(CancellationToken stop)
    {
        var account = Wallet;
        return (await Reader(stop)).As(account);
    }

    /// <summary>The gateway, signed in with the wallet.</summary>
    public async Task<ProofMeshClient> Mesh(CancellationToken stop) =>
        mesh ??= await ProofMeshClient.ConnectAsync(Profile.Url(profile.Gateway, "Gateway"), Wallet, stop: stop);

    /// <summary>The gateway, with the API key in PROOFMESH_API_KEY where there is one, so that no wallet need be opened.</summary>
    public async Task<ProofMeshClient> Buyer(CancellationToken stop) =>
        Environment.GetEnvironmentVariable("PROOFMESH_API_KEY") is { Length: > 0 } key
            ? mesh ??= ProofMeshClient.WithKey(Profile.Url(profile.Gateway, "Gateway"), key)
            : await Mesh(stop);

    public string Show(TokenAmount amount) => $"{amount.ToTokens(Rail.Decimals)} {Rail.Symbol}";

    public async ValueTask DisposeAsync()
    {
        mesh?.Dispose();
        wallet?.Dispose();
        if (chain is not null) await chain.DisposeAsync();
    }
}
