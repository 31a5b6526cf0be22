using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using ProofMesh.Database;

namespace ProofMesh.Gateway;

/// <summary>The process: what it is made of, what it serves, what it does on its own.</summary>
static class GatewayApp
{
    /// <summary>Connections that may be between dialling and welcome at once.</summary>
    const int NodesAtTheDoor = 256;

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddGatewaySources(args);
        var options = (builder.Configuration.Get<GatewayOptions>() ?? new()).Validated();
        builder.Logging.ClearProviders().AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ "));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        builder.WebHost.UseUrls(options.Url).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Limits.BodyBytes;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            // A reader that is slow is bounded by Limits:SlowReader instead, which knows about pauses between tokens.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxConcurrentUpgradedConnections = options.Limits.Nodes + NodesAtTheDoor;
        });
        builder.Services.AddGateway(options);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Limits.Drain + TimeSpan.FromSeconds(5));
        var app = builder.Build();
        app.Use(Errors.CatchAsync);
        app.UseWebSockets();
        Map(app);
        return app;
    }

    static void Map(WebApplication app)
    {
        app.MapPost("/v1/chat/completions", (HttpContext http, ChatEndpoint chat) => chat.AnswerAsync(http));
        app.MapGet("/v1/models", ModelsEndpoint.List);
        app.MapGet("/v1/nodes", (HttpContext http, NodeDoor door, Draining draining) => NodesEndpoint.AdmitAsync(http, door, draining));
        app.MapGet("/health", (Health health, CancellationToken stop) => health.LookAsync(stop));
        WalletEndpoints.Map(app);
    }

    /// <summary>Brings the database up to date, takes the lease, gives back what a crash left, listens, says so, and ends on SIGTERM.</summary>
    public static async Task RunToTheEndAsync(this WebApplication app)
    {
        await app.StartGatewayAsync(CancellationToken.None);
        Console.WriteLine($"ready {app.Address()}");
        await app.WaitForShutdownAsync();
    }

    public static async Task StartGatewayAsync(this WebApplication app, CancellationToken stop)
    {
        var services = app.Services;
        await Migrator.ApplyAsync(services.GetRequiredService<Npgsql.NpgsqlDataSource>(), stop);
        await services.GetRequiredService<Lease>().TakeAsync(stop);
        await services.GetRequiredService<Books>().ReleaseOrphansAsync(stop);
        // The drain must be watching before the first request comes.
        _ = services.GetRequiredService<Draining>();
        await app.StartAsync(stop);
    }

    /// <summary>Where it listens, with the port that was taken when the options say 0.</summary>
    public static string Address(this WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? throw new InvalidOperationException("The gateway doesn't listen.");
}
