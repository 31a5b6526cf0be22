using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>One question of an audit and its answer.</summary>
/// <param name="Says">What was found; where it doesn't hold, what is wrong.</param>
sealed record Check(string Name, bool Holds, string Says);

/// <summary>Whether a published receipt is what its node signed, and whether the chain knows the statement that covers it.</summary>
static class ReceiptAudit
{
    /// <summary>What anybody can check without the chain.</summary>
    public static IEnumerable<Check> Offline(PublishedReceipt published, Rail rail)
    {
        var (receipt, signed, statement) = (published.Proof.Receipt.Receipt, published.Proof.Statement, published.Proof.Statement.Statement);
        var wrong = ReceiptCheck.Fault(receipt);
        yield return new("arithmetic", wrong == ReceiptFault.None, wrong == ReceiptFault.None ? $"{receipt.PromptTokens} prompt and {receipt.CompletionTokens} answer tokens cost {receipt.Fee} base units" : $"the receipt is wrong: {wrong}");
        yield return Signed(published.Proof.Receipt, published.Node, rail);
        // Whether it continues the statement before it is for the chain to say.
        var fault = StatementCheck.Fault(signed, new StatementTerms(published.Node, statement.Provider, unchecked(statement.FirstSequence - 1)), rail, Ecdsa.Recover);
        yield return new("statement", fault == StatementFault.None, fault == StatementFault.None ? $"the node signed the root of receipts {statement.FirstSequence} to {statement.LastSequence}" : $"the statement is wrong: {fault}");
        yield return new("provider", statement.Provider == receipt.Provider, statement.Provider == receipt.Provider ? $"receipt and statement name {receipt.Provider}" : $"the receipt names {receipt.Provider}, the statement {statement.Provider}");
        var placed = ReceiptCheck.Misplaced(receipt, statement, published.Proof.Path) == ReceiptFault.None;
        yield return new("path", placed, placed ? $"the root covers the receipt as number {receipt.Sequence}" : $"the root doesn't cover this receipt as number {receipt.Sequence}");
    }

    /// <summary>What the contracts say.</summary>
    public static async Task<IReadOnlyList<Check>> OnChain(Web3 web3, Rail rail, PublishedReceipt published, CancellationToken stop)
    {
        var statement = published.Proof.Statement.Statement;
        var owner = await new StakingContract(web3, rail.Staking).ProviderOfAsync(published.Node, stop: stop);
        var settled = await new SettlementContract(web3, rail.Settlement).SettledAtAsync(published.Node, statement, stop: stop);
        return
        [
            new("node", owner == statement.Provider, owner == statement.Provider ? $"the node belongs to {owner}" : owner.IsZero ? "the chain doesn't know the node" : $"the node belongs to {owner}"),
            settled == 0 ? new("settled", false, $"the chain doesn't hold this statement ({published.State})") : new("settled", true, $"at {DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(settled, 253_402_300_799)):yyyy-MM-dd HH:mm:ss} UTC"),
            await Verified(web3, rail, published.Proof, stop),
            await Settling(web3, rail, published, stop),
        ];
    }

    static async Task<Check> Verified(Web3 web3, Rail rail, ReceiptProof proof, CancellationToken stop)
    {
        var fault = await new SettlementContract(web3, rail.Settlement).CheckReceiptAsync(proof.Receipt.Receipt, proof.Receipt.Signature, proof.Statement.Statement, proof.Path, stop: stop);
        var holds = await Verification.OnChain(web3, rail, proof, stop);
        return new("verifyReceipt", holds, holds ? "true, says the contract" : $"false, says the contract: {fault}");
    }

    // The settler names the transaction; the log of the contract in it is what counts.
    static async Task<Check> Settling(Web3 web3, Rail rail, PublishedReceipt published, CancellationToken stop)
    {
        const string name = "transaction";
        if (published.Transaction is not { } hash) return new(name, false, "the settler names no transaction");
        if (await web3.Eth.GetTransactionReceiptAsync(hash, stop) is not { Succeeded: true } mined) return new(name, false, $"{hash} isn't mined, or failed");
        var statement = published.Proof.Statement.Statement;
        var settles = mined.Logs.Where(log => log.Address == rail.Settlement).Select(SettlementContract.DecodeEvent).OfType<StatementSettledEvent>()
            .Any(settled => settled.Node == published.Node && settled.Root == statement.Root && settled.FirstSequence == statement.FirstSequence);
        return new(name, settles, settles ? $"{hash} in block {mined.BlockNumber} settled the statement" : $"{hash} doesn't settle this statement");
    }

    // By itself, so that a receipt with a wrong sum shows who signed it so.
    static Check Signed(SignedReceipt signed, Address node, Rail rail)
    {
        var signer = Ecdsa.Recover(signed.Receipt.Digest(rail), signed.Signature);
        return new("signature", signer == node, signer == node ? $"node {node} signed the receipt" : signer is null ? "the signature is none" : $"node {node} didn't sign this, {signer} did");
    }
}
