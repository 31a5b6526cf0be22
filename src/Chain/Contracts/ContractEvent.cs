using System.Collections.Frozen;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Contracts;

/// <summary>An event of a contract, decoded; the generated bindings hold one record for each.</summary>
public abstract record ContractEvent
{
    internal static ContractEvent? Decode(FrozenDictionary<Bytes32, Func<Log, ContractEvent>> events, Log log)
    {
        if (log.Topics.Length == 0 || !events.TryGetValue(log.Topics[0], out var read)) return null;
        try
        {
            return read(log);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Reads an event from its indexed fields, which lie in the topics, and its others, which lie in the data.</summary>
    /// <exception cref="FormatException">The log has another number of topics.</exception>
    private protected static T Open<T>(Log log, int indexed, Func<AbiReader, AbiReader, T> read)
    {
        if (log.Topics.Length != indexed + 1) throw new FormatException($"{indexed + 1} topics are expected, {log.Topics.Length} are there.");
        var topics = new byte[32 * indexed];
        for (var i = 0; i < indexed; i++) log.Topics[i + 1].CopyTo(topics.AsSpan(32 * i));
        return read(new(topics), new(log.Data));
    }
}
