using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Client;

/// <summary>A node's own door, without any gateway: frames over HTTP, paid by vouchers that the payer's wallet signs.</summary>
/// <remarks>One question at a time: the next one begins where the last one's voucher ended.</remarks>
/// <example><code>
/// using var node = await DirectClient.ConnectAsync(new Uri("http://node.example:9000"), rail, wallet, chain);
/// await foreach (var piece in node.StreamAsync(new ChatQuestion { Messages = [new("user", "What does luminous mean?")] })) Console.Write(piece.Text);
/// </code></example>
public sealed class DirectClient : IDisposable
{
    const int MostOwing = 64;
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    readonly HttpClient http;
    readonly Rail rail;
    readonly Signer payer;
    readonly List<Receipt> owing = [];
    HelloFrame hello;
    (ulong Sequence, TokenAmount Total) receipted;

    DirectClient(HttpClient http, Rail rail, Signer payer, HelloFrame hello) => (this.http, this.rail, this.payer, this.hello) = (http, rail, payer, hello);

    public Address Node => hello.Node;

    public Address Provider => hello.Provider;

    /// <summary>The most that may be set aside on chain for this provider, where it asks for a reserve.</summary>
    public TokenAmount MostReserve { get; init; }

    /// <summary>Challenges the node, and asks the chain whose it is.</summary>
    /// <exception cref="ProofMeshException">It can't be reached, or isn't the node that it says.</exception>
    public static async Task<DirectClient> ConnectAsync(Uri node, Rail rail, Signer payer, Web3 chain, TokenAmount mostReserve = default, HttpMessageHandler? handler = null, CancellationToken stop = default)
    {
        var door = handler is null ? new HttpClient() : new HttpClient(handler, disposeHandler: false);
        (door.BaseAddress, door.Timeout) = (node, Timeout.InfiniteTimeSpan);
        try
        {
            var known = await HelloAsync(door, rail, stop);
            var provider = await new StakingContract(chain, rail.Staking).ProviderOfAsync(known.Node, stop: stop);
            if (provider.IsZero || provider != known.Provider) throw new NotAuthorizedException($"Node {known.Node} isn't registered to provider {known.Provider} on chain.", "not_staked", 0);
            return new DirectClient(door, rail, payer, known) { MostReserve = mostReserve };
        }
        catch
        {
            door.Dispose();
            throw;
        }
    }

    /// <summary>The answer piece by piece. The last piece carries the receipt, checked and paid.</summary>
    /// <remarks>1 ask · 2 reserve or pay old debts where the node wants that, and ask again · 3 count what comes, pay as it comes · 4 check the receipt · 5 pay it</remarks>
    /// <exception cref="ProofMeshException">Refused, broken off, or not what was agreed.</exception>
    public async IAsyncEnumerable<ChatPiece> StreamAsync(ChatQuestion question, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var ask = await AskAsync(question, stop);
        var bill = BillOf(ask);
        using var reply = await BeginAsync(ask, stop); // 1, 2
        await using var stream = await reply.Content.ReadAsStreamAsync(stop);
        await foreach (var line in Bounded.LinesAsync(stream, Wire.MaxFrameBytes, stop))
            switch (Read(line))
            {
                case ChunkFrame chunk: // 3
                    if (bill.Take(chunk, out var known) is { } wrong) throw Dishonest(wrong);
                    if (!known && chunk.Text.Length > 0) yield return new ChatPiece(chunk.Text, null, null);
                    break;
                case NeedVoucherFrame need:
                    var (rise, unexplained) = bill.Explain(need, Last(need.Last));
                    if (unexplained is not null) throw Dishonest(unexplained);
                    var voucher = await SignAsync(need.Required, Bytes32.Zero, stop);
                    await PostAsync(new VoucherFrame(ask.Id, voucher), stop);
                    bill.Acknowledge(voucher, Last(need.Last), rise);
                    break;
                case ReceiptFrame end:
                    await PayAsync(ask, bill, end, stop); // 4, 5
                    yield return new ChatPiece("", end.FinishReason, ReceiptOf(ask, end));
                    yield break;
                case FaultFrame fault:
                    throw FaultOf(fault);
                default:
                    break;
            }
        throw new AnswerBrokenException("The answer ended without its receipt; nothing more is paid for it.", "broken_off");
    }

