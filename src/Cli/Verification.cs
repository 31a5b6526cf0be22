using System.Net;
using System.Net.Http.Json;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>Where an auditor finds a settled receipt, and what the contract says of it.</summary>
static class Verification
{
    /// <summary>The receipt with its path, once it is settled; null while it isn't.</summary>
    public static async Task<PublishedReceipt?> Find(HttpClient http, string settlement, Bytes32 requestId, CancellationToken stop)
    {
        // Read whole, so that the client's bound on its size holds.
        using var reply = await http.GetAsync(new Uri($"{settlement}/v1/receipts/{requestId}/proof"), stop);
        if (reply.StatusCode == HttpStatusCode.NotFound) return null;
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadFromJsonAsync(WireJson.Default.PublishedReceipt, stop);
    }

    /// <summary>What the contract says of the receipt in its statement.</summary>
    public static Task<bool> OnChain(Web3 web3, Rail rail, ReceiptProof proof, CancellationToken stop) =>
        new SettlementContract(web3, rail.Settlement).VerifyReceiptAsync(proof.Receipt.Receipt, proof.Receipt.Signature, proof.Statement.Statement, proof.Path, stop: stop);
}
