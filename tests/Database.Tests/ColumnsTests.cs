using System.Numerics;
using Dapper;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Database_Tests;

public sealed class ColumnsTests(TestPostgres postgres) : IClassFixture<TestPostgres>
{
    sealed record Row(Address Account, Bytes32 Hash, Signature Signature, TokenAmount Money, ulong Long, uint Int, Address? Nobody, TokenAmount? Nothing, DateTimeOffset At);

    [Fact]
    public async Task Every_type_comes_back_as_it_was_written()
    {
        var row = new Row(
            Address.Parse("0x00000000000000000000000000000000000000ff"), Bytes32.Random(), new Signature(Bytes32.Random(), Bytes32.Random(), 28),
            TokenAmount.Max, ulong.MaxValue, uint.MaxValue, null, null, DateTimeOffset.UnixEpoch.AddMilliseconds(1_700_000_000_123));
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            create temp table row (account address, hash bytes32, signature signature, money amount, long uint64, int bigint, nobody address, nothing amount, at timestamptz);
            insert into row values (@Account, @Hash, @Signature, @Money, @Long, @Int, @Nobody, @Nothing, @At)
            """, row);

        Assert.Equal(row, await connection.QuerySingleAsync<Row>("select account, hash, signature, money, long, int, nobody, nothing, at from row"));
    }

    [Fact]
    public async Task Money_is_compared_and_summed_by_the_database_without_loss()
    {
        await using var connection = await postgres.DataSource.OpenConnectionAsync();

        var sum = await connection.QuerySingleAsync<BigInteger>("select @a::amount::numeric + @b::amount", new { a = TokenAmount.Max, b = new TokenAmount(1) });

        Assert.Equal((BigInteger)UInt128.MaxValue + 1, sum);
    }

    [Fact]
    public async Task Arrays_of_money_travel_as_numeric_arrays()
    {
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        BigInteger[] amounts = [1, (BigInteger)UInt128.MaxValue];

        var back = await connection.QueryAsync<TokenAmount>("select unnest(@amounts::numeric[])", new { amounts });

        Assert.Equal([new TokenAmount(1), TokenAmount.Max], back);
    }
}
