using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>A hot key on disk: 0x-hexadecimal, mode 600 from the moment that the file exists.</summary>
static class KeyFile
{
    public static void Write(string path, Account account)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Span<byte> key = stackalloc byte[32];
        account.CopyPrivateKey(key);
        using var file = new StreamWriter(path, options);
        file.WriteLine(Hex.Encode(key));
        key.Clear();
    }

    public static Account Read(string path) => Account.FromPrivateKey(File.ReadAllText(path).Trim());
}
