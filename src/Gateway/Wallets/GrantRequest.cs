using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>What a wallet is asked to sign, as eth_signTypedData_v4 takes it.</summary>
static class GrantRequest
{
    public static JsonObject TypedData(Grant grant, Rail rail) => new()
    {
        ["types"] = new JsonObject
        {
            ["EIP712Domain"] = Fields(("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address")),
            ["Grant"] = Fields(("payer", "address"), ("spender", "address"), ("cap", "uint128"), ("validUntil", "uint64"), ("epoch", "uint32")),
        },
        ["primaryType"] = "Grant",
        ["domain"] = new JsonObject { ["name"] = "ProofMesh", ["version"] = "1", ["chainId"] = rail.ChainId, ["verifyingContract"] = rail.Settlement.ToString() },
        ["message"] = new JsonObject
        {
            ["payer"] = grant.Payer.ToString(),
            ["spender"] = grant.Spender.ToString(),
            ["cap"] = grant.Cap.ToString(),
            ["validUntil"] = grant.ValidUntil.ToString(),
            ["epoch"] = grant.Epoch,
        },
    };

    static JsonArray Fields(params (string Name, string Type)[] fields) =>
        new([.. fields.Select(field => (JsonNode)new JsonObject { ["name"] = field.Name, ["type"] = field.Type })]);
}
