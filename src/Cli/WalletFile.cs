using System.Security.Cryptography;
using ProofMesh.Chain;

namespace ProofMesh.Cli;

/// <summary>A wallet on disk: a keystore v3, or for tests a bare key in hexadecimal.</summary>
static class WalletFile
{
    /// <exception cref="CommandException">No such file, no key in it, or a wrong password.</exception>
    public static Account Open(string path)
    {
        if (path.Length == 0) throw new CommandException("No wallet: make one with `proofmesh wallet new FILE`, and name it with --wallet or in the profile.");
        if (!File.Exists(path)) throw new CommandException($"There is no wallet at {path}.");
        if (!IsKeystore(path)) return KeyFile.Read(path);
        try
        {
            return Keystore.Load(path, Secret.Password($"Password of {path}: "));
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or CryptographicException)
        {
            throw new CommandException($"{path} can't be opened: {fault.Message}");
        }
    }

    /// <summary>A path that a new wallet may take; asked for before a password is.</summary>
    /// <exception cref="CommandException">Something is there.</exception>
    public static string Free(string path)
    {
        if (Path.Exists(path)) throw new CommandException($"{path} exists: a wallet is never written over another file.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Directory.Exists(folder) ? path : throw new CommandException($"There is no folder {folder}.");
    }

    public static void Save(string path, Account account) => Keystore.Save(path, account, Secret.NewPassword());

    /// <summary>The account of a private key, or the first of a mnemonic.</summary>
    /// <exception cref="CommandException">Neither; what it was isn't repeated.</exception>
    public static Account FromSecret(string secret)
    {
        try
        {
            return secret.Contains(' ') ? new HdWallet(secret).GetAccount(0) : Account.FromPrivateKey(secret);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            throw new CommandException("That is no private key (0x and 64 hexadecimal digits) and no mnemonic (12 to 24 words of the English list with a right checksum).");
        }
    }

    static bool IsKeystore(string path)
    {
        using var file = new StreamReader(path);
        int character;
        do character = file.Read(); while (character >= 0 && char.IsWhiteSpace((char)character));
        return character == '{';
    }
}
