using System.Buffers.Binary;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>A transaction that its sender signed: its raw bytes can be stored and sent again at any time.</summary>
public sealed record SignedTransaction
{
    public SignedTransaction(Transaction transaction, Signature signature)
    {
        if (!signature.IsCanonical) throw new ArgumentException("The signature isn't canonical.");
        (Transaction, Signature) = (transaction, signature);
        Raw = Transaction.Encode([.. transaction.Fields(), (ulong)(signature.V - 27), Integer(signature.R), Integer(signature.S)]);
        Hash = Keccak256.Hash(Raw);
    }

    public Transaction Transaction { get; }

    public Signature Signature { get; }

    /// <summary>What eth_sendRawTransaction takes.</summary>
    public byte[] Raw { get; }

    public Bytes32 Hash { get; }

    /// <summary>Who signed, or null where the signature has no key.</summary>
    public Address? From => Ecdsa.Recover(Transaction.SigningHash, Signature);

    /// <summary>Reads a raw type-2 transaction back.</summary>
    /// <exception cref="FormatException">Another type, or not in the one canonical form.</exception>
    public static SignedTransaction Decode(ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty || raw[0] != Transaction.Type) throw new FormatException("Only transactions of type 2 (EIP-1559) are read.");
        if (Rlp.Decode(raw[1..]).Items is not { Length: 12 } fields) throw new FormatException("A signed transaction of type 2 has 12 fields.");
        var transaction = new Transaction(
            (ulong)Number(fields[0], 8), (ulong)Number(fields[1], 8), Number(fields[2]), Number(fields[3]), (ulong)Number(fields[4], 8),
            Bytes(fields[5]).Length == 0 ? null : Address(fields[5]), Number(fields[6]), Bytes(fields[7]))
        { AccessList = AccessList(fields[8]) };
        var signature = new Signature(Word(fields[10]), Word(fields[11]), (byte)(27 + Number(fields[9], 1)));
        return signature.IsCanonical ? new(transaction, signature) : throw new FormatException("The signature isn't canonical.");
    }

    static AccessListEntry[] AccessList(RlpItem item) => [.. Items(item).Select(entry => Items(entry) is [var address, var keys]
        ? new AccessListEntry(Address(address), [.. Items(keys).Select(key => Bytes(key) is { Length: 32 } bytes ? new Bytes32(bytes) : throw new FormatException("A storage key has 32 bytes."))])
        : throw new FormatException("An entry of the access list has an address and storage keys."))];

    static RlpItem Integer(Bytes32 value) => value.ToArray().AsSpan().TrimStart((byte)0).ToArray();

    static UInt128 Number(RlpItem item, int size = 16)
    {
        var bytes = Bytes(item);
        if (bytes.Length > size || bytes is [0, ..]) throw new FormatException($"A number of at most {size} bytes without leading zeros is expected.");
        Span<byte> padded = stackalloc byte[16];
        bytes.CopyTo(padded[(16 - bytes.Length)..]);
        return BinaryPrimitives.ReadUInt128BigEndian(padded);
    }

    static Bytes32 Word(RlpItem item)
    {
        var bytes = Bytes(item);
        if (bytes.Length > 32 || bytes is [0, ..]) throw new FormatException("A number of at most 32 bytes without leading zeros is expected.");
        Span<byte> padded = stackalloc byte[32];
        bytes.CopyTo(padded[(32 - bytes.Length)..]);
        return new(padded);
    }

    static Address Address(RlpItem item) => Bytes(item) is { Length: 20 } bytes ? new Address(bytes) : throw new FormatException("An address has 20 bytes.");

    static byte[] Bytes(RlpItem item) => item.Bytes ?? throw new FormatException("Bytes are expected, and a list is there.");

    static RlpItem[] Items(RlpItem item) => item.Items ?? throw new FormatException("A list is expected, and bytes are there.");
}
