using System.Numerics;
using System.Text.Json.Nodes;

namespace ProofMesh.Protocol.Tests;

/// <summary>The vectors that Solidity, C# and TypeScript share.</summary>
static class Vectors
{
    public static JsonNode Read(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "tests", "vectors"))) folder = folder.Parent;
        return JsonNode.Parse(File.ReadAllText(Path.Combine(folder.FullName, "tests", "vectors", file)))!;
    }

    public static IEnumerable<JsonNode> Items(this JsonNode? node) => node!.AsArray().Select(item => item!);

    public static string Text(this JsonNode node, string name) => node[name]!.ToString();

    public static Bytes32 Hash(this JsonNode node, string name) => Bytes32.Parse(node.Text(name));

    public static Address Account(this JsonNode node, string name) => Address.Parse(node.Text(name));

    public static TokenAmount Money(this JsonNode node, string name) => new(UInt128.Parse(node.Text(name)));

    public static ulong Long(this JsonNode node, string name) => ulong.Parse(node.Text(name));

    public static uint Int(this JsonNode node, string name) => uint.Parse(node.Text(name));

    public static float Real(this JsonNode node, string name) => node[name]!.GetValue<float>();

    public static Totals Totals(JsonNode node) => new(node.Long("completed"), node.Long("tokens"), node.Money("fees"), node.Long("points"));

    public static SumNode Node(JsonNode node) => new(node.Hash("hash"), Totals(node["totals"]!));

    public static Receipt Receipt(JsonNode node) => new(
        node.Hash("requestId"), node.Account("payer"), node.Account("provider"), node.Long("sequence"), node.Hash("model"),
        node.Hash("request"), node.Hash("response"), node.Hash("sampling"), node.Hash("trace"),
        node.Int("promptTokens"), node.Int("cachedTokens"), node.Int("completionTokens"),
        node.Long("inputPrice"), node.Long("cachedPrice"), node.Long("outputPrice"), node.Money("fee"), node.Money("cumulative"),
        node.Long("startedAt"), node.Int("firstTokenMs"), node.Int("durationMs"), (ReceiptStatus)node.Int("status"));
}
