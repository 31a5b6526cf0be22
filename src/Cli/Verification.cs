using System.Net;
using System.Net.Http.Json;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>Checks a receipt as an auditor does: its own arithmetic here, its place in a settled statement on the chain.</summary>
static class Verification
{
    /// <summary>The receipt with its path, once it is settled; null while it isn't.</summary>
    public static async Task<PublishedReceipt?> Find(HttpClient http, string settlement, Bytes32 requestId, CancellationToken stop)
    {
        using var reply = await http.GetAsync(new Uri($"{settlement}/v1/receipts/{requestId}/proof"), stop);
        if (reply.StatusCode == HttpStatusCode.NotFound) return null;
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadFromJsonAsync(WireJson.Default.PublishedReceipt, stop);
    }

    /// <summary>What the contract says of the receipt in its statement.</summary>
    public static Task<bool> OnChain(Web3 web3, Rail rail, ReceiptProof proof, CancellationToken stop) =>
        new SettlementContract(web3, rail.Settlement).VerifyReceiptAsync(proof.Receipt.Receipt, proof.Receipt.Signature, proof.Statement.Statement, proof.Path, stop: stop);

    /// <summary>What anybody can check without the chain.</summary>
    public static ReceiptFault Offline(PublishedReceipt published, Rail rail) =>
        ReceiptCheck.Fault(published.Proof.Receipt, published.Node, rail, Ecdsa.Recover);
}
