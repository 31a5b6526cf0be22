using System.Diagnostics;
using System.Text.Json;
using Dapper;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Indexer_Tests;

/// <summary>The indexer as a process.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    readonly TestPostgres postgres = TestPostgres.Empty();
    readonly string config = Path.GetTempFileName();
    TestRail rail = null!;

    public async ValueTask InitializeAsync() => rail = await TestRail.StartAsync();

    public async ValueTask DisposeAsync()
    {
        File.Delete(config);
        await rail.DisposeAsync();
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task A_start_with_wrong_options_says_what_to_change()
    {
        using var process = Start(new { Poll = "00:00:00" });
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(2, process.ExitCode);
        Assert.Contains("Poll is 00:00:00", errors);
        Assert.Contains("Rail:Escrow is ''", errors);
    }

    [Fact]
    public async Task An_indexer_that_is_killed_goes_on_where_it_was()
    {
        var payers = new List<Address>();
        for (var round = 0; round < 3; round++)
        {
            using var process = await ReadyAsync();
            payers.Add((await rail.PayerAsync(1_000_000)).Address);
            if (round == 2) await WaitAsync(payers.Count);
            process.Kill();
            await process.WaitForExitAsync();
        }

        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        Assert.Equal(payers.Order(), (await connection.QueryAsync<Address>("select payer from chain.payer")).Order());
        Assert.Equal(3, await connection.QuerySingleAsync<long>("select count(*) from chain.deposited"));
    }

    [Fact]
    public async Task SIGTERM_ends_it_cleanly()
    {
        using var process = await ReadyAsync();

        using var terminate = Process.Start("kill", ["-TERM", process.Id.ToString()]);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(0, process.ExitCode);
    }

    async Task<Process> ReadyAsync()
    {
        var process = Start(new
        {
            Rpc = rail.Chain.Url,
            Rail = new
            {
                rail.Rail.ChainId,
                Token = rail.Rail.Token.ToString(),
                Escrow = rail.Rail.Escrow.ToString(),
                Staking = rail.Rail.Staking.ToString(),
                Settlement = rail.Rail.Settlement.ToString(),
            },
            Postgres = new { postgres.ConnectionString },
            Confirmations = 0,
            Poll = "00:00:00.05",
        });
        _ = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line && line != "ready indexer") { }
        _ = process.StandardOutput.ReadToEndAsync();
        return process;
    }

    Process Start(object options)
    {
        File.WriteAllText(config, JsonSerializer.Serialize(options));
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "ProofMesh.Indexer.dll"), "--config", config])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    async Task WaitAsync(int payers)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            await using var connection = await postgres.DataSource.OpenConnectionAsync(patience.Token);
            if (await connection.QuerySingleAsync<long>("select count(*) from chain.deposited") == payers) return;
            await Task.Delay(50, patience.Token);
        }
    }
}
