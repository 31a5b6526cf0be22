namespace ProofMesh.Inference.Tests.Torch;

/// <summary>Both backends against a forward pass in numpy that shares nothing with them.</summary>
[Collection("torch")]
public sealed class ReferenceTests
{
    private const double Tolerance = 2e-4;

    // The reference scales by the length of the text where the engine scales by its context: the two are the same here.
    private const int Length = 600;

    public static TheoryData<string> All => [.. Architectures.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void Both_backends_compute_what_the_reference_computes(string name)
    {
        var config = Architectures.Config(name);
        if (name == "dynamic") config["max_position_embeddings"] = 512;
        using var model = new BothBackends(config);
        var tokens = model.Tokens(Length);
        var expected = Reference.Logits(model.Folder, tokens);
        using var cpu = model.Cpu(Length);
        using var torch = model.Torch(context: Length);
        Logits.Close(expected, Logits.Prefill(cpu, tokens), Tolerance);
        Logits.Close(expected, Logits.Prefill(torch, tokens), Tolerance);
    }
}
