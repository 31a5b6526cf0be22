using System.Collections.Frozen;
using ProofMesh;
using ProofMesh.Chain;
using ProofMesh.Database;
using ProofMesh.Protocol;
using ProofMesh.Settlement;

SettlementOptions options;
Account account;
try
{
    options = Configuration.Read(args);
    account = options.Key.Open();
}
catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IOException or FormatException)
{
    Console.Error.WriteLine(fault.Message);
    return 2;
}

var rail = options.Rail.ToRail();
await using var database = Postgres.Open(options.Postgres);
await using var web3 = new Web3(options.Rpc);
await Migrator.ApplyAsync(database, CancellationToken.None);
await using var alone = await OutboxLock.TakeAsync(options.Postgres, rail, account.Address, CancellationToken.None);

var chain = new ChainView(web3, rail);
var outbox = new Outbox(database);
var published = new Published(database);
var publisher = new Publisher(published, options.PublishFolder);
using var intake = new Intake(rail, Ecdsa.Recover, new ContractWallets(web3.Eth, TimeProvider.System).AcceptsAsync, chain, outbox, options.Providers.Select(Address.Parse).ToFrozenSet(), TimeProvider.System);

var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
builder.WebHost.UseUrls(options.Url);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = options.BodyBytes);
builder.Logging.ClearProviders().AddSimpleConsole(line => line.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning);
builder.Services.AddSingleton<IHostedService>(services =>
{
    var submitter = new Submitter(web3, account, rail, chain, outbox, new BatchStore(database), options, TimeProvider.System, services.GetRequiredService<ILogger<Submitter>>());
    return Loop.Of("submitter", options.Poll, submitter.TurnAsync, services);
});
builder.Services.AddSingleton<IHostedService>(services => Loop.Of("publisher", options.Poll, publisher.TurnAsync, services));
await using var app = builder.Build();
new Endpoints(intake, published, new Status(database), web3.Eth, rail, account.Address).Map(app);
await app.StartAsync();
Console.WriteLine($"ready {app.Urls.First()}");
await app.WaitForShutdownAsync();
account.Dispose();
return 0;
