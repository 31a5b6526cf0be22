using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Which logs are wanted: of any of the addresses, and at each position any of the topics (an empty position takes all).</summary>
public sealed record LogFilter
{
    public BlockParameter? FromBlock { get; init; }

    public BlockParameter? ToBlock { get; init; }

    /// <summary>One block by hash, in place of a range: immune to a reorganisation between two questions.</summary>
    public Bytes32? BlockHash { get; init; }

    public IReadOnlyList<Address> Addresses { get; init; } = [];

    public IReadOnlyList<IReadOnlyList<Bytes32>> Topics { get; init; } = [];

    internal JsonObject ToJson()
    {
        var json = new JsonObject();
        if (BlockHash is { } hash) json["blockHash"] = hash.ToString();
        if (FromBlock is { } from) json["fromBlock"] = from.ToJson();
        if (ToBlock is { } to) json["toBlock"] = to.ToJson();
        if (Addresses.Count > 0) json["address"] = new JsonArray([.. Addresses.Select(address => (JsonNode)address.ToString())]);
        if (Topics.Count > 0) json["topics"] = new JsonArray([.. Topics.Select(choices => choices.Count == 0 ? null : new JsonArray([.. choices.Select(topic => (JsonNode)topic.ToString())]))]);
        return json;
    }
}