    async Task<GenerateFrame> AskAsync(ChatQuestion question, CancellationToken stop)
    {
        if (hello.Offers.All(offer => offer.Quote.Quote.ValidUntil < Seconds() + 30)) hello = await HelloAsync(http, rail, stop);
        var offer = Array.Find(hello.Offers, offer => offer.Manifest.Name == question.Model)
            ?? throw new InvalidRequestException($"This node doesn't serve {question.Model}; it serves {string.Join(", ", hello.Offers.Select(offer => offer.Manifest.Name))}.", "model_not_found", 404, "model");
        var nonce = Bytes32.Random();
        var chat = new ChatRequest(offer.Manifest.Name, question.Messages, question.MaxTokens, question.Stop ?? []);
        return new GenerateFrame(
            Commitments.RequestId(payer.Address, nonce), nonce, Bytes32.Random(), payer.Address, offer.Quote.Quote.Model, chat, question.ToSampling(),
            offer.Quote, null, null, 0, (int)Longest.TotalMilliseconds);
    }

    Bill BillOf(GenerateFrame ask) => new(new(
        ask.Id, ask.Salt, ask.ClientNonce, payer.Address, Node, Provider, ask.Chat, ask.Sampling, ask.Quote.Quote,
        ask.Chat.PromptTokensAtMost(), Milliseconds(), receipted.Sequence, receipted.Total));

    // A node may want a reserve, or what it is owed, before it serves: each once.
    async Task<HttpResponseMessage> BeginAsync(GenerateFrame ask, CancellationToken stop)
    {
        while (true)
        {
            var reply = await PostAsync("/v1/generate", ask, stop);
            if (reply.IsSuccessStatusCode) return reply;
            using (reply)
            {
                var fault = await FaultAsync(reply, stop);
                if (fault is { Reserve: { } wanted } && ask.Reserve is null) ask = ask with { Reserve = await ReserveAsync(wanted, fault, stop) };
                else if (fault is { Owed.Length: > 0 } && ask.Last is null && await DebtAsync(fault, stop) is { } debt) ask = ask with { Last = debt };
                else throw FaultOf(fault);
            }
        }
    }

    async Task<SignedReserve> ReserveAsync(Reserve wanted, FaultFrame fault, CancellationToken stop)
    {
        if (wanted.Payer != payer.Address || wanted.Provider != Provider) throw Dishonest("The node asks for a reserve of another payer or for another provider.");
        if (wanted.Amount > MostReserve) throw FaultOf(fault);
        return new(wanted, await payer.SignAsync(wanted.Digest(rail), stop));
    }

    /// <summary>A voucher for those receipts that this client has checked and couldn't pay; null when it knows none of them.</summary>
    async Task<SignedVoucher?> DebtAsync(FaultFrame fault, CancellationToken stop)
    {
        var mine = owing.Where(receipt => fault.Owed!.Any(owed => owed.Receipt == receipt)).ToList();
        if (mine.Count == 0) return null;
        var total = mine.Aggregate(Last(fault.Last), (sum, receipt) => sum + receipt.Fee);
        return await SignAsync(total, mine[^1].StructHash(), stop);
    }

    async Task PayAsync(GenerateFrame ask, Bill bill, ReceiptFrame end, CancellationToken stop)
    {
        var receipt = end.Receipt.Receipt;
        var wrong = bill.Check(end, rail, Milliseconds(), Ecdsa.Recover);
        if (wrong != ReceiptFault.None) throw Dishonest($"The receipt is refused: {wrong}.");
        if (receipt.Sequence > receipted.Sequence) receipted = (receipt.Sequence, receipt.Cumulative);
        var (_, unexplained) = bill.Explain(end, Last(end.Last));
        if (unexplained is not null) throw Dishonest(unexplained);
        if (receipt.Fee.IsZero) return;
        owing.Add(receipt);
        if (owing.Count > MostOwing) owing.RemoveAt(0);
        await PostAsync(new VoucherFrame(ask.Id, await SignAsync(end.Required, receipt.StructHash(), stop)), stop);
        owing.Remove(receipt);
    }

    ChatReceipt ReceiptOf(GenerateFrame ask, ReceiptFrame end)
    {
        var scheme = Array.Find(hello.Offers, offer => offer.Quote.Quote.Model == ask.Model)?.Manifest.Scheme ?? "";
        return new(ask.Id, Node, Provider, scheme, end.Receipt.Receipt.Fee, rail.Symbol, end.Receipt);
    }

    // What the node shows must be this wallet's own word: signing on top of a stranger's would sign the stranger's sum.
    TokenAmount Last(SignedVoucher? last)
    {
        if (last is null) return TokenAmount.Zero;
        if (last.Voucher.Payer != payer.Address || last.Voucher.Node != Node || Ecdsa.Recover(last.Voucher.Digest(rail), last.Signature) != payer.Address)
            throw Dishonest("The node's last voucher isn't this wallet's.");
        return last.Voucher.Cumulative;
    }

