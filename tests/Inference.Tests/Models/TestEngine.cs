using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

/// <summary>An engine over a random model that speaks bytes.</summary>
internal sealed class TestEngine : IDisposable
{
    private readonly RandomModel _files;

    public TestEngine(Func<EngineOptions, EngineOptions>? change = null, JsonObject? config = null)
    {
        var extra = config ?? [];
        extra["vocab_size"] = ByteTokenizer.Vocabulary;
        _files = new RandomModel(RandomModel.Config("llama", extra), tokenizer: ByteTokenizer.Json());
        var options = new EngineOptions { Folder = _files.Folder, Threads = 1 };
        Engine = Engine.Load(change?.Invoke(options) ?? options);
    }

    public Engine Engine { get; }

    public static GenerateRequest Request(string prompt, int maxTokens, float temperature = 1) => new()
    {
        Prompt = [.. System.Text.Encoding.UTF8.GetBytes(prompt).Select(b => (int)b)],
        MaxTokens = maxTokens,
        Sampling = new SamplingParameters { Temperature = temperature, Seed = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray() },
    };

    public async Task<Answer> Ask(GenerateRequest request, CancellationToken stop = default)
    {
        var pieces = new List<GeneratedToken>();
        await foreach (var piece in Engine.Generate(request, stop))
            pieces.Add(piece);
        return new Answer(pieces);
    }

    public void Dispose()
    {
        Engine.Dispose();
        _files.Dispose();
    }
}

internal sealed record Answer(IReadOnlyList<GeneratedToken> Pieces)
{
    public string Text => string.Concat(Pieces.Select(p => p.Text));

    public int[] Ids => [.. Pieces.SelectMany(p => p.Ids)];

    public FinishReason? Finish => Pieces[^1].Finish;
}
