using System.Diagnostics;

namespace ProofMesh.Inference.Tests;

public sealed class TrainingTests
{
    [Fact]
    public async Task The_training_script_makes_a_model_that_the_engine_runs()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "ProofMesh.slnx"))) root = root.Parent;
        var folder = Directory.CreateTempSubdirectory("proofmesh-trained-").FullName;
        try
        {
            var start = new ProcessStartInfo("bash", ["scripts/train-embedded-model", "--quick", "--out", folder])
            {
                WorkingDirectory = root.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, await errors);

            using var engine = Engine.Load(new EngineOptions { Folder = folder, Threads = 1 });
            var tokens = 0;
            await foreach (var token in engine.Generate(new() { Prompt = engine.Prompt([new ChatMessage("user", "What is a river?")]), MaxTokens = 8 }, TestContext.Current.CancellationToken))
                tokens += token.Ids.Count;
            Assert.InRange(tokens, 1, 8);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
