using System.Collections.Concurrent;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Contracts;

/// <summary>The creation code of our contracts: contracts/abi/*.json, embedded.</summary>
static class ContractBytecode
{
    static readonly ConcurrentDictionary<string, byte[]> Read = new(StringComparer.Ordinal);

    public static byte[] Of(string contractName) => Read.GetOrAdd(contractName, static name =>
    {
        using var file = typeof(ContractBytecode).Assembly.GetManifestResourceStream($"{name}.json") ?? throw new InvalidOperationException($"No contract is called {name}.");
        using var json = JsonDocument.Parse(file);
        return Hex.Decode(json.RootElement.GetProperty("bytecode").GetString()!);
    });
}
