using System.Text;

namespace ProofMesh.Cli;

/// <summary>What must not be seen: typed without showing, or read from a pipe; never a word of the command line.</summary>
static class Secret
{
    const int Longest = 1_024;

    /// <summary>A line of standard input.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static string Read(string question)
    {
        var line = Console.IsInputRedirected ? Console.In.ReadLine() : Typed(question);
        if (string.IsNullOrWhiteSpace(line)) throw new CommandException("Nothing was given.");
        return line.Length <= Longest ? line.Trim() : throw new CommandException("That is too long.");
    }

    /// <summary>From PROOFMESH_PASSWORD, or typed.</summary>
    /// <exception cref="CommandException">Neither is possible.</exception>
    public static string Password(string question)
    {
        if (Environment.GetEnvironmentVariable("PROOFMESH_PASSWORD") is { } given) return given;
        return Console.IsInputRedirected ? throw new CommandException("A password is needed: set PROOFMESH_PASSWORD, or run this at a terminal.") : Typed(question);
    }

    /// <summary>The password of a new wallet, typed twice.</summary>
    /// <exception cref="CommandException">It is empty, or typed two ways.</exception>
    public static string NewPassword()
    {
        var password = Password("New password: ");
        if (password.Length == 0) throw new CommandException("The password is empty.");
        var typed = Environment.GetEnvironmentVariable("PROOFMESH_PASSWORD") is null;
        return typed && Typed("Once more: ") != password ? throw new CommandException("The passwords differ.") : password;
    }

    static string Typed(string question)
    {
        Console.Error.Write(question);
        var typed = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace && typed.Length > 0) typed.Length--;
            else if (key.KeyChar >= ' ') typed.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
