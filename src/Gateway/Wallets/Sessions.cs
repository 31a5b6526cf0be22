using Dapper;
using Npgsql;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Signs wallets in: a nonce, a signed message, a token.</summary>
sealed class Sessions(NpgsqlDataSource database, Rail rail, GatewayOptions options, AskWallet askWallet, TimeProvider time)
{
    static readonly TimeSpan NonceLifetime = TimeSpan.FromMinutes(10);

    public async Task<string> NonceAsync(CancellationToken stop)
    {
        const string sql = """
            with old as (
              delete from sign_in_nonce
              where expires_at < @now
            )
            insert into sign_in_nonce (nonce, expires_at)
            values (@nonce, @until)
            """;
        var nonce = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        await using var connection = await database.OpenConnectionAsync(stop);
        await connection.ExecuteAsync(new(sql, new { nonce, now = time.GetUtcNow(), until = time.GetUtcNow() + NonceLifetime }, cancellationToken: stop));
        return nonce;
    }

    public async Task<(SignInFault Fault, string? Token, Address Wallet)> SignInAsync(string text, Signature signature, string domain, CancellationToken stop)
    {
        var message = SignInMessage.Parse(text);
        var fault = SignInCheck.Fault(message, PersonalMessage.RecoverMessage(text, signature), options.Domain.Length > 0 ? options.Domain : domain, rail.ChainId, time.GetUtcNow());
        // A wallet that is a contract has no key that could be recovered.
        if (fault == SignInFault.WrongSigner && await askWallet(message!.Wallet, PersonalMessage.Digest(text), signature, stop)) fault = SignInFault.None;
        if (fault != SignInFault.None) return (fault, null, default);
        // The nonce is used up and the session begins in one statement, so one message opens one session.
        const string sql = """
            with used as (
              delete from sign_in_nonce
              where nonce = @Nonce and expires_at >= @now
              returning nonce
            ),
            old as (
              delete from wallet_session
              where expires_at < @now
            )
            insert into wallet_session (hash, wallet, expires_at)
            select @hash, @Wallet, @until
            from used
            """;
        var token = Secret.New(Secret.SessionPrefix);
        var arguments = new { message!.Nonce, message.Wallet, hash = Secret.Hash(token), now = time.GetUtcNow(), until = time.GetUtcNow() + options.SessionLifetime };
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.ExecuteAsync(new(sql, arguments, cancellationToken: stop)) == 1 ? (SignInFault.None, token, message.Wallet) : (SignInFault.UnknownNonce, null, default);
    }
}
