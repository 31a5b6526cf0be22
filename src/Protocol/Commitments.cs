using System.Buffers.Binary;

namespace ProofMesh.Protocol;

/// <summary>The hashes by which a receipt names its request, response and sampling without showing them.</summary>
public static class Commitments
{
    public static Bytes32 RequestId(Address payer, Bytes32 clientNonce)
    {
        Span<byte> bytes = stackalloc byte[52];
        payer.CopyTo(bytes);
        clientNonce.CopyTo(bytes[20..]);
        return Keccak256.Hash(bytes);
    }

    public static Bytes32 Request(Bytes32 salt, ChatRequest request) => Salted(salt, Keccak256.Hash(request.Canonical()));

    public static Bytes32 Response(Bytes32 salt, ReadOnlySpan<int> tokens)
    {
        var bytes = new byte[tokens.Length * 4];
        for (var i = 0; i < tokens.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), tokens[i]);
        return Salted(salt, Keccak256.Hash(bytes));
    }

    /// <summary>The seed of a request's noise. A request that names a seed gets the same noise each time.</summary>
    public static Bytes32 Seed(Bytes32 requestId, Bytes32 clientNonce, Bytes32 nodeNonce, long? named)
    {
        Span<byte> bytes = stackalloc byte[96];
        if (named is { } seed)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes, seed);
            return Keccak256.Hash(bytes[..8]);
        }
        requestId.CopyTo(bytes);
        clientNonce.CopyTo(bytes[32..]);
        nodeNonce.CopyTo(bytes[64..]);
        return Keccak256.Hash(bytes);
    }

    public static Bytes32 Sampling(Bytes32 salt, Bytes32 seed, Sampling sampling)
    {
        Span<byte> bytes = stackalloc byte[64 + 28];
        salt.CopyTo(bytes);
        seed.CopyTo(bytes[32..]);
        var rest = bytes[64..];
        BinaryPrimitives.WriteSingleBigEndian(rest, sampling.Temperature);
        BinaryPrimitives.WriteSingleBigEndian(rest[4..], sampling.TopP);
        BinaryPrimitives.WriteSingleBigEndian(rest[8..], sampling.MinP);
        BinaryPrimitives.WriteUInt32BigEndian(rest[12..], sampling.TopK);
        BinaryPrimitives.WriteSingleBigEndian(rest[16..], sampling.RepetitionPenalty);
        BinaryPrimitives.WriteSingleBigEndian(rest[20..], sampling.FrequencyPenalty);
        BinaryPrimitives.WriteSingleBigEndian(rest[24..], sampling.PresencePenalty);
        return Keccak256.Hash(bytes);
    }

    static Bytes32 Salted(Bytes32 salt, Bytes32 hash)
    {
        Span<byte> bytes = stackalloc byte[64];
        salt.CopyTo(bytes);
        hash.CopyTo(bytes[32..]);
        return Keccak256.Hash(bytes);
    }
}
