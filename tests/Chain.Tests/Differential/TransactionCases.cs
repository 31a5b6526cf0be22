using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests.Differential;

/// <summary>Random transactions and the JSON that viem.mjs takes for them.</summary>
static class TransactionCases
{
    public static (JsonObject, Func<string, bool>) Hash(RandomValues random) =>
        Next(random) is var transaction ? ViemTests.Same(Json(transaction, "unsigned"), transaction.SigningHash) : default;

    public static (JsonObject, Func<string, bool>) Serialised(RandomValues random)
    {
        var signed = Next(random).Sign(Account.FromPrivateKey(random.PrivateKey()));
        Assert.Equal(Hex.Encode(signed.Raw), Hex.Encode(SignedTransaction.Decode(signed.Raw).Raw));
        var json = Json(signed.Transaction, "signed");
        (json["r"], json["s"], json["yParity"]) = (signed.Signature.R.ToString(), signed.Signature.S.ToString(), signed.Signature.V - 27);
        return ViemTests.Same(json, Hex.Encode(signed.Raw));
    }

    public static (JsonObject, Func<string, bool>) Sender(RandomValues random)
    {
        var account = Account.FromPrivateKey(random.PrivateKey());
        var signed = Next(random).Sign(account);
        Assert.Equal(account.Address, SignedTransaction.Decode(signed.Raw).From);
        return ViemTests.Same(new() { ["kind"] = "sender", ["raw"] = Hex.Encode(signed.Raw) }, account);
    }

    public static (JsonObject, Func<string, bool>) Signed(RandomValues random)
    {
        var (transaction, key) = (Next(random), random.PrivateKey());
        var json = Json(transaction, "signing");
        json["key"] = Hex.Encode(key);
        return ViemTests.Same(json, Hex.Encode(transaction.Sign(Account.FromPrivateKey(key)).Raw));
    }

    static Transaction Next(RandomValues random)
    {
        // viem refuses a tip above the cap.
        UInt128 one = random.Units(), other = random.Units();
        return new(1 + (ulong)random.Units(40), (ulong)random.Units(50), UInt128.Min(one, other), UInt128.Max(one, other), (ulong)random.Units(64),
            random.Chance(90) ? random.Address() : null, random.Units(), random.Bytes(random.Below(random.Chance(10) ? 400 : 70)))
        {
            AccessList = [.. Enumerable.Range(0, random.Chance(30) ? random.Below(4) : 0).Select(_ => new AccessListEntry(random.Address(), [.. Enumerable.Range(0, random.Below(3)).Select(_ => random.Word())]))],
        };
    }

    static JsonObject Json(Transaction transaction, string kind) => new()
    {
        ["kind"] = kind,
        ["chainId"] = transaction.ChainId,
        ["nonce"] = transaction.Nonce,
        ["tip"] = transaction.MaxPriorityFeePerGas.ToString(),
        ["max"] = transaction.MaxFeePerGas.ToString(),
        ["gas"] = transaction.Gas.ToString(),
        ["to"] = transaction.To?.ToString(),
        ["value"] = transaction.Value.ToString(),
        ["data"] = Hex.Encode(transaction.Data),
        ["accessList"] = new JsonArray([.. transaction.AccessList.Select(entry => new JsonObject
        {
            ["address"] = entry.Address.ToString(),
            ["storageKeys"] = new JsonArray([.. entry.StorageKeys.Select(key => (JsonNode)key.ToString())]),
        })]),
    };
}
