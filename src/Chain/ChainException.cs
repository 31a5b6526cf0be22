using System.Net;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Something that the chain, or the node that speaks for it, did not do. Each case carries its data.</summary>
public abstract class ChainException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The node answered with a JSON-RPC error.</summary>
public sealed class RpcException(int code, string message) : ChainException($"{message} ({code})")
{
    public int Code { get; } = code;
}

/// <summary>The node couldn't be reached in time, or what came back wasn't JSON-RPC within the limits.</summary>
public sealed class TransportException(string message, HttpStatusCode? status = null, Exception? inner = null) : ChainException(message, inner)
{
    public HttpStatusCode? Status { get; } = status;
}

/// <summary>A call or an estimate reverted.</summary>
public sealed class RevertException(string message, byte[] data) : ChainException(Describe(message, data))
{
    /// <summary>What the contract returned: a selector and its arguments, or nothing.</summary>
    public new byte[] Data { get; } = data;

    /// <summary>The error of our contracts (or Solidity's own) that the data says, or null for an unknown one.</summary>
    public ContractError? Error { get; } = ContractError.Decode(data);

    static string Describe(string message, byte[] data) => ContractError.Decode(data) is { } error ? $"The contract refused: {error}" : message;
}

/// <summary>A transaction was mined and failed.</summary>
public sealed class TransactionFailedException(TransactionReceipt receipt, RevertException? reason)
    : ChainException($"Transaction {receipt.TransactionHash} failed in block {receipt.BlockNumber}{(reason is null ? "." : $": {reason.Message}")}", reason)
{
    public TransactionReceipt Receipt { get; } = receipt;

    public ContractError? Error { get; } = reason?.Error;
}

/// <summary>A transaction had no receipt within the time that was given; it may still be mined.</summary>
public sealed class NotMinedException(Bytes32 hash, TimeSpan waited) : ChainException($"Transaction {hash} has no receipt after {waited.TotalSeconds:0} s.")
{
    public Bytes32 TransactionHash { get; } = hash;
}
