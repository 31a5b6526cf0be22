using System.Diagnostics;
using Dapper;
using Npgsql;
using ProofMesh.Database;

namespace ProofMesh.Testing;

/// <summary>A fresh, migrated database in a real Postgres. Use it as a class fixture, or dispose of it yourself.</summary>
/// <remarks>One server per process, in a temporary folder, reached over a Unix socket; it ends with the process, however that ends.</remarks>
public sealed class TestPostgres : IAsyncDisposable
{
    static readonly Lazy<string> Server = new(StartServer);
    static int databases;

    public TestPostgres() : this(migrate: true) { }

    /// <summary>A database without any schema.</summary>
    public static TestPostgres Empty() => new(migrate: false);

    TestPostgres(bool migrate)
    {
        var name = $"test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}";
        using (var admin = new NpgsqlConnection($"{Server.Value};Database=postgres;Pooling=false"))
            admin.Execute($"create database {name} template template0");
        Options = new PostgresOptions { ConnectionString = $"{Server.Value};Database={name}" };
        DataSource = Postgres.Open(Options);
        if (migrate) Migrator.ApplyAsync(DataSource, CancellationToken.None).GetAwaiter().GetResult();
    }

    public PostgresOptions Options { get; }

    public string ConnectionString => Options.ConnectionString;

    public NpgsqlDataSource DataSource { get; }

    public ValueTask DisposeAsync() => DataSource.DisposeAsync();

    static string StartServer()
    {
        var folder = Directory.CreateTempSubdirectory("proofmesh-pg-").FullName;
        var root = Environment.IsPrivilegedProcess;
        // Postgres refuses to run as root: there its own account owns the folder.
        if (root) Run("chown", "postgres", folder);
        var shell = new ProcessStartInfo(root ? "runuser" : "sh") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in root ? ["-u", "postgres", "--", "sh", "-c", Script, "sh", folder] : new[] { "-c", Script, "sh", folder }) shell.ArgumentList.Add(word);
        shell.WorkingDirectory = "/";
        var server = Process.Start(shell) ?? throw new InvalidOperationException("No shell to start Postgres from.");
        server.ErrorDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        if (server.StandardOutput.ReadLine() != "up")
            throw new InvalidOperationException($"Postgres didn't start; see {folder}/log. Debian has it in the package postgresql.");
        return $"Host={folder};Username=postgres";
    }

    // The shell waits for the end of its input, which this process holds open: when we end, even by SIGKILL, so does the server.
    const string Script = """
        bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
        "$bin/initdb" -D "$1/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync >"$1/log" 2>&1 || exit 1
        "$bin/postgres" -D "$1/data" -c listen_addresses= -c unix_socket_directories="$1" -c fsync=off -c synchronous_commit=off \
          -c full_page_writes=off -c max_connections=200 -c timezone=UTC >>"$1/log" 2>&1 </dev/null &
        server=$!
        for _ in $(seq 200); do "$bin/pg_isready" -q -h "$1" && break; sleep 0.05; done
        "$bin/pg_isready" -q -h "$1" && echo up
        cat >/dev/null
        kill -INT $server
        wait $server
        rm -rf "$1"
        """;

    static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
