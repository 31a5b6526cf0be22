using System.Text.Json.Nodes;

namespace ProofMesh.Protocol.Tests;

public sealed class TypedDataTests
{
    static readonly JsonNode File = Vectors.Read("typed-data.json");

    public static TheoryData<string> Names => [.. File["cases"].Items().Select(item => item.Text("name"))];

    public static TheoryData<string> Domains => [.. File["domains"].Items().Select(item => item.Text("name"))];

    static JsonNode Domain(string name) => File["domains"].Items().Single(item => item.Text("name") == name);

    static readonly Rail Local = new(31337, default, default, Domain("staking").Account("verifyingContract"), Domain("local").Account("verifyingContract"));

    [Theory]
    [MemberData(nameof(Domains))]
    public void Domain_separators_agree(string name) =>
        Assert.Equal(Domain(name).Hash("separator"), Eip712.DomainSeparator(Domain(name).Long("chainId"), Domain(name).Account("verifyingContract")));

    [Theory]
    [MemberData(nameof(Names))]
    public void Messages_hash_to_the_shared_digests(string name)
    {
        var item = File["cases"].Items().Single(item => item.Text("name") == name);
        var message = item["message"]!;
        var (domain, digest) = item.Text("type") switch
        {
            "Grant" => ("local", new Grant(message.Account("payer"), message.Account("spender"), message.Money("cap"), message.Long("validUntil"), message.Int("epoch")).Digest(Local)),
            "Reserve" => ("local", new Reserve(message.Account("payer"), message.Account("provider"), message.Money("amount"), message.Long("until")).Digest(Local)),
            "Voucher" => ("local", new Voucher(message.Account("payer"), message.Account("node"), message.Money("cumulative"), message.Hash("receipt")).Digest(Local)),
            "Statement" => ("local", new Statement(message.Account("provider"), message.Long("firstSequence"), message.Long("lastSequence"), message.Hash("root")).Digest(Local)),
            "NodeKey" => ("staking", new NodeKey(message.Account("provider"), message.Account("node")).Digest(Local)),
            "Receipt" => ("local", Vectors.Receipt(message).Digest(Local)),
            var type => throw new InvalidOperationException($"The vectors have a message {type} that this test doesn't know."),
        };
        Assert.Equal(item["digests"]!.Hash(domain), digest);
    }
}
