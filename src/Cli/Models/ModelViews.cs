using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <param name="Bytes">Of its weights' files.</param>
/// <param name="Fault">Why it can't be used, null for a sound one; the rest is null then.</param>
sealed record ListedModel(string Name, string? Architecture = null, long? Parameters = null, uint? Context = null, string? Stored = null, long? Bytes = null, string? Fault = null);

/// <param name="Bytes">On disk.</param>
sealed record StoredTensors(string Type, int Tensors, long Bytes);

sealed record WeightsFile(string File, long Bytes, string Sha256);

/// <summary>One way to run a model, and the name under which it is sold then.</summary>
/// <param name="Digest">Of <paramref name="Manifest"/>: stands in every receipt.</param>
/// <param name="WeightBytes">In memory.</param>
/// <param name="CacheBytes">In memory when all of it is in use.</param>
sealed record RunnableFormat(string Backend, string Weights, string Device, long WeightBytes, long CacheBytes, Bytes32 Digest, ModelManifest Manifest);

/// <param name="Tokenizer">SHA-256.</param>
/// <param name="TemplateFault">Why conversations are refused, null when they aren't.</param>
sealed record ShownModel(
    string Name, string Path, string Architecture, int Layers, int Hidden, int Heads, int KeyValueHeads, long Parameters, int Context, StoredTensors[] Stored, WeightsFile[] Files,
    int Vocabulary, string Tokenizer, string? TemplateFault, RunnableFormat[] Formats);

sealed record ImportedModel(string Name, string Path, long Bytes);

sealed record RemovedModel(string Name, long Freed);
