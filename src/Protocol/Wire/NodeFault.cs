using System.Text.Json.Serialization;

namespace ProofMesh.Protocol;

/// <summary>Why a node refuses or ends a request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NodeFault>))]
public enum NodeFault
{
    /// <summary>The frame can't be read, or a value in it is out of bounds.</summary>
    BadFrame,
    WrongVersion,
    WrongRail,
    BadSignature,
    /// <summary>The node isn't registered to this provider, or its stake is too small.</summary>
    NotStaked,
    UnknownModel,
    StaleQuote,
    /// <summary>Prompt and answer together don't fit the model's context; the message has the numbers.</summary>
    ContextOverflow,
    /// <summary>The payer's escrow less what is unclaimed doesn't cover the quote.</summary>
    PaymentRequired,
    BadGrant,
    BadVoucher,
    /// <summary>No voucher came in time.</summary>
    VoucherTimeout,
    /// <summary>This request id was served before.</summary>
    Replayed,
    Overloaded,
    DeadlineExceeded,
    /// <summary>The sender cancelled before anything was computed.</summary>
    Cancelled,
    ShuttingDown,
    EngineFailed,
}
