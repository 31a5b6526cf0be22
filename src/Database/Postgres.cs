using Npgsql;

namespace ProofMesh.Database;

public static class Postgres
{
    /// <summary>A pool of connections that know the protocol's types, for Dapper and for Npgsql alike.</summary>
    public static NpgsqlDataSource Open(PostgresOptions options)
    {
        Columns.Register();
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        builder.ConnectionStringBuilder.MaxPoolSize = options.MaxConnections;
        builder.ConnectionStringBuilder.CommandTimeout = (int)options.CommandTimeout.TotalSeconds;
        builder.ConnectionStringBuilder.IncludeErrorDetail = false;
        builder.AddTypeInfoResolverFactory(new NumericAsBigInteger());
        return builder.Build();
    }
}
