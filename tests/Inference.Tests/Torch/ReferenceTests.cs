namespace ProofMesh.Inference.Tests.Torch;

/// <summary>Both backends against a forward pass in numpy that shares nothing with them.</summary>
[Collection("torch")]
public sealed class ReferenceTests
{
    private const double Tolerance = 2e-4;

    public static TheoryData<string, string> Cases => Architectures.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Both_backends_compute_what_the_reference_computes(string name, string json)
    {
        Assert.NotEmpty(name);
        using var model = new RandomModel(json, seed: 3);
        var tokens = model.Tokens(400);
        var expected = Reference.Logits(model.Path, tokens);
        using var cpu = model.Cpu(context: 400);
        using var torch = model.Torch(context: 400);
        Logits.Close(expected, Logits.Prefill(cpu, tokens), Tolerance);
        Logits.Close(expected, Logits.Prefill(torch, tokens), Tolerance);
        Logits.Close(expected, Logits.Decode(torch, tokens), Tolerance);
    }
}
