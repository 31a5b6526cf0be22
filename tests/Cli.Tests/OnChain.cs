using System.Text.Json.Nodes;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Cli.Tests;

/// <summary>A terminal and a chain of a test's own.</summary>
public abstract class OnChain : IAsyncLifetime
{
    protected Terminal Terminal { get; } = new();

    protected TestRail Rail { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Rail = await TestRail.StartAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Terminal.Dispose();
        await Rail.DisposeAsync();
    }

    /// <summary>A wallet of its own, which the profile names.</summary>
    protected async Task<Account> Owner(ulong ether, ulong tokens)
    {
        var owner = Account.Generate();
        await Use(owner, ether);
        if (tokens > 0) await new TestTetherContract(Rail.Deployer, Rail.Rail.Token).TransferAsync(owner.Address, new TokenAmount(tokens));
        return owner;
    }

    /// <summary>Lets the commands that follow act for this key.</summary>
    protected async Task Use(Account key, ulong ether = 1, string settlement = "")
    {
        File.Delete(Terminal.File("owner.key"));
        KeyFile.Write(Terminal.File("owner.key"), key);
        await Rail.Chain.AskAsync("anvil_setBalance", key.Address.ToString(), $"0x{ether * 1_000_000_000_000_000_000:x}");
        var on = new RailOptions
        {
            ChainId = Rail.Rail.ChainId,
            Token = Rail.Rail.Token.ToString(),
            Escrow = Rail.Rail.Escrow.ToString(),
            Staking = Rail.Rail.Staking.ToString(),
            Settlement = Rail.Rail.Settlement.ToString(),
        };
        new Profile { Rpc = Rail.Chain.Url, Wallet = Terminal.File("owner.key"), Rail = on, Settlement = settlement }.Save(Terminal.File("profile.json"));
        Terminal.Environment["PROOFMESH_PROFILE"] = Terminal.File("profile.json");
    }

    protected async Task Refused(string words, string because)
    {
        var (code, _, errors) = await Terminal.Run(words.Split(' '));
        Assert.Equal(1, code);
        Assert.Contains(because, errors, StringComparison.Ordinal);
    }

    /// <summary>The answer in JSON; standard error may tell how it goes on.</summary>
    protected async Task<JsonNode> Done(string words)
    {
        var (code, output, errors) = await Terminal.Run([.. words.Split(' '), "--json"]);
        Assert.True(code == 0, errors);
        return JsonNode.Parse(output)!;
    }
}
