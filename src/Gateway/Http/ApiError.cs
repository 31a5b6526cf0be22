using System.Text.Json.Serialization;

namespace ProofMesh.Gateway;

/// <summary>An error as OpenAI's clients read it: <c>{"error":{"message","type","code","param"}}</c>.</summary>
sealed record ApiError([property: JsonIgnore] int Status, string Message, string Type, string Code, string? Param)
{
    /// <summary>What each fault is in HTTP: the error documentation.</summary>
    public static ApiError Of(RelayFault fault, string message, string? param = null)
    {
        var (status, type, code) = fault switch
        {
            RelayFault.InvalidRequest => (400, "invalid_request_error", "invalid_request"),
            RelayFault.BodyTooLarge => (413, "invalid_request_error", "body_too_large"),
            RelayFault.Unauthenticated => (401, "authentication_error", "invalid_api_key"),
            RelayFault.UnknownModel => (404, "invalid_request_error", "model_not_found"),
            RelayFault.NoNode => (503, "service_unavailable", "no_node_available"),
            RelayFault.ContextOverflow => (400, "invalid_request_error", "context_length_exceeded"),
            RelayFault.InsufficientFunds => (402, "payment_required", "insufficient_funds"),
            RelayFault.GrantRequired => (402, "payment_required", "grant_required"),
            RelayFault.GrantExhausted => (402, "payment_required", "grant_exhausted"),
            RelayFault.KeyExhausted => (402, "payment_required", "key_cap_exceeded"),
            RelayFault.Replayed => (409, "invalid_request_error", "replayed_request"),
            RelayFault.NodeRefused => (502, "provider_error", "provider_refused"),
            RelayFault.NodeGone => (502, "provider_error", "provider_disconnected"),
            RelayFault.NodeStalled => (504, "provider_error", "provider_timeout"),
            RelayFault.NodeBroke => (502, "provider_error", "protocol_violation"),
            RelayFault.WrongPayment => (502, "provider_error", "wrong_payment"),
            RelayFault.BadReceipt => (502, "provider_error", "bad_receipt"),
            RelayFault.DeadlineExceeded => (504, "timeout", "deadline_exceeded"),
            RelayFault.CustomerLeft => (499, "cancelled", "client_closed_request"),
            RelayFault.TooMany => (429, "rate_limit_exceeded", "too_many_requests"),
            RelayFault.ShuttingDown => (503, "service_unavailable", "shutting_down"),
            RelayFault.BooksClosed => (503, "service_unavailable", "books_unavailable"),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "This isn't a fault."),
        };
        return new(status, message, type, code, param);
    }
}

sealed record ErrorBody(ApiError Error);
