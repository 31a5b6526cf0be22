using System.Buffers.Binary;
using System.Text.Json.Serialization;

namespace ProofMesh.Protocol;

/// <summary>What a node signs about one request that it served. Prices are base units per 1,000,000 tokens.</summary>
/// <param name="Sequence">Strictly +1 per node, from 1.</param>
/// <param name="Cumulative">Total of this payer's fees at this node up to and with this receipt.</param>
/// <param name="StartedAt">Unix milliseconds.</param>
public sealed record Receipt(
    Bytes32 RequestId, Address Payer, Address Provider, ulong Sequence, Bytes32 Model,
    Bytes32 Request, Bytes32 Response, Bytes32 Sampling, Bytes32 Trace,
    uint PromptTokens, uint CachedTokens, uint CompletionTokens,
    ulong InputPrice, ulong CachedPrice, ulong OutputPrice,
    TokenAmount Fee, TokenAmount Cumulative,
    ulong StartedAt, uint FirstTokenMs, uint DurationMs, ReceiptStatus Status)
{
    /// <summary>Bytes of the binary form of docs/encodings.md, without a signature.</summary>
    public const int BinarySize = 325;

    static readonly Bytes32 Type = Eip712.TypeHash(
        "Receipt(bytes32 requestId,address payer,address provider,uint64 sequence,bytes32 model,bytes32 request,bytes32 response," +
        "bytes32 sampling,bytes32 trace,uint32 promptTokens,uint32 cachedTokens,uint32 completionTokens,uint64 inputPrice," +
        "uint64 cachedPrice,uint64 outputPrice,uint128 fee,uint128 cumulative,uint64 startedAt,uint32 firstTokenMs,uint32 durationMs,uint8 status)");

    [JsonIgnore]
    public Prices Prices => new(InputPrice, CachedPrice, OutputPrice);

    public Bytes32 StructHash() =>
        new StructHash(stackalloc byte[22 * 32], Type)
            .Add(RequestId).Add(Payer).Add(Provider).Add(Sequence).Add(Model)
            .Add(Request).Add(Response).Add(Sampling).Add(Trace)
            .Add(PromptTokens).Add(CachedTokens).Add(CompletionTokens)
            .Add(InputPrice).Add(CachedPrice).Add(OutputPrice)
            .Add(Fee).Add(Cumulative)
            .Add(StartedAt).Add(FirstTokenMs).Add(DurationMs).Add((byte)Status)
            .Hash();

    public Bytes32 Digest(Rail rail) => Eip712.Digest(rail.Domain, StructHash());

    public byte[] ToBinary()
    {
        var bytes = new byte[BinarySize];
        var rest = bytes.AsSpan();
        Put(ref rest, RequestId); Put(ref rest, Payer); Put(ref rest, Provider); Put(ref rest, Sequence);
        Put(ref rest, Model); Put(ref rest, Request); Put(ref rest, Response); Put(ref rest, Sampling); Put(ref rest, Trace);
        Put(ref rest, PromptTokens); Put(ref rest, CachedTokens); Put(ref rest, CompletionTokens);
        Put(ref rest, InputPrice); Put(ref rest, CachedPrice); Put(ref rest, OutputPrice);
        Put(ref rest, Fee); Put(ref rest, Cumulative);
        Put(ref rest, StartedAt); Put(ref rest, FirstTokenMs); Put(ref rest, DurationMs);
        rest[0] = (byte)Status;
        return bytes;
    }

    /// <exception cref="FormatException">Not 325 bytes, or a status that doesn't exist.</exception>
    public static Receipt FromBinary(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != BinarySize) throw new FormatException($"A receipt has {BinarySize} bytes, this one has {bytes.Length}.");
        if (bytes[^1] > (byte)ReceiptStatus.Refused) throw new FormatException($"Receipt status {bytes[^1]} doesn't exist.");
        return new Receipt(
            Hash(ref bytes), Account(ref bytes), Account(ref bytes), Long(ref bytes), Hash(ref bytes),
            Hash(ref bytes), Hash(ref bytes), Hash(ref bytes), Hash(ref bytes),
            Int(ref bytes), Int(ref bytes), Int(ref bytes),
            Long(ref bytes), Long(ref bytes), Long(ref bytes),
            Money(ref bytes), Money(ref bytes),
            Long(ref bytes), Int(ref bytes), Int(ref bytes), (ReceiptStatus)bytes[0]);
    }

    static void Put(ref Span<byte> rest, Bytes32 value) { value.CopyTo(rest); rest = rest[32..]; }
    static void Put(ref Span<byte> rest, Address value) { value.CopyTo(rest); rest = rest[20..]; }
    static void Put(ref Span<byte> rest, ulong value) { BinaryPrimitives.WriteUInt64BigEndian(rest, value); rest = rest[8..]; }
    static void Put(ref Span<byte> rest, uint value) { BinaryPrimitives.WriteUInt32BigEndian(rest, value); rest = rest[4..]; }
    static void Put(ref Span<byte> rest, TokenAmount value) { BinaryPrimitives.WriteUInt128BigEndian(rest, value.Units); rest = rest[16..]; }

    static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        var head = bytes[..count];
        bytes = bytes[count..];
        return head;
    }

    static Bytes32 Hash(ref ReadOnlySpan<byte> bytes) => new(Take(ref bytes, 32));
    static Address Account(ref ReadOnlySpan<byte> bytes) => new(Take(ref bytes, 20));
    static ulong Long(ref ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64BigEndian(Take(ref bytes, 8));
    static uint Int(ref ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(Take(ref bytes, 4));
    static TokenAmount Money(ref ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(Take(ref bytes, 16)));
}

public sealed record SignedReceipt(Receipt Receipt, Signature Signature);
