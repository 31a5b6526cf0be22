using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Settlement_Tests;

/// <summary>The service as a process, killed without warning while it works.</summary>
public sealed class CrashTests(RailFixture fixture) : IAsyncLifetime
{
    readonly TestRail rail = fixture.Rail;
    readonly TestPostgres postgres = new();
    readonly string folder = Directory.CreateTempSubdirectory("proofmesh-settlement-").FullName;
    readonly HttpClient http = new();
    Process? service;

    public async ValueTask InitializeAsync()
    {
        using var account = Account.Generate();
        await rail.Chain.AskAsync("anvil_setBalance", account.Address.ToString(), "0xde0b6b3a7640000");
        var bytes = new byte[32];
        account.CopyPrivateKey(bytes);
        await File.WriteAllTextAsync(Path.Combine(folder, "key"), Hex.Encode(bytes));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(folder, "key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async ValueTask DisposeAsync()
    {
        service?.Kill();
        service?.Dispose();
        http.Dispose();
        await postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_start_with_wrong_options_says_what_to_change()
    {
        using var process = Start(new { Rail = new { ChainId = 0 } });
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(2, process.ExitCode);
        Assert.Contains("Rail:ChainId is 0", errors);
        Assert.Contains("Key:File is empty", errors);
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_however_often_the_service_is_killed()
    {
        var (node, payer) = (await rail.NodeAsync(), await rail.PayerAsync(1_000_000));
        var random = new Random(7);
        ulong total = 0;
        for (var round = 0; round < 6; round++)
        {
            var url = await StartAsync();
            var receipts = node.Receipts(3, payer.Address);
            total += 90;
            var submission = new SettlementSubmission([payer.Grant()], [payer.Voucher(node.Address, total, payer.Spender)], [node.Statement(receipts)], receipts);
            using var answer = await http.PostAsync($"{url}/v1/settlements", JsonContent.Create(submission, WireJson.Default.SettlementSubmission));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            // From before the transaction is stored until after it is mined.
            await Task.Delay(random.Next(0, 400));
            service!.Kill();
            await service.WaitForExitAsync();
        }

        var last = await StartAsync();
        await WaitAsync(async () => (await http.GetFromJsonAsync<JsonElement>($"{last}/v1/nodes/{node.Address}")).GetProperty("final_sequence").GetUInt64() == 18);
        await WaitAsync(async () => (await http.GetFromJsonAsync<JsonElement>($"{last}/v1/status")).GetProperty("outbox").GetProperty("waiting_vouchers").GetInt64() == 0);

        var escrow = new EscrowContract(rail.Deployer, rail.Rail.Escrow);
        Assert.Equal(new TokenAmount(total), await escrow.ClaimedOfAsync(payer.Address, node.Address));
        Assert.Equal(new TokenAmount(1_000_000 - total), (await escrow.AccountOfAsync(payer.Address)).Balance);
        var logs = await rail.Chain.Web3.Eth.GetLogsAsync(new LogFilter { FromBlock = 0UL, Addresses = [rail.Rail.Settlement], Topics = [[StatementSettledEvent.Topic], [], [Topic(node.Address)]] });
        Assert.Equal(Enumerable.Range(1, 6).Select(i => (ulong)i * 3), logs.Select(log => ((StatementSettledEvent)SettlementContract.DecodeEvent(log)!).LastSequence));
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        Assert.Equal(0, await connection.QuerySingleAsync<long>("select count(*) from settlement.batch where state in ('failed', 'displaced')"));
        Assert.Equal(6, Directory.GetFiles(Path.Combine(folder, "published"), "*.receipts.br").Length);
    }

    [Fact]
    public async Task A_second_service_on_the_same_outbox_refuses_to_start_and_the_first_ends_cleanly()
    {
        await StartAsync();
        using (var second = Start(Options()))
        {
            Assert.Contains("Another settlement service", await second.StandardError.ReadToEndAsync());
            await second.WaitForExitAsync();
        }

        using var terminate = Process.Start("kill", ["-TERM", service!.Id.ToString()]);
        await service.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(0, service.ExitCode);
    }

    [Fact]
    public async Task A_body_that_is_no_submission_is_refused()
    {
        var url = await StartAsync();

        using var answer = await http.PostAsync($"{url}/v1/settlements", JsonContent.Create(new { grants = 5 }));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("BadSubmission", await answer.Content.ReadAsStringAsync());
    }

    object Options() => new
    {
        Url = "http://127.0.0.1:0",
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
        Key = new { File = Path.Combine(folder, "key") },
        Plan = new { MaxAge = "00:00:00" },
        Confirmations = 1,
        Poll = "00:00:00.05",
        PublishFolder = Path.Combine(folder, "published"),
    };

    async Task<string> StartAsync()
    {
        service?.Dispose();
        service = Start(Options());
        _ = service.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await service.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.StartsWith("ready ", StringComparison.Ordinal)) continue;
            _ = service.StandardOutput.ReadToEndAsync();
            return line["ready ".Length..];
        }
        throw new InvalidOperationException("The service ended before it was ready.");
    }

    Process Start(object options)
    {
        var config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, JsonSerializer.Serialize(options));
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "ProofMesh.Settlement.dll"), "--config", config])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    static async Task WaitAsync(Func<Task<bool>> done)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await done()) await Task.Delay(100, patience.Token);
    }

    static Bytes32 Topic(Address address)
    {
        var word = new byte[32];
        address.CopyTo(word.AsSpan(12));
        return new Bytes32(word);
    }
}
