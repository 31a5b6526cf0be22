using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests.Differential;

/// <summary>This client against viem (npm), an independent implementation: more than 100,000 random cases, none of which may differ.</summary>
public sealed class ViemTests
{
    const int Hashes = 45_000, Addresses = 9_000, Messages = 8_000, RlpItems = 8_000, Created = 5_000, AbiValues = 20_000, Typed = 3_000, Transactions = 6_000;
    // Signing and recovering take viem about a thousand times as long as the rest.
    const int Signatures = 800, Recoveries = 300, Wallets = 10;

    readonly List<(JsonObject Case, Func<string, bool> Agrees)> cases = [];

    [Fact]
    public async Task No_random_case_differs_from_viem()
    {
        Add(new RandomValues(seed: 20_261_122));
        Assert.True(cases.Count >= 100_000, $"{cases.Count} cases");
        var answers = await Repository.NodeAsync("tests/Chain.Tests/Differential/viem.mjs", [], cases.Select(one => one.Case.ToJsonString()));
        Assert.Equal(cases.Count, answers.Length);
        var differing = cases.Zip(answers).Where(pair => !pair.First.Agrees((string)JsonNode.Parse(pair.Second)!)).ToArray();
        Assert.True(differing.Length == 0, $"{differing.Length} of {cases.Count} cases differ, first {differing.FirstOrDefault().First.Case?.ToJsonString()}: {differing.FirstOrDefault().Second}");
        TestContext.Current.SendDiagnosticMessage($"{cases.Count} cases agree with viem");
    }

    void Add(RandomValues random)
    {
        Repeat(Hashes, () => random.Bytes(random.Below(random.Chance(5) ? 600 : 80)) is var data ? Same(new() { ["kind"] = "keccak", ["data"] = Hex.Encode(data) }, Keccak256.Hash(data)) : default);
        Repeat(Addresses, () => random.Address() is var address ? Same(new() { ["kind"] = "address", ["lower"] = address.ToString().ToLowerInvariant() }, address) : default);
        Repeat(Messages, () => random.Text() is var text ? Same(new() { ["kind"] = "message", ["text"] = text }, PersonalMessage.Digest(text)) : default);
        Repeat(RlpItems, () => RandomRlp(random, 4));
        Repeat(Created, () => (random.Address(), (ulong)random.Units(62)) is var (from, nonce) ? Same(new() { ["kind"] = "created", ["from"] = from.ToString(), ["nonce"] = nonce.ToString() }, CreatedAddress.Of(from, nonce)) : default);
        Repeat(AbiValues, () => RandomAbi(random));
        Repeat(Typed, () => TypedDataCases.Next(random) is var json ? Same(new() { ["kind"] = "typed", ["json"] = json.DeepClone() }, TypedData.Parse(json.ToJsonString()).Digest()) : default);
        Repeat(Transactions, () => TransactionCases.Hash(random));
        Repeat(Transactions / 2, () => TransactionCases.Serialised(random));
        Repeat(Recoveries, () => TransactionCases.Sender(random));
        Repeat(Recoveries, () => TransactionCases.Signed(random));
        Repeat(Signatures, () => Key(random, "account", (account, _) => account.ToString()));
        Repeat(Signatures, () => Key(random, "sign", (account, digest) => account.Sign(digest).ToString()));
        Repeat(Recoveries, () => RandomRecovery(random));
        Repeat(Wallets, () => RandomWallet(random));
    }

    void Repeat(int count, Func<(JsonObject, Func<string, bool>)> next)
    {
        for (var i = 0; i < count; i++) cases.Add(next());
    }

    internal static (JsonObject, Func<string, bool>) Same(JsonObject one, object ours)
    {
        var text = ours.ToString();
        return (one, theirs => string.Equals(theirs, text, StringComparison.Ordinal));
    }

    static (JsonObject, Func<string, bool>) RandomRlp(RandomValues random, int depth)
    {
        var (item, json) = Next(depth);
        // What is encoded is also read back, to the same bytes.
        var encoded = Rlp.Encode(item);
        Assert.Equal(encoded, Rlp.Encode(Rlp.Decode(encoded)));
        return Same(new() { ["kind"] = "rlp", ["item"] = json }, Hex.Encode(encoded));

        (RlpItem, JsonNode) Next(int levels)
        {
            if (levels == 0 || random.Chance(40)) return random.Bytes(random.Below(random.Chance(10) ? 300 : 60)) is var bytes ? (bytes, (JsonNode)Hex.Encode(bytes)) : default;
            var parts = Enumerable.Range(0, random.Below(5)).Select(_ => Next(levels - 1)).ToArray();
            return (new RlpItem([.. parts.Select(part => part.Item1)]), new JsonArray([.. parts.Select(part => part.Item2)]));
        }
    }

    static (JsonObject, Func<string, bool>) RandomAbi(RandomValues random)
    {
        var tuple = AbiCases.Tuple(random, 3);
        var values = (object[])AbiCases.Value(random, tuple);
        var json = AbiCases.Json(values);
        var encoded = Hex.Encode(Abi.Encode(tuple, values));
        var one = new JsonObject { ["kind"] = "abi", ["types"] = string.Join(", ", (object[])tuple.Parts), ["values"] = json };
        return (one, theirs => theirs == encoded && JsonNode.DeepEquals(AbiCases.Json(Abi.Decode(tuple, Hex.Decode(theirs))), json));
    }

    static (JsonObject, Func<string, bool>) Key(RandomValues random, string kind, Func<Account, Bytes32, string> ours)
    {
        var (key, digest) = (random.PrivateKey(), random.Word());
        return Same(new() { ["kind"] = kind, ["key"] = Hex.Encode(key), ["digest"] = digest.ToString() }, ours(Account.FromPrivateKey(key), digest));
    }

    static (JsonObject, Func<string, bool>) RandomRecovery(RandomValues random)
    {
        var (account, digest) = (Account.FromPrivateKey(random.PrivateKey()), random.Word());
        var signature = account.Sign(digest);
        Assert.Equal(account.Address, Ecdsa.Recover(digest, signature));
        return Same(new() { ["kind"] = "recover", ["digest"] = digest.ToString(), ["signature"] = signature.ToString() }, account);
    }

    static (JsonObject, Func<string, bool>) RandomWallet(RandomValues random)
    {
        var words = Mnemonic.FromEntropy(random.Bytes(16 + 4 * random.Below(5)));
        var (passphrase, index) = (random.Chance(50) ? "" : "correct horse", random.Below(1000));
        return Same(new() { ["kind"] = "wallet", ["words"] = words, ["passphrase"] = passphrase, ["index"] = index }, new HdWallet(words, passphrase).GetAccount((uint)index));
    }
}
