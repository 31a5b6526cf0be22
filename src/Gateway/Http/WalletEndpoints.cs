using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

sealed record NonceView(string Nonce, string Domain, ulong ChainId);
sealed record VerifyBody(string Message, Signature Signature);
sealed record SessionView(string Token, Address Wallet);
sealed record GrantView(JsonObject TypedData, TokenAmount Available, SignedGrant? Current);
sealed record GrantBody(SignedGrant Grant);
sealed record KeyBody(string? Name = null, TokenAmount? Cap = null, DateTimeOffset? ExpiresAt = null);

/// <param name="Available">May be negative while money that left the escrow is still promised.</param>
sealed record AccountView(
    Address Wallet, string Currency, int Decimals, string Available, TokenAmount Reserved, TokenAmount Unsettled, TokenAmount Settled,
    string Level, int Priority, TokenAmount? GrantLeft, ulong? GrantValidUntil);

/// <summary>Sign-in, grants, keys, account: what a wallet does besides asking.</summary>
static class WalletEndpoints
{
    const int LongestName = 64;

    public static void Map(WebApplication app)
    {
        app.MapPost("/v1/auth/nonce", NonceAsync);
        app.MapPost("/v1/auth/verify", VerifyAsync);
        app.MapGet("/v1/grant", GrantAsync);
        app.MapPost("/v1/grants", AcceptGrantAsync);
        app.MapPost("/v1/keys", CreateKeyAsync);
        app.MapGet("/v1/keys", async (HttpContext http, Callers callers, Keys keys, CancellationToken stop) =>
            await callers.WalletAsync(http.Request, stop) is { } caller
                ? Ok(new ListView<KeyView>(await keys.ListAsync(caller.Payer, stop)), ApiJson.Default.ListViewKeyView)
                : NoSession());
        app.MapDelete("/v1/keys/{id:long}", RevokeKeyAsync);
        app.MapGet("/v1/account", AccountAsync);
        app.MapGet("/v1/receipts", ReceiptsAsync);
        app.MapGet("/v1/receipts/{request}", ReceiptAsync);
    }

    // A nonce is a row in Postgres that anybody may cause; an attempt to sign in costs a recovered signature.
    static async Task<IResult> NonceAsync(HttpContext http, Sessions sessions, SignInLimit limit, Rail rail, GatewayOptions options, CancellationToken stop)
    {
        if (limit.Refusal(http) is { } refusal) return refusal;
        return Ok(new NonceView(await sessions.NonceAsync(stop), Domain(http, options), rail.ChainId), ApiJson.Default.NonceView);
    }

    static async Task<IResult> VerifyAsync(HttpContext http, Sessions sessions, SignInLimit limit, GatewayOptions options, Reconciliation books, CancellationToken stop)
    {
        if (limit.Refusal(http) is { } late) return late;
        var (body, fault) = await Body.ReadAsync(http, ApiJson.Default.VerifyBody, stop);
        if (body is null) return fault!;
        var (refusal, token, wallet) = await sessions.SignInAsync(body.Message, body.Signature, Domain(http, options), stop);
        if (refusal != SignInFault.None) return Errors.Result(new ApiError(401, $"The sign-in is refused: {refusal}.", "authentication_error", "sign_in_refused", refusal.ToString()));
        await books.ApplyAsync(wallet, stop);
        return Ok(new SessionView(token!, wallet), ApiJson.Default.SessionView);
    }

    static async Task<IResult> GrantAsync(HttpContext http, Callers callers, Books books, ChainMirror mirror, Spender spender, Rail rail, GatewayOptions options, TimeProvider time, CancellationToken stop)
    {
        if (await callers.WalletAsync(http.Request, stop) is not { } caller) return NoSession();
        var until = (ulong)(time.GetUtcNow() + options.GrantLifetime).ToUnixTimeSeconds();
        var grant = new Grant(caller.Payer, spender.Address, new TokenAmount((UInt128)options.SuggestedCap), until, await mirror.EpochAsync(caller.Payer, stop));
        var balance = await books.BalanceAsync(caller.Payer, stop);
        var available = balance.Available.Sign > 0 ? new TokenAmount((UInt128)balance.Available) : TokenAmount.Zero;
        return Ok(new GrantView(GrantRequest.TypedData(grant, rail), available, caller.Grant), ApiJson.Default.GrantView);
    }

