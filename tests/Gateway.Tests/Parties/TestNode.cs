using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

/// <summary>The node's side of the wire with a real key, under the test's control: what it answers is what the test says.</summary>
sealed class TestNode : IAsyncDisposable
{
    readonly ClientWebSocket socket = new();
    readonly ConcurrentDictionary<Bytes32, Channel<Frame>> inboxes = new();
    readonly SemaphoreSlim sending = new(1);
    Task reading = Task.CompletedTask;
    ulong sequence;

    public Account Key { get; init; } = Account.Generate();
    public Account Provider { get; init; } = Account.Generate();
    public ModelManifest Manifest { get; init; } = new("echo", 4096, "test", "cpu-f32", Bytes32.Random(), [Bytes32.Random()]);
    public Prices Prices { get; init; } = new(1_000_000, 500_000, 2_000_000);
    public Bytes32 Nonce { get; } = Bytes32.Random();
    public ulong QuoteLifetime { get; init; } = 600;
    public List<GenerateFrame> Asked { get; } = [];
    public List<SignedVoucher> Vouchers { get; } = [];
    public SignedVoucher? Last { get; set; }

    /// <summary>What the gateway hands over on its own when the node has joined.</summary>
    public Channel<SignedVoucher[]> Handed { get; } = Channel.CreateUnbounded<SignedVoucher[]>();

    /// <summary>What the node does with a request; by default it answers honestly with five tokens.</summary>
    public Func<TestNode, GenerateFrame, Task> Answer { get; set; } = (node, generate) => node.ServeAsync(generate, 5);

    /// <summary>The gateway's next word about a request.</summary>
    public ValueTask<Frame> HearAsync(Bytes32 id) => Inbox(id).Reader.ReadAsync();

    Channel<Frame> Inbox(Bytes32 id) => inboxes.GetOrAdd(id, _ => Channel.CreateUnbounded<Frame>());

    public static async Task<TestNode> JoinAsync(TestGateway gateway, TestNode? node = null, ulong stake = 1_000_000, bool register = true)
    {
        node ??= new TestNode();
        if (register) await gateway.RegisterAsync(node.Provider.Address, node.Key.Address, stake);
        var answer = await node.DialAsync(gateway);
        Assert.IsType<WelcomeFrame>(answer);
        node.Start();
        // The picture is swapped right after the welcome.
        while (!gateway.Service<Gateway.Mesh>().Picture.Nodes.ContainsKey(node.Key.Address)) await Task.Delay(5);
        return node;
    }

    /// <summary>Dials, answers the challenge, and gives back what the gateway says to it.</summary>
    public async Task<Frame> DialAsync(TestGateway gateway, Func<HelloFrame, Bytes32, HelloFrame?>? change = null)
    {
        await socket.ConnectAsync(new Uri($"ws://{gateway.Url.Authority}/v1/nodes"), CancellationToken.None);
        var challenge = Assert.IsType<ChallengeFrame>(await ReceiveAsync());
        var hello = new Hello(Key.Address, Provider.Address, challenge.Challenge);
        var frame = new HelloFrame(Wire.Version, Key.Address, Provider.Address, Key.Sign(hello.Digest(TestGateway.Rail)), null, 8, [Offer()]);
        await SendAsync(change is null ? frame : change(frame, challenge.Challenge) ?? (Frame)new CancelFrame(Bytes32.Zero));
        return await ReceiveAsync();
    }

    public Offer Offer()
    {
        var quote = new Quote(Key.Address, Manifest.Digest(), Prices.Input, Prices.Cached, Prices.Output, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + QuoteLifetime, Nonce);
        return new(Manifest, new(quote, Key.Sign(quote.Digest(TestGateway.Rail))), 2048);
    }

    public void Start() => reading = ReadAsync();

