namespace ProofMesh.Inference.Tests.Torch;

/// <summary>Tests that count live tensors share one counter, so they run one after the other.</summary>
[CollectionDefinition("torch", DisableParallelization = true)]
public sealed class TorchCollection;
