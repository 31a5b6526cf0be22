using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Provider;
using Log = ProofMesh.Provider.Log;

var builder = WebApplication.CreateSlimBuilder(args);
var options = Configuration.Read(builder, args);
if (options is null) return 2;
var rail = options.Rail.ToRail();
using var key = NodeKeyFile.Load(options.NodeKeyFile);
var provider = Address.Parse(options.Provider);
var time = TimeProvider.System;

using var books = new NodeBooks(options.Data);
var price = (ModelManifest manifest, Prices prices, uint maxTokens) => new Quotes(manifest, prices, maxTokens, options.QuoteLife, key.Address, key.Sign, rail, time);
if (await NodeModels.Open(options, price, time) is not { } models) return 2;
using var loaded = models.Loaded;
await using var web3 = new Web3(options.Rpc);
var escrow = new EscrowView(new EscrowContract(web3, rail.Escrow), key.Address, provider, time);
var reserves = new Reserves(new SettlementContract(web3.As(key), rail.Settlement), escrow);
var health = new NodeHealth(options, books, stop => web3.Eth.GetBlockNumberAsync(stop), stop => loaded.WithNewest(NodeHealth.Compute, stop), time);
var batches = new BatchFolder(Path.Combine(options.Data, "batches"));
var queue = new RequestQueue(options.Capacity, options.QueueLimit, time);
var open = new OpenRequests();
var speed = new Speed();
var admission = new Admission(options, rail, key.Address, provider, key.Sign, models.Catalogue, books, health, escrow.Read, reserves.Register, Ecdsa.Recover, new ContractWallets(web3.Eth, time).AcceptsAsync);
var answer = new Answer(options, rail, key.Address, provider, key.Sign, Ecdsa.Recover, admission, queue, open, books, loaded, health, speed, time);
var late = new LateVouchers(rail, key.Address, books, escrow.Read, Ecdsa.Recover);
var introduction = new Introduction(rail, key.Address, provider, options.Endpoint, options.Capacity, models.Catalogue, key.Sign);
using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
var closer = new StatementCloser(options, rail, provider, key.Sign, books, batches, http, time);
var housekeeping = new Housekeeping(options, books, batches, time);

builder.WebHost.UseUrls(options.Listen);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = Wire.MaxFrameBytes);
builder.Logging.ClearProviders();
await using var app = builder.Build();
DirectEndpoints.Map(app, introduction, answer, open, new LoadReport(queue, models, health, speed, time), health, batches);
await app.StartAsync();
Console.WriteLine($"ready {app.Urls.First()}");
foreach (var model in models.Catalogue.Sold)
    Log.Line("node", ("address", key.Address), ("provider", provider), ("model", model.Name), ("scheme", model.Quotes.Manifest.Scheme), ("digest", model.Digest));

var stop = app.Lifetime.ApplicationStopping;
var loops = options.Gateways
    .Select(gateway => new GatewayLink(new Uri(gateway), introduction, answer, open, late, new LoadReport(queue, models, health, speed, time), time))
    .Select(link => Turns.Run("gateway", TimeSpan.FromMilliseconds(500), link.Serve, time, stop))
    .Append(Turns.Run("statements", TimeSpan.FromSeconds(1), closer.Once, time, stop))
    .Append(Turns.Run("health", TimeSpan.FromSeconds(1), health.Look, time, stop))
    .Append(Turns.Run("housekeeping", TimeSpan.FromMinutes(1), housekeeping.Once, time, stop))
    .ToList();
await app.WaitForShutdownAsync();
await Task.WhenAll(loops);
await closer.Finish();
return 0;
