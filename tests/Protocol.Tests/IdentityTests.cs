using System.Text;
using System.Text.Json.Nodes;

namespace ProofMesh.Protocol.Tests;

public sealed class IdentityTests
{
    static readonly JsonNode File = Vectors.Read("identity.json");

    [Fact]
    public void Request_ids_agree() => Assert.All(File["requestIds"].Items(), item =>
        Assert.Equal(item.Hash("requestId"), Commitments.RequestId(item.Account("payer"), item.Hash("clientNonce"))));

    [Fact]
    public void Canonical_requests_and_their_commitments_agree() => Assert.All(File["requests"].Items(), item =>
    {
        var json = item["request"]!;
        var request = new ChatRequest(json.Text("model"),
            [.. json["messages"].Items().Select(turn => new ChatTurn(turn.Text("role"), turn.Text("content")))],
            json.Int("max_tokens"), [.. json["stop"].Items().Select(stop => stop.ToString())], json["response_format"]?.ToString());
        Assert.Equal(item.Text("canonical"), Encoding.UTF8.GetString(request.Canonical()));
        Assert.Equal(item.Hash("commitment"), Commitments.Request(item.Hash("salt"), request));
    });

    [Fact]
    public void Response_commitments_agree() => Assert.All(File["responses"].Items(), item =>
        Assert.Equal(item.Hash("commitment"), Commitments.Response(item.Hash("salt"), [.. item["tokens"].Items().Select(token => (int)token.GetValue<long>())])));

    [Fact]
    public void Seeds_agree() => Assert.All(File["seeds"].Items(), item =>
        Assert.Equal(item.Hash("seed"), item["integer"] is { } named
            ? Commitments.Seed(default, default, default, long.Parse(named.ToString()))
            : Commitments.Seed(item.Hash("requestId"), item.Hash("clientNonce"), item.Hash("nodeNonce"), null)));

    [Fact]
    public void Sampling_commitments_agree() => Assert.All(File["sampling"].Items(), item =>
        Assert.Equal(item.Hash("commitment"), Commitments.Sampling(item.Hash("salt"), item.Hash("seed"), new Sampling(
            item.Real("temperature"), item.Real("topP"), item.Real("minP"), item.Int("topK"),
            item.Real("repetitionPenalty"), item.Real("frequencyPenalty"), item.Real("presencePenalty")))));

    [Fact]
    public void Model_digests_agree() => Assert.All(File["manifests"].Items(), item =>
    {
        var json = item["manifest"]!;
        var manifest = new ModelManifest(json.Text("name"), json.Int("context"), json.Text("engine"), json.Text("scheme"),
            json.Hash("tokenizer"), [.. json["weights"].Items().Select(digest => Bytes32.Parse(digest.ToString()))]);
        Assert.Equal(item.Hash("model"), manifest.Digest());
    });
}
