using System.Net;
using System.Text;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.EndToEnd.Tests;

/// <summary>A customer at a node's own door: frames over HTTP, vouchers signed by the payer's wallet.</summary>
sealed class Direct : IDisposable
{
    readonly HttpClient http;
    readonly Rail rail;
    readonly Offer offer;

    Direct(HttpClient http, Rail rail, HelloFrame hello) => (this.http, this.rail, offer, Node) = (http, rail, hello.Offers[0], hello.Node);

    public Address Node { get; }

    /// <summary>Challenges the node, and checks its answer.</summary>
    public static async Task<Direct> To(Market market, string node, CancellationToken stop) => await To(market, new Uri(await market.Local[node].Ready), stop);

    public static async Task<Direct> To(Market market, Uri node, CancellationToken stop)
    {
        var door = new HttpClient { BaseAddress = node, Timeout = TimeSpan.FromMinutes(2) };
        var challenge = Bytes32.Random();
        var hello = (HelloFrame)Wire.Decode(await door.GetByteArrayAsync(new Uri($"/v1/hello?challenge={challenge}", UriKind.Relative), stop));
        Assert.Equal(hello.Node, Ecdsa.Recover(new Hello(hello.Node, hello.Provider, challenge).Digest(market.Local.Rail), hello.Signature));
        return new Direct(door, market.Local.Rail, hello);
    }

    public GenerateFrame Ask(Account payer)
    {
        var nonce = Bytes32.Random();
        return new GenerateFrame(
            Commitments.RequestId(payer.Address, nonce), nonce, Bytes32.Random(), payer.Address, offer.Quote.Quote.Model,
            new ChatRequest(offer.Manifest.Name, [new("user", "Define river.")], 24, []), new Sampling(Temperature: 0), offer.Quote, null, null, 0, 60_000);
    }

    /// <summary>Hot answers, one after the other, until one was so long that it was asked for a voucher so often; the shorter ones are paid.</summary>
    public async Task<(List<NeedVoucherFrame> Asked, ReceiptFrame End)> ReadLong(Account payer, int vouchersAsked, Func<NeedVoucherFrame, int, SignedVoucher?> pay, CancellationToken stop)
    {
        for (var seed = 1; seed < 200; seed++)
        {
            var (ask, asked) = (Ask(payer), 0);
            ask = ask with { Chat = ask.Chat with { MaxTokens = 400, Messages = [new("user", "Tell me about the sea.")] }, Sampling = new Sampling(Temperature: 2, RepetitionPenalty: 1, Seed: seed) };
            var read = await Read(ask, frame => frame switch
            {
                NeedVoucherFrame need => pay(need, ++asked),
                ReceiptFrame { Receipt.Receipt: { Fee.IsZero: false } receipt } end => Sign(payer, end.Required, receipt.StructHash()),
                _ => null,
            }, stop);
            if (read.Asked.Count == vouchersAsked) return read;
        }
        throw new InvalidOperationException("No answer was long enough.");
    }

    /// <summary>Reads the answer to its end, and says to each request for money what it is told to say: null is nothing.</summary>
    public async Task<(List<NeedVoucherFrame> Asked, ReceiptFrame End)> Read(GenerateFrame ask, Func<Frame, SignedVoucher?> pay, CancellationToken stop)
    {
        using var reply = await Post("/v1/generate", ask, stop);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(stop));
        var (asked, end) = (new List<NeedVoucherFrame>(), (ReceiptFrame?)null);
        while (await lines.ReadLineAsync(stop) is { } line)
        {
            var frame = Wire.Decode(Encoding.UTF8.GetBytes(line));
            if (frame is NeedVoucherFrame need) asked.Add(need);
            end = frame as ReceiptFrame ?? end;
            if (frame is not (NeedVoucherFrame or ReceiptFrame) || pay(frame) is not { } voucher) continue;
            using var taken = await Post("/v1/frames", new VoucherFrame(ask.Id, voucher), stop);
            Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        }
        return (asked, end!);
    }

    public SignedVoucher Sign(Account payer, TokenAmount total, Bytes32 receipt)
    {
        var voucher = new Voucher(payer.Address, Node, total, receipt);
        return new(voucher, payer.Sign(voucher.Digest(rail)));
    }

    /// <summary>The fault that the node answers with before any token.</summary>
    public async Task<NodeFault> Fault(GenerateFrame ask, CancellationToken stop) => (await Refusal(ask, stop)).Fault;

    public async Task<FaultFrame> Refusal(GenerateFrame ask, CancellationToken stop)
    {
        using var reply = await Post("/v1/generate", ask, stop);
        Assert.NotEqual(HttpStatusCode.OK, reply.StatusCode);
        return Assert.IsType<FaultFrame>(Wire.Decode(Encoding.UTF8.GetBytes((await reply.Content.ReadAsStringAsync(stop)).Trim())));
    }

    /// <summary>Reads the answer, checks the receipt against what was seen, and pays.</summary>
    public async Task<(SignedReceipt Receipt, SignedVoucher Voucher)> Buy(GenerateFrame ask, Account payer, CancellationToken stop)
    {
        var sent = Now();
        using var reply = await Post("/v1/generate", ask, stop);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(stop));
        var tokens = new List<int>();
        uint promptTokens = 0;
        while (await lines.ReadLineAsync(stop) is { } line)
        {
            var frame = Wire.Decode(Encoding.UTF8.GetBytes(line));
            if (frame is ChunkFrame chunk)
            {
                Assert.Equal(tokens.Count, chunk.First);
                tokens.AddRange(chunk.Tokens);
                promptTokens = chunk.PromptTokens;
            }
            if (frame is not ReceiptFrame end) continue;
            var seed = Commitments.Seed(ask.Id, ask.ClientNonce, end.NodeNonce, ask.Sampling.Seed);
            var terms = new ReceiptTerms(ask.Id, ask.Payer, end.Receipt.Receipt.Provider, Node, ask.Model, Commitments.Request(ask.Salt, ask.Chat),
                Commitments.Sampling(ask.Salt, seed, ask.Sampling), ask.Salt, tokens.ToArray(), promptTokens, ask.Quote.Quote.Prices, end.Last?.Voucher.Cumulative ?? TokenAmount.Zero, sent, Now());
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Fault(end.Receipt, terms, rail, Ecdsa.Recover));
            var voucher = new Voucher(ask.Payer, Node, end.Required, end.Receipt.Receipt.StructHash());
            var signed = new SignedVoucher(voucher, payer.Sign(voucher.Digest(rail)));
            using var taken = await Post("/v1/frames", new VoucherFrame(ask.Id, signed), stop);
            Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
            return (end.Receipt, signed);
        }
        throw new InvalidOperationException("The answer ended without a receipt.");
    }

    public void Dispose() => http.Dispose();

    async Task<HttpResponseMessage> Post(string path, Frame frame, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new ByteArrayContent(Wire.Encode(frame)) };
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
    }

    static ulong Now() => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
