namespace ProofMesh.Inference.Tests;

public sealed class EmbeddedModelTests
{
    [Theory]
    [InlineData(WeightFormat.Float32, "cpu-f32")]
    [InlineData(WeightFormat.Int8, "cpu-q8")]
    public async Task The_embedded_model_answers_a_question_in_words(WeightFormat format, string scheme)
    {
        using var engine = Engine.Load(new EngineOptions { Folder = EmbeddedModel.Folder, Weights = format, Threads = 1 });
        var prompt = engine.Prompt([new ChatMessage("user", "What is a river?")]);
        var pieces = new List<GeneratedToken>();
        await foreach (var piece in engine.Generate(new() { Prompt = prompt, MaxTokens = 60, Sampling = new() { Temperature = 0 } }))
            pieces.Add(piece);
        var text = string.Concat(pieces.Select(p => p.Text));
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        Assert.Equal(scheme, engine.Model.Scheme);
        Assert.Equal(64, Assert.Single(engine.Model.Weights).Length);
        Assert.True(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length >= 4, text);
        Assert.DoesNotContain('\uFFFD', text);
    }
}
