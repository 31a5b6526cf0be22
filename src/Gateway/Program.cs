using ProofMesh.Gateway;

try
{
    await GatewayApp.Build(args).RunToTheEndAsync();
    return 0;
}
catch (Exception fault) when (fault is InvalidOperationException or Npgsql.NpgsqlException or IOException or FormatException)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
