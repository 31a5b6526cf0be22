namespace ProofMesh.Inference;

/// <summary>How busy an engine is; a picture of one moment.</summary>
/// <param name="Running">Requests that hold cache, paused ones included.</param>
/// <param name="FreeCacheTokens">Tokens of cache not yet promised to a running request.</param>
public readonly record struct EngineLoad(int Running, int MaxSequences, int Queued, int MaxQueue, int FreeCacheTokens, int CacheTokens);
