using System.Buffers.Binary;
using System.Text;

namespace ProofMesh.Protocol;

/// <summary>Typed structured data (EIP-712) for messages whose fields are all of fixed size.</summary>
public static class Eip712
{
    static readonly Bytes32 DomainType = TypeHash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    static readonly Bytes32 Name = TypeHash("ProofMesh"), Version = TypeHash("1");

    public static Bytes32 TypeHash(string type) => Keccak256.Hash(Encoding.UTF8.GetBytes(type));

    public static Bytes32 DomainSeparator(ulong chainId, Address verifyingContract) =>
        new StructHash(stackalloc byte[5 * 32], DomainType).Add(Name).Add(Version).Add(chainId).Add(verifyingContract).Hash();

    /// <summary>What is signed: keccak(0x19 0x01 ‖ domain separator ‖ struct hash).</summary>
    public static Bytes32 Digest(Bytes32 domain, Bytes32 structHash)
    {
        Span<byte> bytes = stackalloc byte[66];
        (bytes[0], bytes[1]) = (0x19, 0x01);
        domain.CopyTo(bytes[2..]);
        structHash.CopyTo(bytes[34..]);
        return Keccak256.Hash(bytes);
    }
}

/// <summary>Collects the 32-byte words of a struct in the order of its type.</summary>
ref struct StructHash
{
    readonly Span<byte> words;
    int used;

    /// <param name="words">32 bytes for the type hash and for each field.</param>
    public StructHash(Span<byte> words, Bytes32 typeHash)
    {
        words.Clear();
        this.words = words;
        typeHash.CopyTo(words);
        used = 32;
    }

    public StructHash Add(Bytes32 value)
    {
        value.CopyTo(words[used..]);
        return Next();
    }

    public StructHash Add(Address value)
    {
        value.CopyTo(words[(used + 12)..]);
        return Next();
    }

    public StructHash Add(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(words[(used + 16)..], value);
        return Next();
    }

    public StructHash Add(TokenAmount value) => Add(value.Units);

    /// <exception cref="InvalidOperationException">Fewer fields were added than the type has.</exception>
    public readonly Bytes32 Hash() =>
        used == words.Length ? Keccak256.Hash(words) : throw new InvalidOperationException($"{used / 32} of {words.Length / 32} words were given.");

    StructHash Next()
    {
        used += 32;
        return this;
    }
}
