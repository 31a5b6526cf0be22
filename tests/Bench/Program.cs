using ProofMesh.Bench;

// Without a name it lists them. `scripts/bench` builds everything that they need and runs each in a process of its own.
return await BenchCommand.RunAsync(args, new()
{
    ["crypto"] = CryptoBench.Run,
    ["engine"] = EngineBench.Run,
    ["engine-1b"] = EngineBillionBench.Run,
    ["engine-serving"] = EngineServingBench.Run,
    ["serving"] = ServingBench.Run,
    ["engine-quality"] = EngineQualityBench.Run,
    ["indexer"] = IndexerBench.RunAsync,
    ["gateway"] = GatewayBench.RunAsync,
    ["e2e"] = EndToEndBench.RunAsync,
});
