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
        try
        {
            return File.ReadAllText(path).TrimStart().StartsWith('{') ? Keystore.Load(path, Password($"Password of {path}: ")) : KeyFile.Read(path);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or System.Security.Cryptography.CryptographicException)
        {
            throw new CommandException($"{path} can't be opened: {fault.Message}");
        }
    }

    /// <summary>From PROOFMESH_PASSWORD, or typed without showing.</summary>
    public static string Password(string question)
    {
        if (Environment.GetEnvironmentVariable("PROOFMESH_PASSWORD") is { } given) return given;
        if (Console.IsInputRedirected) throw new CommandException("A password is needed: set PROOFMESH_PASSWORD, or run this at a terminal.");
        Console.Error.Write(question);
        var typed = new System.Text.StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace && typed.Length > 0) typed.Length--;
            else if (key.KeyChar >= ' ') typed.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
