using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Inference;
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
using var engine = NodeEngine.Load(options);
await using var web3 = new Web3(options.Rpc);
var escrow = new EscrowView(new EscrowContract(web3, rail.Escrow), key.Address, provider, time);
var reserves = new Reserves(new SettlementContract(web3.As(key), rail.Settlement), escrow);
var health = new NodeHealth(options, books, stop => web3.Eth.GetBlockNumberAsync(stop), stop => NodeHealth.Compute(engine, stop), time);
var batches = new BatchFolder(Path.Combine(options.Data, "batches"));
var manifest = Manifests.Of(engine.Model);
var offers = new Offers(manifest, new Prices(options.InputPrice, options.CachedPrice, options.OutputPrice), options.MaxTokens, options.QuoteLife, key.Address, key.Sign, rail, time);
var queue = new RequestQueue(options.Capacity, options.QueueLimit, time);
var open = new OpenRequests();
var speed = new Speed();
var admission = new Admission(options, rail, key.Address, provider, key.Sign, offers, engine, books, health, escrow.Read, reserves.Register, Ecdsa.Recover, new ContractWallets(web3.Eth, time).AcceptsAsync);
var answer = new Answer(options, rail, key.Address, provider, key.Sign, Ecdsa.Recover, admission, queue, open, books, engine, health, speed, time);
var late = new LateVouchers(rail, key.Address, books, escrow.Read, Ecdsa.Recover);
var introduction = new Introduction(rail, key.Address, provider, options.Endpoint, options.Capacity, offers, key.Sign);
using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
var closer = new StatementCloser(options, rail, provider, key.Sign, books, batches, http, time);
var housekeeping = new Housekeeping(options, books, batches, time);

builder.WebHost.UseUrls(options.Listen);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = Wire.MaxFrameBytes);
builder.Logging.ClearProviders();
await using var app = builder.Build();
DirectEndpoints.Map(app, introduction, answer, open, new LoadReport(queue, engine, health, speed, offers, time), health, batches);
await app.StartAsync();
Console.WriteLine($"ready {app.Urls.First()}");
Log.Line("node", ("address", key.Address), ("provider", provider), ("model", manifest.Name), ("scheme", manifest.Scheme), ("digest", offers.Model));

var stop = app.Lifetime.ApplicationStopping;
var loops = options.Gateways
    .Select(gateway => new GatewayLink(new Uri(gateway), introduction, answer, open, late, new LoadReport(queue, engine, health, speed, offers, time), time))
    .Select(link => Turns.Run("gateway", TimeSpan.FromMilliseconds(500), link.Serve, time, stop))
    .Append(Turns.Run("statements", TimeSpan.FromSeconds(1), closer.Once, time, stop))
    .Append(Turns.Run("health", TimeSpan.FromSeconds(1), health.Look, time, stop))
    .Append(Turns.Run("housekeeping", TimeSpan.FromMinutes(1), housekeeping.Once, time, stop))
    .ToList();
await app.WaitForShutdownAsync();
await Task.WhenAll(loops);
await closer.Finish();
return 0;
