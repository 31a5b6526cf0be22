using System.Text.Json.Nodes;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>The complete configuration of each service of a local market, as files that a person can read and copy.</summary>
static class MarketConfig
{
    public static JsonObject Indexer(LocalMarket market) => new()
    {
        ["Rpc"] = market.Rpc,
        ["Rail"] = Rail(market.Rail),
        ["Postgres"] = Postgres(market),
        ["Confirmations"] = 0,
        ["Poll"] = "00:00:00.200",
    };

    public static JsonObject Settlement(LocalMarket market, string keyFile) => new()
    {
        // A port of its own, so that it is found again after a restart.
        ["Url"] = $"http://127.0.0.1:{Ports.Free()}",
        ["Rpc"] = market.Rpc,
        ["Rail"] = Rail(market.Rail),
        ["Postgres"] = Postgres(market),
        ["Key"] = new JsonObject { ["File"] = keyFile },
        ["Plan"] = new JsonObject { ["MaxAge"] = "00:00:01" },
        ["PublishFolder"] = Path.Combine(market.Folder, "batches"),
        ["Confirmations"] = 0,
        ["Poll"] = "00:00:00.200",
    };

    public static JsonObject Gateway(LocalMarket market, int port, string spenderKey) => new()
    {
        ["Url"] = $"http://127.0.0.1:{port}",
        ["Rpc"] = market.Rpc,
        ["Rail"] = Rail(market.Rail),
        ["Postgres"] = Postgres(market),
        ["Spender"] = new JsonObject { ["KeyFile"] = spenderKey },
    };

    public static JsonObject Node(LocalMarket market, (NodeOptions Options, Account Wallet, Account Node) provider, MarketOptions options) => new()
    {
        ["Listen"] = "http://127.0.0.1:0",
        ["Gateways"] = new JsonArray($"{market.Gateway.Replace("http", "ws", StringComparison.Ordinal)}/v1/nodes"),
        ["Settlers"] = new JsonArray(market.Settlement),
        ["Rpc"] = market.Rpc,
        ["Rail"] = Rail(market.Rail),
        ["Provider"] = provider.Wallet.Address.ToString(),
        ["NodeKeyFile"] = Path.Combine(market.Folder, $"{provider.Options.Name}.key"),
        ["Data"] = Path.Combine(market.Folder, provider.Options.Name),
        ["Backend"] = provider.Options.Backend,
        ["Threads"] = 1,
        ["StatementInterval"] = options.StatementInterval.ToString(),
    };

    static JsonObject Rail(Rail rail) => new()
    {
        ["ChainId"] = rail.ChainId,
        ["Token"] = rail.Token.ToString(),
        ["Escrow"] = rail.Escrow.ToString(),
        ["Staking"] = rail.Staking.ToString(),
        ["Settlement"] = rail.Settlement.ToString(),
        ["Decimals"] = rail.Decimals,
        ["Symbol"] = rail.Symbol,
    };

    static JsonObject Postgres(LocalMarket market) => new() { ["ConnectionString"] = market.Database };
}
