using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>A hot key on disk: 0x-hexadecimal, mode 600 from the moment that the file exists.</summary>
static class KeyFile
{
    const int MostBytes = 200;
    const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

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

    /// <exception cref="CommandException">No key in it, or others may read it.</exception>
    public static Account Read(string path)
    {
        if (new FileInfo(path).Length > MostBytes) throw new CommandException($"{path} holds no key: it is larger than {MostBytes} bytes.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != 0) throw new CommandException($"Others may read the key in {path}: chmod 600 {path}");
        try
        {
            return Account.FromPrivateKey(File.ReadAllText(path).Trim());
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            // The fault's own message might repeat what stands in the file.
            throw new CommandException($"{path} holds no key: 0x and 64 hexadecimal digits are expected.");
        }
    }

    /// <summary>The key in a file, made where there is none.</summary>
    public static Account ReadOrMake(string path)
    {
        if (File.Exists(path)) return Read(path);
        var account = Account.Generate();
        Write(path, account);
        return account;
    }
}
