using System.Diagnostics;

namespace ProofMesh.Cli;

/// <summary>A Postgres server with a data folder of its own, on the loopback address.</summary>
static class LocalPostgres
{
    const string Script = """
        bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
        if [ -z "$bin" ]; then echo "Postgres isn't installed: apt-get install postgresql" >&2; exit 1; fi
        [ -d "$1/data" ] || "$bin/initdb" -D "$1/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync >&2 || exit 1
        exec "$bin/postgres" -D "$1/data" -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$1" -c timezone=UTC -c max_connections=300
        """;

    /// <summary>Starts the server and answers its connection string once it takes connections.</summary>
    /// <param name="folder">For the log.</param>
    /// <returns>Data is the folder to delete when the server has ended.</returns>
    public static async Task<(LocalProcess Process, string ConnectionString, string Data)> Start(string folder, int port, CancellationToken stop)
    {
        // Not below the given folder: Postgres's account may be shut out of a home or a private folder above it.
        var data = Directory.CreateTempSubdirectory("proofmesh-postgres-").FullName;
        string[] words = ["sh", "-c", Script, "postgres", data, port.ToString()];
        if (Environment.IsPrivilegedProcess)
        {
            // Postgres refuses to run as root: its own account owns the folder.
            using var chown = Process.Start("chown", ["-R", "postgres", data]);
            await chown.WaitForExitAsync(stop);
            words = ["runuser", "-u", "postgres", "--", .. words];
        }
        var server = LocalProcess.Start("postgres", folder, words);
        await Answers(server, port, stop);
        return (server, $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres", data);
    }

    static async Task Answers(LocalProcess server, int port, CancellationToken stop)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if (server.Ended.IsCompleted) break;
            if (await Ports.Answers(port, stop)) return;
            await Task.Delay(50, stop);
        }
        throw new InvalidOperationException($"Postgres doesn't answer. The end of {server.LogFile}:\n{server.Tail()}");
    }
}
