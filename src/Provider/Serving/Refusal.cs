using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>Ends a request before anything is charged; becomes a fault frame.</summary>
sealed class RefusalException(NodeFault fault, string message, TokenAmount? required = null, SignedVoucher? last = null, SignedReceipt[]? owed = null, Reserve? reserve = null) : Exception(message)
{
    public NodeFault Fault => fault;

    public FaultFrame ToFrame(Bytes32? id) => new(id, fault, Message, fault == NodeFault.Overloaded ? 1_000 : null, required, last, owed, reserve);
}
