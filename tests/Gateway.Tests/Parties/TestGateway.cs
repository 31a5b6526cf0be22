using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ProofMesh.Chain;
using ProofMesh.Gateway;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Gateway_Tests;

/// <summary>The gateway as it is, on a port of its own, over a Postgres whose mirror of the chain the test writes.</summary>
sealed class TestGateway : IAsyncDisposable
{
    public static readonly Rail Rail = new(31337, Party(1), Party(2), Party(3), Party(4));
    static int block;

    readonly string keyFile;
    WebApplication app;

    TestGateway(TestPostgres postgres, string keyFile, Account spender, string[] extra)
    {
        (Postgres, this.keyFile, Spender) = (postgres, keyFile, spender);
        Arguments = [
            "--Url", "http://127.0.0.1:0", "--Name", "test", "--Postgres:ConnectionString", postgres.ConnectionString, "--Spender:KeyFile", keyFile,
            "--Rail:ChainId", "31337", "--Rail:Token", Rail.Token.ToString(), "--Rail:Escrow", Rail.Escrow.ToString(),
            "--Rail:Staking", Rail.Staking.ToString(), "--Rail:Settlement", Rail.Settlement.ToString(), "--MinimumStake", "1000", "--Limits:SignInsPerMinute", "100000", .. extra];
        app = GatewayApp.Build(Arguments);
    }

    public TestPostgres Postgres { get; }
    public Account Spender { get; }
    public string[] Arguments { get; }
    public Uri Url => new(app.Address());
    public HttpClient Http { get; private set; } = Client();
    public T Service<T>() where T : notnull => app.Services.GetRequiredService<T>();

    public static async Task<TestGateway> StartAsync(params string[] extra)
    {
        var spender = Account.Generate();
        var key = new byte[32];
        spender.CopyPrivateKey(key);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Hex.Encode(key));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var gateway = new TestGateway(new TestPostgres(), file, spender, extra);
        await gateway.app.StartGatewayAsync(CancellationToken.None);
        gateway.Http.BaseAddress = gateway.Url;
        return gateway;
    }

    // Who closes an answer halfway hangs up at once, as a browser does, instead of reading on for a while.
    static HttpClient Client() => new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(60) };

    public static Address Party(byte number)
    {
        var bytes = new byte[20];
        bytes[19] = number;
        bytes[0] = 0xaa;
        return new Address(bytes);
    }

    /// <summary>Ends this process's gateway without a word to the database, as kill -9 does, and starts another under its name.</summary>
    public async Task RestartAsync()
    {
        var old = app;
        app = GatewayApp.Build(Arguments);
        await app.StartGatewayAsync(CancellationToken.None);
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await old.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // That is what it was told.
        }
        Http.Dispose();
        Http = Client();
        Http.BaseAddress = Url;
    }

    /// <summary>A wallet with money in escrow, signed in, with a grant and an API key.</summary>
    public async Task<TestCustomer> CustomerAsync(ulong deposit = 10_000_000, ulong cap = 1_000_000_000, string keyBody = "{}")
    {
        var wallet = Account.Generate();
        await DepositAsync(wallet.Address, deposit);
        var session = await SignInAsync(wallet);
        var customer = new TestCustomer(this, wallet, session);
        if (cap > 0) (await customer.GrantAsync(cap)).EnsureSuccessStatusCode();
        var key = JsonNode.Parse(await (await SendAsync(HttpMethod.Post, "/v1/keys", session, keyBody)).EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
        return customer with { ApiKey = (string)key["secret"]! };
    }

    public async Task<string> SignInAsync(Account wallet)
    {
        var nonce = await NonceAsync();
        var answer = await VerifyAsync(wallet, Message(wallet.Address, nonce).ToString());
        answer.EnsureSuccessStatusCode();
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["token"]!;
    }

    public async Task<string> NonceAsync() =>
        (string)JsonNode.Parse(await (await Http.PostAsync("/v1/auth/nonce", null)).EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["nonce"]!;

    public SignInMessage Message(Address wallet, string nonce) =>
        new(Url.Authority, wallet, Url.ToString(), Rail.ChainId, nonce, DateTimeOffset.UtcNow, null, null);

    public Task<HttpResponseMessage> VerifyAsync(Account wallet, string message) =>
        Http.PostAsJsonAsync("/v1/auth/verify", new { message, signature = wallet.SignMessage(message).ToString() });

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token, string? body = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public Task DepositAsync(Address payer, ulong amount) => MirrorAsync(
        "insert into chain.deposited (block_number, log_index, transaction_hash, payer, sender, amount) values (@block, 0, @hash, @payer, @payer, @amount)", new { payer, amount });

    public Task ThawAsync(Address payer, ulong amount) => MirrorAsync(
        "insert into chain.thawing (block_number, log_index, transaction_hash, payer, amount, ready_at) values (@block, 0, @hash, @payer, @amount, 4102444800)", new { payer, amount });

    public Task ClaimAsync(Address payer, Address node, ulong amount, ulong claimed) => MirrorAsync(
        "insert into chain.claimed (block_number, log_index, transaction_hash, payer, node, amount, claimed) values (@block, 0, @hash, @payer, @node, @amount, @claimed)", new { payer, node, amount, claimed });

    public Task RevokeAsync(Address payer, int epoch) => MirrorAsync(
        "insert into chain.epoch_raised (block_number, log_index, transaction_hash, payer, epoch, ends_at) values (@block, 0, @hash, @payer, @epoch, 4102444800)", new { payer, epoch });

    /// <summary>The newest block was never there.</summary>
    public async Task ReorganiseAsync()
    {
        await using var connection = await Postgres.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync("delete from chain.block where number = (select max(number) from chain.block)");
    }

    public async Task RegisterAsync(Address provider, Address node, ulong stake)
    {
        await MirrorAsync("insert into chain.staked (block_number, log_index, transaction_hash, provider, sender, amount) values (@block, 0, @hash, @provider, @provider, @stake)", new { provider, stake });
        await MirrorAsync("insert into chain.node_added (block_number, log_index, transaction_hash, provider, node) values (@block, 0, @hash, @provider, @node)", new { provider, node });
    }

    // One event in a block of its own, confirmed at once.
    async Task MirrorAsync(string insert, object arguments)
    {
        await using var connection = await Postgres.DataSource.OpenConnectionAsync();
        var values = new DynamicParameters(arguments);
        var number = Interlocked.Increment(ref block);
        values.AddDynamicParams(new { block = (long)number, hash = Bytes32.Random(), parent = Bytes32.Random(), zero = Address.Zero });
        await connection.ExecuteAsync($"""
            insert into chain.block (number, hash, parent_hash, timestamp) values (@block, @hash, @parent, @block);
            insert into chain.cursor (chain_id, settlement, escrow, staking, start_block, number, head, confirmed)
            values (31337, @zero, @zero, @zero, 0, @block, @block, @block)
            on conflict (one) do update set number = @block, head = @block, confirmed = @block;
            {insert}
            """, values);
    }

    /// <summary>Sum zero, accounts equal their postings, vouchers equal unsettled, open requests equal reserved.</summary>
    public async Task BooksBalanceAsync() => Assert.Empty(await Service<Books>().FaultsAsync(CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        await BooksBalanceAsync();
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await Postgres.DisposeAsync();
        File.Delete(keyFile);
    }
}
