using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Says with numbers why money can't be held for a request.</summary>
static class Unpaid
{
    public static Outcome Of(BookFault fault, Reservation reservation, Balance balance, Rail rail)
    {
        string In(TokenAmount amount) => $"{amount.ToTokens(rail.Decimals)} {rail.Symbol}";
        var available = balance.Available.Sign > 0 ? new TokenAmount((UInt128)balance.Available) : TokenAmount.Zero;
        return fault switch
        {
            BookFault.InsufficientFunds => new(RelayFault.InsufficientFunds,
                $"This request can cost up to {In(reservation.Ceiling)} ({reservation.Ceiling} base units); {In(available)} ({available}) are available, {In(balance.Reserved)} reserved and {In(balance.Unsettled)} unsettled. Deposit to the escrow {rail.Escrow}, or ask for fewer max_tokens."),
            BookFault.GrantExhausted => new(RelayFault.GrantExhausted,
                $"This request can cost up to {In(reservation.Ceiling)}; the grant leaves {In(reservation.Headroom)}, of which {In(balance.Reserved + balance.Unsettled)} are reserved or unsettled. Sign a grant with a higher cap (GET /v1/grant)."),
            BookFault.KeyExhausted => new(RelayFault.KeyExhausted,
                $"This request can cost up to {In(reservation.Ceiling)}, more than this API key's spending cap leaves."),
            BookFault.KeyEnded => new(RelayFault.Unauthenticated, "This API key was revoked or has run out."),
            BookFault.Replayed => new(RelayFault.Replayed,
                $"Request {reservation.Request} was made before: the Idempotency-Key was used. GET /v1/receipts/{reservation.Request} has its receipt.", Param: "Idempotency-Key"),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "This isn't a fault."),
        };
    }
}
