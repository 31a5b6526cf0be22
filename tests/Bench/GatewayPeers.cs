using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ProofMesh.Bench;

/// <summary>An OpenAI-shaped server that streams twenty tokens at once: what a gateway's overhead is measured against.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private static readonly byte[] Token = "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"echo\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]}\n\n"u8.ToArray();
    private readonly WebApplication app;

    private EchoServer(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.First());

    public static async Task<EchoServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.MapPost("/v1/chat/completions", async (HttpContext http) =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            http.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 20; i++) await http.Response.BodyWriter.WriteAsync(Token);
            await http.Response.BodyWriter.WriteAsync("data: [DONE]\n\n"u8.ToArray());
        });
        await server.StartAsync();
        return new(server);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>npm's @portkey-ai/gateway, a gateway without wallets or books, when it can be installed.</summary>
internal sealed class Portkey : IDisposable
{
    // Newer servers under it answer 500 to every stream ("immutable" headers), so that one is pinned.
    private const string Package = """{"private":true,"dependencies":{"@portkey-ai/gateway":"1.15.2"},"overrides":{"@hono/node-server":"1.12.2"}}""";
    private readonly Process process;

    private Portkey(Process process, Uri url) => (this.process, Url) = (process, url);

    public Uri Url { get; }

    public static async Task<Portkey?> StartAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), "proofmesh-bench-portkey");
        var script = Path.Combine(folder, "node_modules/@portkey-ai/gateway/build/start-server.js");
        if (!File.Exists(script) && !await InstallAsync(folder)) return null;
        await WithoutPauseAsync(script);
        var port = FreePort();
        var start = new ProcessStartInfo("node", [script, $"--port={port}", "--headless"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        var started = Process.Start(start)!;
        started.OutputDataReceived += (_, _) => { };
        started.ErrorDataReceived += (_, _) => { };
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        var portkey = new Portkey(started, new Uri($"http://127.0.0.1:{port}"));
        if (await portkey.AnswersAsync()) return portkey;
        portkey.Dispose();
        Console.WriteLine("portkey doesn't answer here: no peer");
        return null;
    }

    // It waits 25 ms before each stream's first event. Without that it's the better peer, and the comparison says more.
    private static async Task WithoutPauseAsync(string script)
    {
        var text = await File.ReadAllTextAsync(script);
        await File.WriteAllTextAsync(script, text.Replace("await new Promise((e=>setTimeout(e,25)))", "0", StringComparison.Ordinal));
    }

    private static async Task<bool> InstallAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), Package);
        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]) { WorkingDirectory = folder, UseShellExecute = false })!;
            await npm.WaitForExitAsync();
            return npm.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine("npm isn't installed: no peer");
            return false;
        }
    }

    private async Task<bool> AnswersAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var i = 0; i < 60; i++)
            try
            {
                using var answer = await http.GetAsync(Url);
                return true;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(250);
            }
        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
