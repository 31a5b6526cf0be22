using ProofMesh.Chain;

namespace ProofMesh.Settlement;

/// <summary>The account that pays the gas. It can steal nothing, and no other process may send from it.</summary>
sealed record KeyOptions
{
    /// <summary>0x and 64 hexadecimal digits, or a keystore v3; readable by its owner alone (mode 600).</summary>
    public string File { get; init; } = "";

    /// <summary>Holds the keystore's password.</summary>
    public string PasswordFile { get; init; } = "";

    public IEnumerable<string> Faults()
    {
        if (File.Length == 0) yield return "Key:File is empty: set it to a file with the private key that pays the gas.";
        else if (Fault(File) is { } fault) yield return $"Key:File {fault}";
        if (PasswordFile.Length > 0 && Fault(PasswordFile) is { } password) yield return $"Key:PasswordFile {password}";
    }

    /// <exception cref="ArgumentException">The file holds no key.</exception>
    public Account Open()
    {
        var text = System.IO.File.ReadAllText(File).Trim();
        if (!text.StartsWith('{')) return Account.FromPrivateKey(text);
        if (PasswordFile.Length == 0) throw new ArgumentException("Key:PasswordFile is empty, and the key is a keystore.");
        return Keystore.Decrypt(text, System.IO.File.ReadAllText(PasswordFile).TrimEnd('\r', '\n'));
    }

    static string? Fault(string path)
    {
        if (!System.IO.File.Exists(path)) return $"names {path}, which doesn't exist.";
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        return !OperatingSystem.IsWindows() && (System.IO.File.GetUnixFileMode(path) & Others) != 0 ? $"{path} can be read by others: chmod 600 {path}" : null;
    }
}
