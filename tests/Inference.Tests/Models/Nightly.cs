namespace ProofMesh.Inference.Tests;

/// <summary>How often a random test repeats: more where PROOFMESH_NIGHTLY is set.</summary>
internal static class Nightly
{
    public static int Times(int usual, int nightly) => Environment.GetEnvironmentVariable("PROOFMESH_NIGHTLY") is { Length: > 0 } ? nightly : usual;
}
