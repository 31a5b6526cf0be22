using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>An Ethereum chain of one's own: anvil, a block a second.</summary>
static class LocalChain
{
    public const ulong ChainId = 31337;

    /// <summary>First account of the mnemonic that all development chains share; worth nothing anywhere else.</summary>
    public const string RichKey = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    public static async Task<(LocalProcess Process, string Rpc)> Start(string folder, int port, CancellationToken stop)
    {
        var anvil = LocalProcess.Start("chain", folder,
            [Anvil(), "--host", "127.0.0.1", "--port", port.ToString(), "--chain-id", ChainId.ToString(), "--enable-tx-gas-limit", "--silent"]);
        for (var attempt = 0; attempt < 200 && !anvil.Ended.IsCompleted; attempt++)
        {
            if (await Ports.Answers(port, stop)) return (anvil, $"http://127.0.0.1:{port}");
            await Task.Delay(50, stop);
        }
        throw new InvalidOperationException($"The chain doesn't answer. The end of {anvil.LogFile}:\n{anvil.Tail()}");
    }

    /// <summary>From here on a block comes each second, as on a real chain; before, each transaction had its own.</summary>
    public static async Task Tick(Web3 web3, CancellationToken stop)
    {
        await web3.Client.SendAsync(new RpcCall("evm_setIntervalMining", 1), stop);
    }

    static string Anvil()
    {
        if (Environment.GetEnvironmentVariable("PROOFMESH_ANVIL") is { Length: > 0 } named) return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil");
            if (File.Exists(path)) return path;
        }
        throw new InvalidOperationException("anvil isn't installed: run `scripts/hardhat npm ci`, or set PROOFMESH_ANVIL to its path.");
    }
}
