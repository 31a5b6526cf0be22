using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>A call, or a transaction whose open fields the node is asked for. Amounts are wei.</summary>
/// <param name="To">Null creates a contract.</param>
public sealed record TransactionRequest(Address? To, byte[] Data, UInt128 Value = default)
{
    public Address? From { get; init; }

    public ulong? Gas { get; init; }

    public ulong? Nonce { get; init; }

    public UInt128? MaxFeePerGas { get; init; }

    public UInt128? MaxPriorityFeePerGas { get; init; }

    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["data"] = Hex.Encode(Data) };
        if (To is { } to) json["to"] = to.ToString();
        if (From is { } from) json["from"] = from.ToString();
        if (Value != 0) json["value"] = JsonRead.Quantity(Value);
        if (Gas is { } gas) json["gas"] = JsonRead.Quantity(gas);
        return json;
    }
}
