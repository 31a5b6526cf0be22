using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using ProofMesh.Gateway;

namespace ProofMesh.Gateway_Tests;

/// <summary>The process as it is started: its options, its ready line, its end.</summary>
public sealed partial class ProcessTests
{
    [Theory]
    [InlineData("Rail:ChainId", "0", "Rail:ChainId is 0")]
    [InlineData("Rail:Escrow", "nowhere", "Rail:Escrow is 'nowhere'")]
    [InlineData("Spender:KeyFile", "/nonexistent", "doesn't exist")]
    [InlineData("Postgres:ConnectionString", "Port=x", "Postgres:ConnectionString can't be read")]
    [InlineData("Limits:BodyBytes", "5000000", "Limits:BodyBytes is 5000000")]
    [InlineData("Url", "nonsense", "Url is 'nonsense'")]
    public async Task Options_that_cant_work_are_refused_in_words(string option, string value, string words)
    {
        await using var gateway = await TestGateway.StartAsync();

        var refusal = Assert.Throws<InvalidOperationException>(() => GatewayApp.Build([.. gateway.Arguments, $"--{option}", value]));

        Assert.Contains(words, refusal.Message);
    }

    [Fact]
    public async Task A_key_that_others_can_read_is_refused()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "0x01");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Assert.Contains(new SpenderOptions { KeyFile = file }.Faults(), fault => fault.Contains("chmod 600"));
        File.Delete(file);
    }

    [Fact]
    public async Task A_process_says_ready_answers_and_ends_on_sigterm()
    {
        await using var gateway = await TestGateway.StartAsync();
        var config = Path.GetTempFileName();
        await File.WriteAllTextAsync(config, Config(gateway.Arguments).ToJsonString());
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(GatewayApp).Assembly.Location, "--config", config]) { UseShellExecute = false, RedirectStandardOutput = true, Environment = { ["PROOFMESH_Name"] = "other" } })!;
        string? line;
        do line = await process.StandardOutput.ReadLineAsync();
        while (line is not null && !line.StartsWith("ready ", StringComparison.Ordinal));
        using var http = new HttpClient();

        var health = JsonNode.Parse(await http.GetStringAsync(new Uri(new Uri(line!["ready ".Length..]), "/health")))!;
        _ = Kill(process.Id, 15);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal("ok", (string)health["status"]!);
        Assert.Equal(0, process.ExitCode);
        File.Delete(config);
    }

    // --A:B value … as the nested objects of a file.
    static JsonObject Config(string[] arguments)
    {
        var root = new JsonObject();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var path = arguments[i][2..].Split(':');
            if (path[0] == "Name") continue;
            var parent = root;
            foreach (var part in path[..^1]) parent = (JsonObject)(parent[part] ??= new JsonObject());
            parent[path[^1]] = arguments[i + 1];
        }
        return root;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
