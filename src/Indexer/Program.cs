using ProofMesh;
using ProofMesh.Chain;
using ProofMesh.Database;
using ProofMesh.Indexer;

IndexerOptions options;
try
{
    options = Configuration.Read(args);
}
catch (Exception fault) when (fault is InvalidOperationException or IOException or FormatException)
{
    Console.Error.WriteLine(fault.Message);
    return 2;
}

var rail = options.Rail.ToRail();
await using var database = Postgres.Open(options.Postgres);
await using var web3 = new Web3(options.Rpc);
await Migrator.ApplyAsync(database, CancellationToken.None);

var mirror = new Mirror(database, options.Confirmations);
await mirror.OpenAsync(rail, options.StartBlock, CancellationToken.None);
var follower = new Follower(await ChainReader.OpenAsync(web3, rail, CancellationToken.None), mirror, options);
var achievements = new AchievementCount(database);

var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = args });
builder.Logging.AddSimpleConsole(line => line.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning);
builder.Services.AddSingleton<IHostedService>(services => Loop.Of("chain", options.Poll, follower.TurnAsync, services));
builder.Services.AddSingleton<IHostedService>(services => Loop.Of("achievements", options.Poll, achievements.TurnAsync, services));
using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("ready indexer");
await host.WaitForShutdownAsync();
return 0;
