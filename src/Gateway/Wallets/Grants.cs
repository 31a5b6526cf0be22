using Dapper;
using Npgsql;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Grants that wallets signed for this gateway's spender.</summary>
sealed class Grants(NpgsqlDataSource database, ChainMirror mirror, Reconciliation reconciliation, Spender spender, Rail rail, AskWallet askWallet, TimeProvider time)
{
    /// <summary>Keeps a grant that is good now; it replaces the older one.</summary>
    public async Task<GrantFault> AcceptAsync(SignedGrant signed, Address wallet, CancellationToken stop)
    {
        var grant = signed.Grant;
        if (grant.Payer != wallet || grant.Spender != spender.Address) return GrantFault.WrongParty;
        var fault = await GrantCheck.FaultAsync(signed, new GrantTerms(Now(), await mirror.EpochAsync(grant.Payer, stop)), rail, Ecdsa.Recover, askWallet, stop);
        if (fault != GrantFault.None) return fault;
        const string sql = """
            insert into payer_grant (payer, spender, cap, valid_until, epoch, signature, left_to_spend)
            values (@Payer, @Spender, @Cap, @ValidUntil, @Epoch, @Signature, @Cap)
            on conflict (payer, spender) do update
            set cap = excluded.cap, valid_until = excluded.valid_until, epoch = excluded.epoch, signature = excluded.signature,
              left_to_spend = excluded.left_to_spend, received_at = now()
            """;
        await using (var connection = await database.OpenConnectionAsync(stop))
            await connection.ExecuteAsync(new(sql, new { grant.Payer, grant.Spender, grant.Cap, grant.ValidUntil, grant.Epoch, signed.Signature }, cancellationToken: stop));
        await reconciliation.ApplyAsync(grant.Payer, stop);
        return GrantFault.None;
    }

    /// <summary>Why this caller's grant doesn't cover a request now, in words; null when it does.</summary>
    public string? Missing(Caller caller) => caller.Grant is not { Grant: var grant } ? "No grant was signed for this gateway: sign the typed data of GET /v1/grant and POST it to /v1/grants."
        : grant.ValidUntil <= Now() ? $"The grant ended at {grant.ValidUntil}: sign a new one (GET /v1/grant)."
        : grant.Epoch != caller.Epoch ? $"The grant is of epoch {grant.Epoch}, the wallet revoked those below {caller.Epoch}: sign a new one (GET /v1/grant)."
        : null;

    /// <summary>Whether this key may sign vouchers for the payer, as far as this gateway or the chain knows.</summary>
    public async Task<bool> IsSpenderAsync(Address payer, Address signer, CancellationToken stop)
    {
        const string sql = """
            select exists (select from payer_grant where payer = @payer and spender = @signer)
              or exists (select from chain.grant_registered where payer = @payer and spender = @signer)
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.ExecuteScalarAsync<bool>(new(sql, new { payer, signer }, cancellationToken: stop));
    }

    public ulong Now() => (ulong)time.GetUtcNow().ToUnixTimeSeconds();
}
