using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests.Differential;

/// <summary>Random typed data: up to four struct types that refer to those after them, alone and in arrays.</summary>
static class TypedDataCases
{
    static readonly string[] Plain = ["address", "bool", "string", "bytes", "bytes32", "bytes4", "uint8", "uint128", "uint256", "int64", "int256"];
    static readonly string[] Structs = ["Order", "Person", "Asset", "Zone"];

    public static JsonObject Next(RandomValues random)
    {
        var used = Structs[..(1 + random.Below(Structs.Length))];
        var types = new JsonObject();
        for (var i = 0; i < used.Length; i++) types[used[i]] = Fields(random, used[(i + 1)..]);
        return new() { ["types"] = types, ["primaryType"] = used[0], ["domain"] = Domain(random), ["message"] = Value(random, types, used[0]) };
    }

    static JsonArray Fields(RandomValues random, string[] later) => new([.. Enumerable.Range(0, 1 + random.Below(4)).Select(i =>
    {
        var type = later.Length > 0 && random.Chance(40) ? later[random.Below(later.Length)] : Plain[random.Below(Plain.Length)];
        var suffix = random.Below(6) switch { 0 => "[]", 1 => "[2]", 2 when random.Chance(20) => "[][2]", _ => "" };
        return (JsonNode)new JsonObject { ["name"] = $"field{i}", ["type"] = type + suffix };
    })]);

    static JsonObject Domain(RandomValues random)
    {
        var domain = new JsonObject();
        if (random.Chance(80)) domain["name"] = random.Text();
        if (random.Chance(60)) domain["version"] = "1";
        if (random.Chance(80)) domain["chainId"] = 1 + random.Below(100_000);
        if (random.Chance(80)) domain["verifyingContract"] = random.Address().ToString();
        if (random.Chance(20)) domain["salt"] = random.Word().ToString();
        return domain;
    }

    static JsonNode Value(RandomValues random, JsonObject types, string type)
    {
        if (type.EndsWith(']'))
        {
            var start = type.LastIndexOf('[');
            var count = type.EndsWith("[2]", StringComparison.Ordinal) ? 2 : random.Below(4);
            return new JsonArray([.. Enumerable.Range(0, count).Select(_ => Value(random, types, type[..start]))]);
        }
        if (types[type] is not JsonArray fields) return AbiCases.Json(AbiCases.Value(random, AbiType.Parse(type)));
        var value = new JsonObject();
        foreach (var field in fields) value[(string)field!["name"]!] = Value(random, types, (string)field["type"]!);
        return value;
    }
}
