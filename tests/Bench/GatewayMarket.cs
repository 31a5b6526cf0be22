using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Builder;
using ProofMesh.Chain;
using ProofMesh.Gateway;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Bench;

/// <summary>The gateway in this process over a real Postgres, with customers that have money and a node that answers at once.</summary>
internal sealed class GatewayMarket : IAsyncDisposable
{
    private static readonly Rail Rail = new(31337, Party(1), Party(2), Party(3), Party(4));
    private readonly TestPostgres postgres = new();
    private readonly string keyFile = Path.GetTempFileName();
    private const int Customers = 16;
    private readonly Account provider = Account.Generate();
    private readonly Account[] wallets = [.. Enumerable.Range(0, Customers).Select(_ => Account.Generate())];
    private readonly InstantNode node = new(Rail);
    private WebApplication? app;

    public Uri Url => new(app!.Address());

    /// <summary>One of each customer: a node is paid by one payer at a time, by many at once.</summary>
    public List<string> ApiKeys { get; } = [];

    public static async Task<GatewayMarket> StartAsync()
    {
        var market = new GatewayMarket();
        using var spender = Account.Generate();
        var key = new byte[32];
        spender.CopyPrivateKey(key);
        await File.WriteAllTextAsync(market.keyFile, Hex.Encode(key));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(market.keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        market.app = GatewayApp.Build([
            "--Url", "http://127.0.0.1:0", "--Postgres:ConnectionString", market.postgres.ConnectionString, "--Spender:KeyFile", market.keyFile, "--Logging:LogLevel:Default", "Warning",
            "--Rail:ChainId", "31337", "--Rail:Token", Rail.Token.ToString(), "--Rail:Escrow", Rail.Escrow.ToString(), "--Rail:Staking", Rail.Staking.ToString(), "--Rail:Settlement", Rail.Settlement.ToString()]);
        await market.app.StartGatewayAsync(CancellationToken.None);
        await market.FundAsync();
        foreach (var wallet in market.wallets) await market.SignInAsync(wallet, spender.Address);
        await market.node.JoinAsync(market.Url, market.provider.Address);
        return market;
    }

    private static Address Party(byte number) => new([.. new byte[19], number]);

    // What the indexer would have mirrored: a deposit, a stake, a node.
    private async Task FundAsync()
    {
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            insert into chain.block (number, hash, parent_hash, timestamp) values (1, @hash, @hash, 1);
            insert into chain.cursor (chain_id, settlement, escrow, staking, start_block, number, head, confirmed) values (31337, @zero, @zero, @zero, 0, 1, 1, 1);
            insert into chain.staked (block_number, log_index, transaction_hash, provider, sender, amount) values (1, 1, @hash, @provider, @provider, 1000000000);
            insert into chain.node_added (block_number, log_index, transaction_hash, provider, node) values (1, 2, @hash, @provider, @node);
            insert into chain.deposited (block_number, log_index, transaction_hash, payer, sender, amount)
            select 1, 2 + place, @hash, wallet, wallet, 1000000000000 from unnest(@wallets) with ordinality w (wallet, place)
            """, new { hash = Bytes32.Random(), zero = Address.Zero, wallets = wallets.Select(wallet => wallet.Address.ToArray()).ToArray(), provider = provider.Address, node = node.Address });
    }

    private async Task SignInAsync(Account wallet, Address spender)
    {
        using var http = new HttpClient { BaseAddress = Url };
        var nonce = (string)(await AnswerAsync(http.PostAsync("/v1/auth/nonce", null)))["nonce"]!;
        var message = new SignInMessage(Url.Authority, wallet.Address, Url.ToString(), Rail.ChainId, nonce, DateTimeOffset.UtcNow, null, null).ToString();
        var session = (string)(await AnswerAsync(http.PostAsJsonAsync("/v1/auth/verify", new { message, signature = wallet.SignMessage(message).ToString() })))["token"]!;
        http.DefaultRequestHeaders.Add("authorization", $"Bearer {session}");
        var grant = new Grant(wallet.Address, spender, new(1_000_000_000_000), (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600, 0);
        using var body = JsonContent.Create(new { grant = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(new SignedGrant(grant, wallet.Sign(grant.Digest(Rail))), WireJson.Default.SignedGrant)) });
        (await http.PostAsync("/v1/grants", body)).EnsureSuccessStatusCode();
        ApiKeys.Add((string)(await AnswerAsync(http.PostAsJsonAsync("/v1/keys", new { name = "bench" })))["secret"]!);
    }

    private static async Task<JsonNode> AnswerAsync(Task<HttpResponseMessage> asked) =>
        JsonNode.Parse(await (await asked).EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        await postgres.DisposeAsync();
        File.Delete(keyFile);
        foreach (var wallet in wallets) wallet.Dispose();
        provider.Dispose();
    }
}

/// <summary>A node's side of the wire that computes nothing: twenty tokens at once, then the signed receipt.</summary>
internal sealed class InstantNode(Rail rail) : IAsyncDisposable
{
    private const int Tokens = 20;
    private const uint PromptTokens = 10;
    private static readonly Prices Prices = new(1_000_000, 500_000, 2_000_000);
    private readonly ClientWebSocket socket = new();
    private readonly Account key = Account.Generate();
    private readonly Bytes32 nonce = Bytes32.Random();
    private readonly byte[] buffer = new byte[Wire.MaxFrameBytes];
    private readonly Dictionary<Address, Payer> payers = [];
    private ulong sequence;
    private Task serving = Task.CompletedTask;

    public Address Address => key.Address;

    public async Task JoinAsync(Uri gateway, Address provider)
    {
        await socket.ConnectAsync(new Uri($"ws://{gateway.Authority}/v1/nodes"), CancellationToken.None);
        var challenge = (ChallengeFrame)await ReceiveAsync();
        var manifest = new ModelManifest("echo", 4096, "bench", "none", Bytes32.Zero, []);
        var quote = new Quote(key.Address, manifest.Digest(), Prices.Input, Prices.Cached, Prices.Output, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600, nonce);
        var offer = new Offer(manifest, new(quote, key.Sign(quote.Digest(rail))), 1024);
        await SendAsync(new HelloFrame(Wire.Version, key.Address, provider, key.Sign(new Hello(key.Address, provider, challenge.Challenge).Digest(rail)), null, 1000, [offer]));
        if (await ReceiveAsync() is FaultFrame refused) throw new InvalidOperationException(refused.Message);
        serving = Task.WhenAll(ServeAsync(provider), BeatAsync());
        await Task.Delay(100);
    }

    private async Task BeatAsync()
    {
        while (socket.State == WebSocketState.Open)
        {
            await SendAsync(new LoadFrame(0, 0, 1 << 20, 0, 0, true, 1000));
            await Task.Delay(1000);
        }
    }

    private sealed class Payer
    {
        public Queue<(GenerateFrame Ask, SignedReceipt Receipt)> Waiting { get; } = [];
        public SignedVoucher? Last { get; set; }
        public TokenAmount Total { get; set; }
    }

    // Receipts of one payer are asked to be paid one after the other: the next one waits for the voucher of the last.
    private async Task ServeAsync(Address provider)
    {
        while (socket.State == WebSocketState.Open)
            switch (await ReceiveAsync())
            {
                case GenerateFrame ask:
                    for (var i = 0; i < Tokens; i++) await SendAsync(new ChunkFrame(ask.Id, i, [i], "word ", PromptTokens));
                    if (!payers.TryGetValue(ask.Payer, out var payer)) payers[ask.Payer] = payer = new Payer();
                    payer.Waiting.Enqueue((ask, Receipt(ask, payer, provider)));
                    if (payer.Waiting.Count == 1) await DemandAsync(payer);
                    break;
                case VoucherFrame voucher:
                    var paid = payers[voucher.Voucher.Voucher.Payer];
                    paid.Last = voucher.Voucher;
                    paid.Waiting.Dequeue();
                    if (paid.Waiting.Count > 0) await DemandAsync(paid);
                    break;
                case CancelFrame:
                    throw new InvalidOperationException("The gateway cancelled a request.");
                default:
                    break;
            }
    }

    private ValueTask DemandAsync(Payer payer)
    {
        var (ask, receipt) = payer.Waiting.Peek();
        var required = (payer.Last?.Voucher.Cumulative ?? TokenAmount.Zero) + receipt.Receipt.Fee;
        return SendAsync(new ReceiptFrame(ask.Id, receipt, nonce, required, payer.Last, "stop"));
    }

    private SignedReceipt Receipt(GenerateFrame ask, Payer payer, Address provider)
    {
        var fee = Prices.FeeUp(PromptTokens, 0, Tokens);
        payer.Total += fee;
        var seed = Commitments.Seed(ask.Id, ask.ClientNonce, nonce, ask.Sampling.Seed);
        var receipt = new Receipt(
            ask.Id, ask.Payer, provider, ++sequence, ask.Model, Commitments.Request(ask.Salt, ask.Chat), Commitments.Response(ask.Salt, Enumerable.Range(0, Tokens).ToArray()),
            Commitments.Sampling(ask.Salt, seed, ask.Sampling), Bytes32.Zero, PromptTokens, 0, Tokens, Prices.Input, Prices.Cached, Prices.Output, fee, payer.Total,
            (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 0, 1, ReceiptStatus.Completed);
        return new(receipt, key.Sign(receipt.Digest(rail)));
    }

    private readonly SemaphoreSlim sending = new(1);

    private async ValueTask SendAsync(Frame frame)
    {
        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(Wire.Encode(frame).AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task<Frame> ReceiveAsync()
    {
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close) throw new WebSocketException("The gateway closed the connection.");
            length += part.Count;
            if (part.EndOfMessage) return Wire.Decode(buffer.AsSpan(0, length));
        }
    }

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        try
        {
            await serving;
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It was told to end.
        }
        socket.Dispose();
        sending.Dispose();
        key.Dispose();
    }
}
