using System.Diagnostics;
using System.Text;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Bench;

/// <summary>A customer at a node's own door: frames over HTTP, vouchers signed by the customer's wallet.</summary>
internal sealed class NodeDoor : IDisposable
{
    private readonly HttpClient http;
    private readonly Rail rail;
    private readonly Account payer;
    private readonly HelloFrame hello;

    private NodeDoor(HttpClient http, Rail rail, Account payer, HelloFrame hello) => (this.http, this.rail, this.payer, this.hello) = (http, rail, payer, hello);

    public static async Task<NodeDoor> OpenAsync(Uri node, Rail rail, Account payer, CancellationToken stop)
    {
        var door = new HttpClient { BaseAddress = node };
        var answer = await door.GetByteArrayAsync(new Uri($"/v1/hello?challenge={Bytes32.Random()}", UriKind.Relative), stop);
        return new(door, rail, payer, (HelloFrame)Wire.Decode(answer));
    }

    /// <summary>Asks, reads the answer to its receipt, and pays for it.</summary>
    public async Task<Answer> AskAsync(string model, string question, uint mostTokens, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        var ask = Ask(model, question, mostTokens);
        using var reply = await PostAsync("/v1/generate", ask, stop);
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(stop));
        double? first = null;
        while (await lines.ReadLineAsync(stop) is { } line)
            switch (Wire.Decode(Encoding.UTF8.GetBytes(line)))
            {
                case ChunkFrame { Text.Length: > 0 }:
                    first ??= Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    break;
                case ReceiptFrame end:
                    var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    await PayAsync(ask, end, stop);
                    return new(start, first ?? elapsed, elapsed, end.Receipt.Receipt.CompletionTokens, ask.Id);
                case FaultFrame fault:
                    throw new InvalidOperationException(fault.Message);
                default:
                    break;
            }
        throw new InvalidOperationException("The answer ended without a receipt.");
    }

    private GenerateFrame Ask(string model, string question, uint mostTokens)
    {
        var nonce = Bytes32.Random();
        var quote = hello.Offers[0].Quote;
        return new(
            Commitments.RequestId(payer.Address, nonce), nonce, Bytes32.Random(), payer.Address, quote.Quote.Model,
            new ChatRequest(model, [new("user", question)], mostTokens, []), new Sampling(Temperature: 0), quote, null, null, 0, 60_000);
    }

    private async Task PayAsync(GenerateFrame ask, ReceiptFrame end, CancellationToken stop)
    {
        var voucher = new Voucher(payer.Address, hello.Node, end.Required, end.Receipt.Receipt.StructHash());
        using var taken = await PostAsync("/v1/frames", new VoucherFrame(ask.Id, new(voucher, payer.Sign(voucher.Digest(rail)))), stop);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, Frame frame, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new ByteArrayContent(Wire.Encode(frame)) };
        var reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        if (!reply.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync(stop)}");
        return reply;
    }

    public void Dispose() => http.Dispose();
}
