using ProofMesh.Chain;

namespace ProofMesh.Gateway;

/// <summary>The key that signs vouchers for the payers that granted it so. One replica or all may use it.</summary>
sealed record SpenderOptions
{
    /// <summary>A file with the key as 0x and 64 hexadecimal digits, readable by its owner alone (mode 600).</summary>
    public string KeyFile { get; init; } = "";

    public IEnumerable<string> Faults()
    {
        if (KeyFile.Length == 0) yield return "Spender:KeyFile is empty: set it to a file with the spender's private key.";
        else if (!File.Exists(KeyFile)) yield return $"Spender:KeyFile names {KeyFile}, which doesn't exist.";
        else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(KeyFile) & Others) != 0)
            yield return $"Spender:KeyFile {KeyFile} can be read by others: chmod 600 {KeyFile}";
    }

    public Account Open() => Account.FromPrivateKey(File.ReadAllText(KeyFile).Trim());

    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
}
