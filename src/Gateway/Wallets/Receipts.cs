using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>A request as its payer may see it: what it cost, with the receipt and the openings of its commitments.</summary>
sealed record ReceiptView(
    Bytes32 RequestId, string Status, string? Fault, string Model, Address? Node, Address? Provider, TokenAmount Paid,
    SignedReceipt? Receipt, Bytes32? ReceiptHash, Bytes32 Salt, Bytes32 ClientNonce, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);

/// <summary>Requests and their receipts, for the wallet that paid.</summary>
sealed class Receipts(NpgsqlDataSource database)
{
    const string Columns = "id, status, fault, model, node, provider, booked, receipt, receipt_signature, receipt_hash, salt, client_nonce, created_at, ended_at";

    /// <summary>Newest first, of those before a time.</summary>
    public async Task<ReceiptView[]> ListAsync(Address payer, DateTimeOffset? before, int limit, CancellationToken stop)
    {
        const string sql = $"""
            select {Columns}
            from request
            where payer = @payer and (@before::timestamptz is null or created_at < @before)
            order by created_at desc
            limit @limit
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        return (await connection.QueryAsync<Row>(new(sql, new { payer, before, limit }, cancellationToken: stop))).Select(row => row.View()).ToArray();
    }

    public async Task<ReceiptView?> FindAsync(Address payer, Bytes32 request, CancellationToken stop)
    {
        const string sql = $"select {Columns} from request where id = @request and payer = @payer";
        await using var connection = await database.OpenConnectionAsync(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>(new(sql, new { payer, request }, cancellationToken: stop)))?.View();
    }

    sealed record Row
    {
        public Bytes32 Id { get; init; }
        public string Status { get; init; } = "";
        public string? Fault { get; init; }
        public string Model { get; init; } = "";
        public Address? Node { get; init; }
        public Address? Provider { get; init; }
        public TokenAmount Booked { get; init; }
        public byte[]? Receipt { get; init; }
        public Signature? Receipt_Signature { get; init; }
        public Bytes32? Receipt_Hash { get; init; }
        public Bytes32 Salt { get; init; }
        public Bytes32 Client_Nonce { get; init; }
        public DateTimeOffset Created_At { get; init; }
        public DateTimeOffset? Ended_At { get; init; }

        public ReceiptView View() => new(
            Id, Status, Fault, Model, Node, Provider, Booked,
            Receipt is { } bytes && Receipt_Signature is { } signature ? new(Protocol.Receipt.FromBinary(bytes), signature) : null, Receipt_Hash,
            Salt, Client_Nonce, Created_At, Ended_At);
    }
}
