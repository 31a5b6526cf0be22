using System.Numerics;
using Npgsql.Internal;
using Npgsql.Internal.Postgres;

namespace ProofMesh.Database;

/// <summary>
/// Reads numeric columns as BigInteger unless another type is asked for. Npgsql's default is decimal, which has 96 bits:
/// a voucher over 2¹²⁸ − 1 that somebody signed for fun would make its row unreadable.
/// </summary>
sealed class NumericAsBigInteger : PgTypeInfoResolverFactory
{
    static readonly DataTypeName Numeric = new("pg_catalog.numeric");

    public override IPgTypeInfoResolver CreateResolver() => new Resolver();

    public override IPgTypeInfoResolver? CreateArrayResolver() => null;

    sealed class Resolver : IPgTypeInfoResolver
    {
        public PgTypeInfo? GetTypeInfo(Type? type, DataTypeName? dataTypeName, PgSerializerOptions options)
        {
            if (type != typeof(object) || dataTypeName != Numeric || options.GetTypeInfo(typeof(BigInteger), Numeric) is not { } integer) return null;
            var converter = integer.GetResolution(BigInteger.Zero).GetConverter<BigInteger>();
            return new PgTypeInfo(options, new Boxed(converter), Numeric);
        }
    }

    sealed class Boxed(PgConverter<BigInteger> integer) : PgStreamingConverter<object>
    {
        public override bool CanConvert(DataFormat format, out BufferRequirements bufferRequirements) => integer.CanConvert(format, out bufferRequirements);

        public override object Read(PgReader reader) => integer.Read(reader);

        public override async ValueTask<object> ReadAsync(PgReader reader, CancellationToken cancellationToken = default) =>
            await integer.ReadAsync(reader, cancellationToken);

        public override Size GetSize(SizeContext context, object value, ref object? writeState) =>
            integer.GetSize(context, (BigInteger)value, ref writeState);

        public override void Write(PgWriter writer, object value) => integer.Write(writer, (BigInteger)value);

        public override ValueTask WriteAsync(PgWriter writer, object value, CancellationToken cancellationToken = default) =>
            integer.WriteAsync(writer, (BigInteger)value, cancellationToken);
    }
}
