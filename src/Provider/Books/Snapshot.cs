using System.Buffers.Binary;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>The bytes of those journal entries that aren't messages, both ways.</summary>
static class Snapshot
{
    const int KnownSize = 40, KnownPerEntry = 10_000;

    public static byte[] WrittenOff(Address payer, TokenAmount amount)
    {
        var bytes = new byte[36];
        payer.CopyTo(bytes);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(20), amount.Units);
        return bytes;
    }

    public static (Address Payer, TokenAmount Amount) WrittenOff(ReadOnlySpan<byte> bytes) =>
        (new Address(bytes[..20]), new TokenAmount(BinaryPrimitives.ReadUInt128BigEndian(bytes[20..])));

    public static JournalEntry Payer(Address payer, PayerAccount account)
    {
        var bytes = new byte[60];
        payer.CopyTo(bytes);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(20), account.Billed.Units);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(36), account.WrittenOff.Units);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(52), account.LastAt);
        return new(JournalKind.Payer, bytes);
    }

    public static Address Payer(ReadOnlySpan<byte> bytes, Func<Address, PayerAccount> find)
    {
        var payer = new Address(bytes[..20]);
        var account = find(payer);
        account.Billed = new(BinaryPrimitives.ReadUInt128BigEndian(bytes[20..]));
        account.WrittenOff = new(BinaryPrimitives.ReadUInt128BigEndian(bytes[36..]));
        account.LastAt = BinaryPrimitives.ReadUInt64BigEndian(bytes[52..]);
        return payer;
    }

    public static IEnumerable<JournalEntry> Known(IEnumerable<KeyValuePair<Bytes32, ulong>> requests) => requests.Chunk(KnownPerEntry).Select(chunk =>
    {
        var bytes = new byte[chunk.Length * KnownSize];
        for (var i = 0; i < chunk.Length; i++)
        {
            chunk[i].Key.CopyTo(bytes.AsSpan(i * KnownSize));
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * KnownSize + 32), chunk[i].Value);
        }
        return new JournalEntry(JournalKind.Known, bytes);
    });

    public static void Known(byte[] bytes, Dictionary<Bytes32, ulong> known)
    {
        for (var at = 0; at + KnownSize <= bytes.Length; at += KnownSize)
            known[new Bytes32(bytes.AsSpan(at, 32))] = BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(at + 32));
    }

    public static JournalEntry Position(ulong sequence, ulong stated, ulong submitted)
    {
        var bytes = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, sequence);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), stated);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), submitted);
        return new(JournalKind.Position, bytes);
    }

    public static (ulong Sequence, ulong Stated, ulong Submitted) Position(ReadOnlySpan<byte> bytes) =>
        (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]));

    public static JournalEntry Of(SignedVoucher voucher) => new(JournalKind.Voucher, JsonSerializer.SerializeToUtf8Bytes(voucher, WireJson.Default.SignedVoucher));

    public static JournalEntry Of(SignedGrant grant) => new(JournalKind.Grant, JsonSerializer.SerializeToUtf8Bytes(grant, WireJson.Default.SignedGrant));

    public static JournalEntry Of(SignedStatement statement) => new(JournalKind.Statement, JsonSerializer.SerializeToUtf8Bytes(statement, WireJson.Default.SignedStatement));

    public static JournalEntry Of(Receipt receipt) => new(JournalKind.Receipt, receipt.ToBinary());
}
