namespace ProofMesh.Protocol;

/// <summary>How a request ended.</summary>
public enum ReceiptStatus : byte
{
    Completed = 0,
    Length = 1,
    CancelledByClient = 2,
    FailedOver = 3,
    ProviderError = 4,
    Refused = 5,
}
