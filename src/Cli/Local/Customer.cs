using ProofMesh.Chain;
using ProofMesh.Client;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>A wallet with test money on the local market, and what it got from the gateway.</summary>
sealed class Customer : IDisposable
{
    readonly LocalMarket market;

    Customer(LocalMarket market, Account wallet, string walletFile) => (this.market, Wallet, WalletFile) = (market, wallet, walletFile);

    public Account Wallet { get; }

    public string WalletFile { get; }

    public ProofMeshClient Mesh { get; private set; } = null!;

    /// <summary>For OpenAI-compatible clients.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Makes a wallet and gives it ether and test USDT.</summary>
    public static async Task<Customer> Arrive(LocalMarket market, string name, TokenAmount gift, CancellationToken stop)
    {
        var file = Path.Combine(market.Folder, $"{name}.key");
        var wallet = Account.Generate();
        KeyFile.Write(file, wallet);
        await using var rich = new Web3(market.Rich, market.Rpc);
        await market.Fund(rich, wallet.Address, gift, stop);
        return new Customer(market, wallet, file);
    }

    /// <summary>1 sign in · 2 wait until the deposit counts · 3 sign the grant · 4 make a key.</summary>
    public async Task SignIn(CancellationToken stop, bool hasMoney = true)
    {
        Mesh = await ProofMeshClient.ConnectAsync(new Uri(market.Gateway), Wallet, stop: stop);
        for (var attempt = 0; hasMoney && attempt < 300 && (await Mesh.Account.GetAsync(stop)).Available is "0"; attempt++) await Task.Delay(100, stop);
        await Mesh.Account.GrantAsync(stop: stop);
        Key = (await Mesh.Account.CreateKeyAsync("local", stop: stop)).Secret ?? throw new CommandException("The gateway made a key without its secret.");
    }

    public void Dispose() => Mesh?.Dispose();
}
