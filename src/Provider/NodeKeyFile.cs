using ProofMesh.Chain;

namespace ProofMesh.Provider;

/// <summary>The node's hot key on disk: 0x-hexadecimal in a file that only its owner can read.</summary>
static class NodeKeyFile
{
    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <exception cref="InvalidDataException">Others may read the file, or it holds no key.</exception>
    public static Account Load(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            throw new InvalidDataException($"{path} can be read by others: run chmod 600 on it.");
        try
        {
            return Account.FromPrivateKey(File.ReadAllText(path).Trim());
        }
        catch (ArgumentException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
    }
}
