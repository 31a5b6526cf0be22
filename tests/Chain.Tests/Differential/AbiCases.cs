using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests.Differential;

/// <summary>Random Solidity types, values of them, and those values as the JSON that viem.mjs takes.</summary>
static class AbiCases
{
    public static AbiType Type(RandomValues random, int depth)
    {
        var kind = (AbiKind)random.Below(depth > 0 ? 9 : 7);
        return kind switch
        {
            AbiKind.UInt or AbiKind.Int => new(kind, 8 * (1 + random.Below(32)), []),
            AbiKind.FixedBytes => new(kind, 1 + random.Below(32), []),
            AbiKind.Array => new(kind, random.Chance(60) ? -1 : 1 + random.Below(3), [Type(random, depth - 1)]),
            AbiKind.Tuple => Tuple(random, depth - 1),
            _ => new(kind, 0, []),
        };
    }

    public static AbiType Tuple(RandomValues random, int depth) =>
        new(AbiKind.Tuple, 0, [.. Enumerable.Range(0, 1 + random.Below(4)).Select(_ => Type(random, depth))]);

    public static object Value(RandomValues random, AbiType type) => type.Kind switch
    {
        AbiKind.UInt => random.Integer(type.Size, signed: false),
        AbiKind.Int => random.Integer(type.Size, signed: true),
        AbiKind.Address => random.Address(),
        AbiKind.Bool => random.Chance(50),
        AbiKind.FixedBytes => random.Bytes(type.Size),
        AbiKind.Bytes => random.Bytes(random.Below(80)),
        AbiKind.String => random.Text(),
        AbiKind.Array => Enumerable.Range(0, type.Size < 0 ? random.Below(4) : type.Size).Select(_ => Value(random, type.Parts[0])).ToArray(),
        _ => type.Parts.Select(part => Value(random, part)).ToArray(),
    };

    public static JsonNode Json(object value) => value switch
    {
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        byte[] bytes => Hex.Encode(bytes),
        bool flag => flag,
        object[] items => new JsonArray([.. items.Select(Json)]),
        _ => value.ToString()!,
    };
}
