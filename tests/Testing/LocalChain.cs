using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ProofMesh.Chain;

namespace ProofMesh.Testing;

/// <summary>A real Ethereum chain of its own for a test: anvil on a free port of 127.0.0.1, five blocks a second.</summary>
/// <remarks>Blocks come at intervals, because anvil loses transactions of concurrent senders when it mines each at once.</remarks>
public sealed class LocalChain : IAsyncDisposable
{
    public const ulong ChainId = 31337;

    const string Words = "test test test test test test test test test test test junk";
    static readonly HdWallet Wallet = new(Words);

    readonly Process anvil;

    LocalChain(Process anvil, int port) => (this.anvil, Port, Web3) = (anvil, port, new Web3(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")));

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    public string WebSocketUrl => $"ws://127.0.0.1:{Port}";

    /// <summary>Without an account: for reading.</summary>
    public Web3 Web3 { get; }

    /// <summary>One of ten accounts (0 … 9) that hold 10,000 ether each.</summary>
    public static Account Account(uint index) => Wallet.GetAccount(index);

    public Web3 As(Account account) => new(account, Url) { ReceiptInterval = TimeSpan.FromMilliseconds(50) };

    /// <param name="port">0 takes a free one; a test of a restart gives the one that it had.</param>
    /// <param name="stateFile">Keeps the chain there when it is stopped, and goes on from there when it starts.</param>
    public static async Task<LocalChain> StartAsync(double blockSeconds = 0.2, int port = 0, string? stateFile = null)
    {
        string[] state = stateFile is null ? [] : ["--state", stateFile];
        var start = new ProcessStartInfo(Binary(),
        [
            "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--mnemonic", Words,
            "--block-time", blockSeconds.ToString(CultureInfo.InvariantCulture), "--enable-tx-gas-limit", .. state,
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill(process);
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.StartsWith("Listening on ", StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return new(process, int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
        }
        throw new InvalidOperationException($"anvil ended: {await errors}");
    }

    /// <summary>Mines blocks now, on top of those that come by themselves.</summary>
    public Task MineAsync(int blocks = 1) => AskAsync("anvil_mine", $"0x{blocks:x}");

    /// <summary>Moves the chain's clock forward and mines a block at the new time.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await AskAsync("evm_increaseTime", (long)time.TotalSeconds);
        await MineAsync();
    }

    /// <summary>Replaces the newest blocks by other, empty ones: what they held is gone.</summary>
    public Task ReorganiseAsync(int depth) => AskAsync("anvil_reorg", depth, new JsonArray());

    public Task AskAsync(string method, params JsonNode?[] parameters) => Web3.Client.SendAsync(new(method, parameters));

    /// <summary>Ends the chain as SIGTERM does, so that its state is kept where a file was given for it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Web3.DisposeAsync();
        using (var kill = Process.Start("kill", ["-TERM", anvil.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await anvil.WaitForExitAsync(patience.Token).ContinueWith(_ => Kill(anvil), TaskScheduler.Default);
        anvil.Dispose();
    }

    static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It was disposed: it has ended long ago.
        }
    }

    static string Binary()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var binary = Path.Combine(folder.FullName, "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil");
            if (File.Exists(binary)) return binary;
        }
        throw new InvalidOperationException("anvil isn't installed: run scripts/hardhat npm ci");
    }
}
