using Npgsql;
using ProofMesh.Chain;
using ProofMesh.Database;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

static class Composition
{
    public static void AddGateway(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(options.Rail.ToRail());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(Boot.New());
        services.AddSingleton(_ => Postgres.Open(options.Postgres with { ConnectionString = Prepared(options.Postgres.ConnectionString) }));
        services.AddSingleton(provider => new Spender(options.Spender.Open(), provider.GetRequiredService<Rail>()));
        services.AddSingleton(_ => Wallets(options.Rpc));
        services.AddSingleton<Draining>().AddSingleton<Health>();
        services.AddSingleton<Mesh>().AddSingleton<ChainMirror>().AddSingleton<NodeDoor>().AddSingleton<Standings>();
        services.AddSingleton<Books>().AddSingleton<Pairs>().AddSingleton<Reconciliation>().AddSingleton<Lease>();
        services.AddSingleton<Sessions>().AddSingleton<SignInLimit>().AddSingleton<Callers>().AddSingleton<Grants>().AddSingleton<Keys>().AddSingleton<Receipts>();
        services.AddSingleton<Payments>().AddSingleton<Relay>().AddSingleton<ChatEndpoint>();
        services.AddLoop("reconciliation", TimeSpan.FromSeconds(1), provider => provider.GetRequiredService<Reconciliation>().ApplyAllAsync);
        services.AddLoop("lease", TimeSpan.FromSeconds(5), provider => provider.GetRequiredService<Lease>().KeepAsync);
        services.AddLoop("orphans", TimeSpan.FromSeconds(15), provider => provider.GetRequiredService<Books>().ReleaseOrphansAsync);
        services.AddLoop("standings", TimeSpan.FromSeconds(3), provider => provider.GetRequiredService<Standings>().RefreshAsync);
        services.AddLoop("callers", TimeSpan.FromSeconds(1), provider => provider.GetRequiredService<Callers>().RenewAsync);
        services.AddLoop("audit", TimeSpan.FromMinutes(5), provider => provider.GetRequiredService<Health>().AuditAsync);
    }

    static AskWallet Wallets(string rpc) =>
        rpc.Length == 0 ? (_, _, _, _) => ValueTask.FromResult(false) : new ContractWallets(new Web3(rpc).Eth, TimeProvider.System).AcceptsAsync;

    // Each statement of the books is parsed and planned once per connection, unless the operator says otherwise (PgBouncer).
    static string Prepared(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        if (!connection.Contains("Auto Prepare", StringComparison.OrdinalIgnoreCase)) builder.MaxAutoPrepare = 64;
        return builder.ConnectionString;
    }

    static void AddLoop(this IServiceCollection services, string name, TimeSpan every, Func<IServiceProvider, Func<CancellationToken, Task>> turn) =>
        services.AddSingleton<IHostedService>(provider => Loop.Of(name, every, Never(turn(provider)), provider));

    // These have nothing more to do until the next time.
    static Func<CancellationToken, Task<bool>> Never(Func<CancellationToken, Task> turn) => async stop =>
    {
        await turn(stop);
        return false;
    };
}
