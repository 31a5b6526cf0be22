using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Private keys in files that a password opens: keystore version 3, as geth and wallets write it.</summary>
public static class Keystore
{
    const int MaxFileBytes = 64 << 10, KeyBytes = 32;
    // A file is hostile input too: its work factors may cost some seconds and a gibibyte, not the machine.
    const long MaxScryptMemory = 1L << 30;
    const int MaxScryptP = 16, MaxIterations = 20_000_000;

    /// <summary>What geth and wallets write: about a second and 256 MiB to try one password.</summary>
    public const int StandardWork = 1 << 18;

    /// <summary>For keys of processes that start often: about 20 ms and 4 MiB.</summary>
    public const int LightWork = 1 << 12;

    /// <summary>Encrypts a key with scrypt.</summary>
    /// <param name="work">scrypt's n, a power of two.</param>
    public static string Encrypt(Account account, string password, int work = StandardWork)
    {
        if (work < 2 || (work & work - 1) != 0) throw new ArgumentException("scrypt's n is a power of two.");
        var kdf = new KeystoreKdf(KeyBytes, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), N: work, R: 8, P: work == LightWork ? 6 : 1);
        return Encrypt(account, password, "scrypt", kdf);
    }

    /// <summary>Encrypts a key with PBKDF2, which needs no memory.</summary>
    public static string EncryptPbkdf2(Account account, string password, int iterations = 262_144) =>
        Encrypt(account, password, "pbkdf2", new(KeyBytes, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), C: iterations, Prf: "hmac-sha256"));

    /// <exception cref="FormatException">Not a keystore of version 3, or work factors beyond what this machine is asked to do.</exception>
    /// <exception cref="CryptographicException">A wrong password.</exception>
    public static Account Decrypt(string json, string password)
    {
        var file = Read(json);
        var derived = Derive(file.Crypto, password);
        var encrypted = Bytes(file.Crypto.Ciphertext, KeyBytes);
        var key = new byte[KeyBytes];
        try
        {
            if (!CryptographicOperations.FixedTimeEquals(Mac(derived, encrypted), Bytes(file.Crypto.Mac, 32))) throw new CryptographicException("The password doesn't open this key.");
            Crypt(derived, Bytes(file.Crypto.Cipherparams.Iv, 16), encrypted, key);
            return Account.FromPrivateKey(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Writes a key to a new file that its owner alone can read (mode 600).</summary>
    /// <exception cref="IOException">The file exists: a key is never written over.</exception>
    public static void Save(string path, Account account, string password, int work = StandardWork)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var json = Encrypt(account, password, work);
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(json));
        file.Flush(flushToDisk: true);
    }

    /// <inheritdoc cref="Decrypt"/>
    public static Account Load(string path, string password)
    {
        if (new FileInfo(path).Length > MaxFileBytes) throw new FormatException($"{path} is no keystore: it is larger than {MaxFileBytes} bytes.");
        return Decrypt(File.ReadAllText(path), password);
    }

    static string Encrypt(Account account, string password, string kdf, KeystoreKdf parameters)
    {
        byte[] iv = RandomNumberGenerator.GetBytes(16), key = new byte[KeyBytes], encrypted = new byte[KeyBytes];
        var crypto = new KeystoreCrypto("aes-128-ctr", "", new(Convert.ToHexStringLower(iv)), kdf, parameters, "");
        var derived = Derive(crypto, password);
        account.CopyPrivateKey(key);
        Crypt(derived, iv, key, encrypted);
        CryptographicOperations.ZeroMemory(key);
        crypto = crypto with { Ciphertext = Convert.ToHexStringLower(encrypted), Mac = Convert.ToHexStringLower(Mac(derived, encrypted)) };
        CryptographicOperations.ZeroMemory(derived);
        var file = new KeystoreFile(3, crypto, Guid.NewGuid().ToString(), Convert.ToHexStringLower(account.Address.ToArray()));
        return JsonSerializer.Serialize(file, KeystoreJson.Default.KeystoreFile);
    }

    static KeystoreFile Read(string json)
    {
        try
        {
            var file = JsonSerializer.Deserialize(json, KeystoreJson.Default.KeystoreFile);
            return file is { Version: 3, Crypto.Cipher: "aes-128-ctr" } ? file : throw new FormatException("Only keystores of version 3 with aes-128-ctr are read.");
        }
        catch (JsonException wrong)
        {
            throw new FormatException("This is no keystore of version 3.", wrong);
        }
    }

    static byte[] Derive(KeystoreCrypto crypto, string password)
    {
        var secret = Encoding.UTF8.GetBytes(password);
        if (crypto.Kdfparams.Dklen != KeyBytes) throw new FormatException("A keystore derives 32 bytes.");
        var salt = Bytes(crypto.Kdfparams.Salt, null);
        switch (crypto.Kdf, crypto.Kdfparams)
        {
            case ("scrypt", { N: { } n, R: { } r, P: { } p }):
                if (n < 2 || (n & n - 1) != 0 || r < 1 || p is < 1 or > MaxScryptP || 128L * n * r > MaxScryptMemory) throw new FormatException($"scrypt with n={n}, r={r}, p={p} is malformed or too much work.");
                return Scrypt.Generate(secret, salt, n, r, p, KeyBytes);
            case ("pbkdf2", { C: { } iterations, Prf: "hmac-sha256" }):
                if (iterations is < 1 or > MaxIterations) throw new FormatException($"PBKDF2 with {iterations} iterations is malformed or too much work.");
                return Rfc2898DeriveBytes.Pbkdf2(secret, salt, iterations, HashAlgorithmName.SHA256, KeyBytes);
            default:
                throw new FormatException("Only scrypt and PBKDF2 with hmac-sha256 are read.");
        }
    }

    static byte[] Mac(byte[] derived, byte[] encrypted) => Keccak256.Hash([.. derived.AsSpan(16, 16), .. encrypted]).ToArray();

    // AES-128 in counter mode over two blocks: the key stream is the encryption of iv and iv + 1.
    static void Crypt(byte[] derived, byte[] iv, ReadOnlySpan<byte> input, Span<byte> output)
    {
        using var aes = Aes.Create();
        aes.Key = derived[..16];
        Span<byte> counters = stackalloc byte[KeyBytes], stream = stackalloc byte[KeyBytes];
        iv.CopyTo(counters);
        iv.CopyTo(counters[16..]);
        for (var i = KeyBytes - 1; i >= 16 && ++counters[i] == 0; i--) { }
        aes.EncryptEcb(counters, stream, PaddingMode.None);
        for (var i = 0; i < KeyBytes; i++) output[i] = (byte)(input[i] ^ stream[i]);
    }

    static byte[] Bytes(string hex, int? size)
    {
        try
        {
            var bytes = Hex.Decode(hex);
            return size is null || bytes.Length == size ? bytes : throw new FormatException($"{size} bytes are expected in a keystore, and {bytes.Length} are there.");
        }
        catch (FormatException wrong)
        {
            throw new FormatException("A field of the keystore isn't the hexadecimal text that it should be.", wrong);
        }
    }
}
