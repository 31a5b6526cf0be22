using System.Globalization;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Client;

/// <summary>The wallet's side: sign-in, the grant that lets the gateway pay, keys, balances, receipts.</summary>
public sealed class AccountClient
{
    readonly ApiCall api;
    readonly Signer? wallet;

    internal AccountClient(ApiCall api, Signer? wallet) => (this.api, this.wallet) = (api, wallet);

    /// <summary>Signs in again, when a session has run out.</summary>
    public async Task SignInAsync(CancellationToken stop = default)
    {
        var nonce = await api.Send(HttpMethod.Post, "/v1/auth/nonce", null, ClientJson.Default.Nonce, stop);
        if (SignIn.Fault(nonce, api.Gateway) is { } fault) throw new NotAuthorizedException(fault, "bad_nonce", 200);
        var message = SignIn.Message(nonce, Wallet.Address, api.Gateway, DateTimeOffset.UtcNow);
        var signature = await Wallet.SignAsync(PersonalMessage.Digest(message), stop);
        using var body = ApiCall.Json(new Verify(message, signature), ClientJson.Default.Verify);
        api.Token = (await api.Send(HttpMethod.Post, "/v1/auth/verify", body, ClientJson.Default.Session, stop)).Token;
    }

    /// <summary>Lets the gateway sign vouchers up to a cap until a time: one signature, no transaction.</summary>
    /// <param name="cap">Null takes what the gateway suggests.</param>
    /// <param name="rail">What the wallet means to pay on; null believes the gateway.</param>
    /// <exception cref="InvalidRequestException">The gateway asks to sign for another rail, or refuses the grant.</exception>
    public async Task<Grant> GrantAsync(TokenAmount? cap = null, DateTimeOffset? until = null, Rail? rail = null, CancellationToken stop = default)
    {
        var offer = await api.Send(HttpMethod.Get, "/v1/grant", null, ClientJson.Default.GrantOffer, stop);
        // We sign our own reading of the grant, never bytes that a gateway made up.
        var (grant, domain) = GrantOffered.Read(offer.TypedData, Wallet.Address, cap, until);
        if (rail is not null && domain != rail.Domain) throw new InvalidRequestException("The gateway asks for a grant on another chain or contract than the rail's.", "wrong_rail", 200, null);
        var signed = new SignedGrant(grant, await Wallet.SignAsync(Eip712.Digest(domain, grant.StructHash()), stop));
        using var body = ApiCall.Json(new GrantAnswer(signed), ClientJson.Default.GrantAnswer);
        using var reply = await api.Send(HttpMethod.Post, "/v1/grants", body, stop);
        return grant;
    }

    public Task<AccountState> GetAsync(CancellationToken stop = default) =>
        api.Send(HttpMethod.Get, "/v1/account", null, ClientJson.Default.AccountState, stop);

    /// <summary>Makes a key for OpenAI-compatible clients. Its secret is shown this once.</summary>
    public async Task<ApiKey> CreateKeyAsync(string name, TokenAmount? cap = null, DateTimeOffset? expiresAt = null, CancellationToken stop = default)
    {
        using var body = ApiCall.Json(new NewKey(name, cap, expiresAt), ClientJson.Default.NewKey);
        return await api.Send(HttpMethod.Post, "/v1/keys", body, ClientJson.Default.ApiKey, stop);
    }

    public async Task<IReadOnlyList<ApiKey>> ListKeysAsync(CancellationToken stop = default) =>
        (await api.Send(HttpMethod.Get, "/v1/keys", null, ClientJson.Default.ManyApiKey, stop)).Data ?? [];

    public async Task RevokeKeyAsync(long id, CancellationToken stop = default) =>
        (await api.Send(HttpMethod.Delete, string.Create(CultureInfo.InvariantCulture, $"/v1/keys/{id}"), null, stop)).Dispose();

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<PaidRequest>> GetReceiptsAsync(int limit = 20, CancellationToken stop = default) =>
        (await api.Send(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/v1/receipts?limit={limit}"), null, ClientJson.Default.ManyPaidRequest, stop)).Data ?? [];

    public Task<PaidRequest> GetReceiptAsync(Bytes32 requestId, CancellationToken stop = default) =>
        api.Send(HttpMethod.Get, $"/v1/receipts/{requestId}", null, ClientJson.Default.PaidRequest, stop);

    Signer Wallet => wallet ?? throw new InvalidOperationException("This client has an API key only: connect with a wallet to sign.");
}

/// <param name="Available">Base units, may be negative while money that left the escrow is still promised.</param>
/// <param name="Level">What the wallet earned as a provider: it decides its priority.</param>
public sealed record AccountState(
    Address Wallet, string Currency, int Decimals, string Available, TokenAmount Reserved, TokenAmount Unsettled, TokenAmount Settled,
    string Level, int Priority, TokenAmount? GrantLeft, ulong? GrantValidUntil);

/// <param name="Secret">Set only in the answer to its creation.</param>
public sealed record ApiKey(long Id, string Name, string Prefix, TokenAmount? Cap, TokenAmount Used, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, string? Secret);

/// <param name="Paid">Base units.</param>
public sealed record PaidRequest(
    Bytes32 RequestId, string Status, string? Fault, string Model, Address? Node, Address? Provider, TokenAmount Paid,
    SignedReceipt? Receipt, Bytes32? ReceiptHash, Bytes32 Salt, Bytes32 ClientNonce, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);