    async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var frame = await ReceiveAsync();
                if (frame is GenerateFrame generate)
                {
                    Asked.Add(generate);
                    if (generate.Last is { } last && (Last is null || Last.Voucher.Cumulative < last.Voucher.Cumulative)) Last = last;
                    _ = Answer(this, generate);
                }
                else if (frame is VoucherFrame voucher) Inbox(voucher.Id).Writer.TryWrite(frame);
                else if (frame is VouchersFrame handed) Handed.Writer.TryWrite(handed.Vouchers);
                else if (frame is CancelFrame cancel) Inbox(cancel.Id).Writer.TryWrite(frame);
            }
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or JsonException or ObjectDisposedException)
        {
            foreach (var inbox in inboxes.Values) inbox.Writer.TryComplete();
        }
    }

    /// <summary>Answers as the protocol has it: 64 tokens past the last voucher at most, a receipt, a voucher for it.</summary>
    public async Task ServeAsync(GenerateFrame generate, int count, uint promptTokens = 10, Func<Receipt, Receipt>? change = null)
    {
        var (tokens, acknowledged) = (new List<int>(), TokenAmount.Zero);
        for (var i = 0; i < count; i++)
        {
            if (i > 0 && i % Wire.CreditTokens == 0) acknowledged = await CollectAsync(generate, promptTokens, (uint)i, acknowledged);
            await SendAsync(new ChunkFrame(generate.Id, i, [1000 + i], $"word{i} ", promptTokens));
            tokens.Add(1000 + i);
        }
        await CloseAsync(generate, tokens, promptTokens, acknowledged, change);
    }

    public async Task<TokenAmount> CollectAsync(GenerateFrame generate, uint promptTokens, uint tokens, TokenAmount acknowledged)
    {
        var due = Prices.FeeUp(promptTokens, 0, tokens) - acknowledged;
        await SendAsync(new NeedVoucherFrame(generate.Id, Total() + due, promptTokens, tokens, Last));
        Take(Assert.IsType<VoucherFrame>(await HearAsync(generate.Id)).Voucher);
        return acknowledged + due;
    }

    public async Task CloseAsync(GenerateFrame generate, List<int> tokens, uint promptTokens, TokenAmount acknowledged, Func<Receipt, Receipt>? change = null, Account? signer = null, Func<ReceiptFrame, ReceiptFrame>? bend = null)
    {
        var receipt = ReceiptFor(generate, tokens, promptTokens);
        if (change is not null) receipt = change(receipt);
        var signed = new SignedReceipt(receipt, (signer ?? Key).Sign(receipt.Digest(TestGateway.Rail)));
        var frame = new ReceiptFrame(generate.Id, signed, Nonce, Total() + TokenAmount.Difference(receipt.Fee, acknowledged), Last, "stop");
        await SendAsync(bend is null ? frame : bend(frame));
        if (await HearAsync(generate.Id) is VoucherFrame paid) Take(paid.Voucher);
    }

    public Receipt ReceiptFor(GenerateFrame generate, List<int> tokens, uint promptTokens)
    {
        var seed = Commitments.Seed(generate.Id, generate.ClientNonce, Nonce, generate.Sampling.Seed);
        var fee = Prices.FeeUp(promptTokens, 0, (uint)tokens.Count);
        return new Receipt(
            generate.Id, generate.Payer, Provider.Address, ++sequence, generate.Model, Commitments.Request(generate.Salt, generate.Chat),
            Commitments.Response(generate.Salt, tokens.ToArray()), Commitments.Sampling(generate.Salt, seed, generate.Sampling), Bytes32.Zero,
            promptTokens, 0, (uint)tokens.Count, Prices.Input, Prices.Cached, Prices.Output, fee, Total() + fee,
            (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 1, 2, ReceiptStatus.Completed);
    }

    /// <summary>Waits until so many vouchers have come.</summary>
    public async Task<List<SignedVoucher>> PaidAsync(int count)
    {
        for (var i = 0; i < 500 && Vouchers.Count < count; i++) await Task.Delay(10);
        Assert.Equal(count, Vouchers.Count);
        return Vouchers;
    }

    public TokenAmount Total() => Last?.Voucher.Cumulative ?? TokenAmount.Zero;

    public void Take(SignedVoucher voucher)
    {
        Vouchers.Add(voucher);
        Last = voucher;
    }

    public async Task SendAsync(Frame frame)
    {
        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(Wire.Encode(frame), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            sending.Release();
        }
    }

    public Task SendTextAsync(string text) => socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>The machine is gone: no close frame, no goodbye.</summary>
    public void Die() => socket.Abort();

    async Task<Frame> ReceiveAsync()
    {
        var buffer = new byte[Wire.MaxFrameBytes];
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
        await reading;
        socket.Dispose();
        Key.Dispose();
        Provider.Dispose();
    }
}