    static async Task<IResult> AcceptGrantAsync(HttpContext http, Callers callers, Grants grants, CancellationToken stop)
    {
        if (await callers.WalletAsync(http.Request, stop) is not { } caller) return NoSession();
        var (body, refusal) = await Body.ReadAsync(http, ApiJson.Default.GrantBody, stop);
        if (body is null) return refusal!;
        var fault = await grants.AcceptAsync(body.Grant, caller.Payer, stop);
        return fault == GrantFault.None
            ? Results.NoContent()
            : Errors.Result(new ApiError(400, $"The grant is refused: {fault}.", "invalid_request_error", "grant_refused", fault.ToString()));
    }

    static async Task<IResult> CreateKeyAsync(HttpContext http, Callers callers, Keys keys, TimeProvider time, CancellationToken stop)
    {
        if (await callers.WalletAsync(http.Request, stop) is not { } caller) return NoSession();
        var (body, refusal) = await Body.ReadAsync(http, ApiJson.Default.KeyBody, stop);
        if (body is null) return refusal!;
        var name = body.Name ?? "key";
        if (name.Length is 0 or > LongestName) return Errors.Result(RelayFault.InvalidRequest, $"name must have 1 to {LongestName} characters.", "name");
        if (body.ExpiresAt <= time.GetUtcNow()) return Errors.Result(RelayFault.InvalidRequest, "expires_at is in the past.", "expires_at");
        return await keys.CreateAsync(caller.Payer, name, body.Cap, body.ExpiresAt, stop) is { } key
            ? Ok(key, ApiJson.Default.KeyView)
            : Errors.Result(RelayFault.InvalidRequest, $"A wallet has at most {Keys.MostKeys} keys: delete one first.");
    }

    static async Task<IResult> RevokeKeyAsync(long id, HttpContext http, Callers callers, Keys keys, CancellationToken stop)
    {
        if (await callers.WalletAsync(http.Request, stop) is not { } caller) return NoSession();
        if (!await keys.RevokeAsync(caller.Payer, id, stop)) return NotFound("This wallet has no such key.");
        callers.Forget(id);
        return Results.NoContent();
    }

    static async Task<IResult> AccountAsync(HttpContext http, Callers callers, Books books, Reconciliation reconciliation, Rail rail, CancellationToken stop)
    {
        if (await callers.FindAsync(http.Request, stop) is not { } found) return NoSession();
        await reconciliation.ApplyAsync(found.Payer, stop);
        var caller = await callers.FindAsync(http.Request, stop) ?? found;
        var balance = await books.BalanceAsync(caller.Payer, stop);
        return Ok(new AccountView(
            caller.Payer, rail.Symbol, rail.Decimals, balance.Available.ToString(), balance.Reserved, balance.Unsettled, balance.Settled,
            caller.Level.ToString(), (int)caller.Level, caller.Grant is null ? null : caller.Headroom, caller.Grant?.Grant.ValidUntil), ApiJson.Default.AccountView);
    }

    static async Task<IResult> ReceiptsAsync(HttpContext http, DateTimeOffset? before, int? limit, Callers callers, Receipts receipts, CancellationToken stop) =>
        await callers.FindAsync(http.Request, stop) is { } caller
            ? Ok(new ListView<ReceiptView>(await receipts.ListAsync(caller.Payer, before, Math.Clamp(limit ?? 20, 1, 100), stop)), ApiJson.Default.ListViewReceiptView)
            : NoSession();

    static async Task<IResult> ReceiptAsync(string request, HttpContext http, Callers callers, Receipts receipts, CancellationToken stop)
    {
        if (await callers.FindAsync(http.Request, stop) is not { } caller) return NoSession();
        return Bytes32.TryParse(request, out var id) && await receipts.FindAsync(caller.Payer, id, stop) is { } receipt
            ? Ok(receipt, ApiJson.Default.ReceiptView)
            : NotFound("This wallet made no such request.");
    }

    static IResult Ok<T>(T value, JsonTypeInfo<T> type) => Results.Json(value, type);

    static IResult NoSession() => Errors.Result(RelayFault.Unauthenticated, "Sign in first: POST /v1/auth/nonce, then /v1/auth/verify, and send Authorization: Bearer with the token.");

    static IResult NotFound(string message) => Errors.Result(new ApiError(404, message, "invalid_request_error", "not_found", null));

    static string Domain(HttpContext http, GatewayOptions options) => options.Domain.Length > 0 ? options.Domain : http.Request.Host.Value ?? "";
}
