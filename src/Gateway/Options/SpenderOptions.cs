using ProofMesh.Chain;

namespace ProofMesh.Gateway;

/// <summary>The key that signs vouchers for the payers that granted it so. One replica or all may use it.</summary>
sealed record SpenderOptions
{
    /// <summary>A file with the key as 0x and 64 hexadecimal digits, readable by its owner alone (mode 600).</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>A keystore (version 3) instead of the bare key; its password stands in <see cref="PasswordFile"/>.</summary>
    public string Keystore { get; init; } = "";

    /// <summary>A file with the keystore's password in its first line, readable by its owner alone.</summary>
    public string PasswordFile { get; init; } = "";

    public IEnumerable<string> Faults()
    {
        if (KeyFile.Length == 0 == (Keystore.Length == 0)) yield return "Spender: set KeyFile to a file with the spender's private key, or Keystore and PasswordFile.";
        if (KeyFile.Length > 0 && SecretFault("KeyFile", KeyFile) is { } key) yield return key;
        if (Keystore.Length == 0) yield break;
        if (!File.Exists(Keystore)) yield return $"Spender:Keystore names {Keystore}, which doesn't exist.";
        if (SecretFault("PasswordFile", PasswordFile) is { } password) yield return password;
    }

    public Account Open() => KeyFile.Length > 0
        ? Account.FromPrivateKey(File.ReadAllText(KeyFile).Trim())
        : Chain.Keystore.Load(Keystore, File.ReadLines(PasswordFile).First());

    static string? SecretFault(string name, string file)
    {
        if (!File.Exists(file)) return $"Spender:{name} names '{file}', which doesn't exist.";
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0 ? $"Spender:{name} {file} can be read by others: chmod 600 {file}" : null;
    }

    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
}
