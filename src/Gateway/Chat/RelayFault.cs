namespace ProofMesh.Gateway;

/// <summary>Why a request isn't answered, or not to its end. <see cref="ApiError.Of"/> says each in HTTP.</summary>
enum RelayFault
{
    None,
    InvalidRequest,
    BodyTooLarge,
    Unauthenticated,
    UnknownModel,
    /// <summary>Nodes serve the model, but none that fits is healthy, staked and free.</summary>
    NoNode,
    ContextOverflow,
    InsufficientFunds,
    GrantRequired,
    GrantExhausted,
    KeyExhausted,
    Replayed,
    NodeRefused,
    NodeGone,
    NodeStalled,
    /// <summary>The node sent what the protocol doesn't allow.</summary>
    NodeBroke,
    /// <summary>The node asked for more than this request explains.</summary>
    WrongPayment,
    BadReceipt,
    DeadlineExceeded,
    CustomerLeft,
    ShuttingDown,
    TooMany,
    /// <summary>Postgres doesn't answer: nothing is served that couldn't be booked.</summary>
    BooksClosed,
}
