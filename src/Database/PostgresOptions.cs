using Npgsql;

namespace ProofMesh.Database;

/// <summary>Where Postgres is and how much of it one process may use.</summary>
public sealed record PostgresOptions
{
    /// <summary>As Npgsql reads it: <c>Host=127.0.0.1;Port=5432;Username=postgres;Database=proofmesh</c>.</summary>
    public string ConnectionString { get; init; } = "";

    public int MaxConnections { get; init; } = 20;

    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A sentence for each thing that must be changed.</summary>
    public IEnumerable<string> Faults()
    {
        if (ConnectionString.Length == 0) yield return "Postgres:ConnectionString is empty: set it to Host=…;Username=…;Database=….";
        else if (ParseFault() is { } fault) yield return $"Postgres:ConnectionString can't be read: {fault}";
        if (MaxConnections is < 2 or > 1000) yield return $"Postgres:MaxConnections is {MaxConnections}: use 2 to 1000.";
        if (CommandTimeout < TimeSpan.FromSeconds(1)) yield return $"Postgres:CommandTimeout is {CommandTimeout}: use a second or more.";
    }

    string? ParseFault()
    {
        try
        {
            return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(ConnectionString).Host) ? "it names no Host." : null;
        }
        catch (ArgumentException fault)
        {
            return fault.Message;
        }
    }
}