    async Task<SignedVoucher> SignAsync(TokenAmount total, Bytes32 receipt, CancellationToken stop)
    {
        var voucher = new Voucher(payer.Address, Node, total, receipt);
        return new(voucher, await payer.SignAsync(voucher.Digest(rail), stop));
    }

    async Task PostAsync(VoucherFrame voucher, CancellationToken stop)
    {
        using var reply = await PostAsync("/v1/frames", voucher, stop);
        if (!reply.IsSuccessStatusCode) throw FaultOf(await FaultAsync(reply, stop));
    }

    async Task<HttpResponseMessage> PostAsync(string path, Frame frame, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new ByteArrayContent(Wire.Encode(frame)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        }
        catch (HttpRequestException fault)
        {
            throw new UnavailableException($"{http.BaseAddress} can't be reached: {fault.Message}", "unreachable", 0, null, fault);
        }
    }

    static async Task<HelloFrame> HelloAsync(HttpClient door, Rail rail, CancellationToken stop)
    {
        var challenge = Bytes32.Random();
        try
        {
            using var reply = await door.GetAsync(new Uri($"/v1/hello?challenge={challenge}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, stop);
            await using var stream = await reply.Content.ReadAsStreamAsync(stop);
            var bytes = await Bounded.ReadAsync(stream, Wire.MaxFrameBytes, stop);
            if (bytes is null || Wire.Decode(bytes) is not HelloFrame known) throw Dishonest("The node didn't introduce itself.");
            if (Ecdsa.Recover(new Hello(known.Node, known.Provider, challenge).Digest(rail), known.Signature) != known.Node)
                throw new NotAuthorizedException($"Node {known.Node} didn't sign this challenge for this rail.", "bad_signature", 0);
            foreach (var offer in known.Offers)
                if (offer.Quote.Quote.Model != offer.Manifest.Digest() || offer.Quote.Quote.Node != known.Node || Ecdsa.Recover(offer.Quote.Quote.Digest(rail), offer.Quote.Signature) != known.Node)
                    throw Dishonest($"The quote for {offer.Manifest.Name} isn't this node's.");
            return known;
        }
        catch (HttpRequestException fault)
        {
            throw new UnavailableException($"{door.BaseAddress} can't be reached: {fault.Message}", "unreachable", 0, null, fault);
        }
        catch (JsonException fault)
        {
            throw Dishonest(fault.Message);
        }
    }

    static async Task<FaultFrame> FaultAsync(HttpResponseMessage reply, CancellationToken stop)
    {
        await using var stream = await reply.Content.ReadAsStreamAsync(stop);
        var bytes = await Bounded.ReadAsync(stream, Wire.MaxFrameBytes, stop) ?? [];
        return Read(Encoding.UTF8.GetString(bytes).Trim()) as FaultFrame ?? throw Dishonest($"The node answered {(int)reply.StatusCode} without saying why.");
    }

    static Frame Read(string line)
    {
        try
        {
            return Wire.Decode(Encoding.UTF8.GetBytes(line));
        }
        catch (JsonException fault)
        {
            throw Dishonest(fault.Message);
        }
    }

    static ProofMeshException FaultOf(FaultFrame fault) => fault.Fault switch
    {
        NodeFault.PaymentRequired or NodeFault.VoucherTimeout => new InsufficientFundsException(fault.Message, fault.Reserve is null ? "payment_required" : "reserve_required"),
        NodeFault.BadGrant or NodeFault.BadVoucher or NodeFault.BadSignature or NodeFault.NotStaked => new NotAuthorizedException(fault.Message, fault.Fault.ToString(), 403),
        NodeFault.Overloaded or NodeFault.ShuttingDown or NodeFault.EngineFailed or NodeFault.DeadlineExceeded =>
            new UnavailableException(fault.Message, fault.Fault.ToString(), 503, fault.RetryAfterMs is { } wait ? TimeSpan.FromMilliseconds(Math.Clamp(wait, 0, 60_000)) : null),
        _ => new InvalidRequestException(fault.Message, fault.Fault.ToString(), 400, null),
    };

    static AnswerBrokenException Dishonest(string what) => new($"The node left the protocol: {what}", "protocol_violation");

    static ulong Seconds() => (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    static ulong Milliseconds() => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public void Dispose() => http.Dispose();
}
