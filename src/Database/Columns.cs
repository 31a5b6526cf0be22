using System.Data;
using System.Numerics;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using ProofMesh.Protocol;

namespace ProofMesh.Database;

/// <summary>The one place that says how the protocol's types are stored.</summary>
public static class Columns
{
    static readonly Lock Gate = new();
    static bool registered;

    /// <summary>Tells Dapper, which then also finds received_at for ReceivedAt; any number of times, from any thread.</summary>
    public static void Register()
    {
        lock (Gate)
        {
            if (registered) return;
            DefaultTypeMap.MatchNamesWithUnderscores = true;
            SqlMapper.RemoveTypeMap(typeof(ulong));
            SqlMapper.RemoveTypeMap(typeof(uint));
            SqlMapper.AddTypeHandler(new Column<Address>(NpgsqlDbType.Bytea, value => value.ToArray(), value => new Address((byte[])value)));
            SqlMapper.AddTypeHandler(new Column<Bytes32>(NpgsqlDbType.Bytea, value => value.ToArray(), value => new Bytes32((byte[])value)));
            SqlMapper.AddTypeHandler(new Column<Signature>(NpgsqlDbType.Bytea, value => value.ToArray(), value => new Signature((byte[])value)));
            SqlMapper.AddTypeHandler(new Column<TokenAmount>(NpgsqlDbType.Numeric, value => (BigInteger)value.Units, value => new TokenAmount((UInt128)Integer(value))));
            SqlMapper.AddTypeHandler(new Column<BigInteger>(NpgsqlDbType.Numeric, value => value, Integer));
            SqlMapper.AddTypeHandler(new Column<ulong>(NpgsqlDbType.Numeric, value => (BigInteger)value, value => (ulong)Integer(value)));
            SqlMapper.AddTypeHandler(new Column<uint>(NpgsqlDbType.Bigint, value => (long)value, value => (uint)Integer(value)));
            SqlMapper.AddTypeHandler(new Column<DateTimeOffset>(NpgsqlDbType.TimestampTz, value => value.ToUniversalTime(), Instant));
            registered = true;
        }
    }

    // A column of Postgres is numeric, bigint or integer, whatever suits the table.
    static BigInteger Integer(object value) => value switch
    {
        BigInteger wide => wide,
        long whole => whole,
        int small => small,
        short tiny => tiny,
        decimal exact when decimal.IsInteger(exact) => (BigInteger)exact,
        _ => throw new DataException($"A whole number was expected, the column holds {value.GetType().Name}."),
    };

    static DateTimeOffset Instant(object value) => value switch
    {
        DateTime utc => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)),
        DateTimeOffset instant => instant,
        _ => throw new DataException($"A timestamptz was expected, the column holds {value.GetType().Name}."),
    };

    sealed class Column<T>(NpgsqlDbType type, Func<T, object> write, Func<object, T> read) : SqlMapper.TypeHandler<T> where T : struct
    {
        public override void SetValue(IDbDataParameter parameter, T value)
        {
            ((NpgsqlParameter)parameter).NpgsqlDbType = type;
            parameter.Value = write(value);
        }

        public override T Parse(object value) => read(value);
    }
}
