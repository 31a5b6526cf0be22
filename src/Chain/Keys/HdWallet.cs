namespace ProofMesh.Chain;

/// <summary>Accounts derived from one mnemonic (BIP-39, BIP-32) at Ethereum's paths m/44'/60'/0'/0/i (BIP-44), as wallets derive them.</summary>
public sealed class HdWallet
{
    /// <summary>Coin type 60 is Ethereum's (SLIP-44).</summary>
    public const string DefaultPath = "m/44'/60'/0'/0";

    readonly ExtendedKey parent;

    /// <exception cref="ArgumentException">Not a valid mnemonic.</exception>
    /// <exception cref="FormatException">Not a derivation path.</exception>
    public HdWallet(string mnemonic, string passphrase = "", string path = DefaultPath) =>
        parent = ExtendedKey.FromSeed(Mnemonic.ToSeed(mnemonic, passphrase)).Derive(path);

    public Account GetAccount(uint index) => Account.FromPrivateKey(parent.Child(index).PrivateKey);
}
