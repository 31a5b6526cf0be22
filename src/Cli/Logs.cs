using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>What a contract has said since it was deployed.</summary>
static class Logs
{
    /// <summary>Logs with one of these topics and this address as their first indexed field, in the order of the chain.</summary>
    public static Task<Log[]> About(Web3 web3, Address contract, Address subject, Bytes32[] topics, CancellationToken stop)
    {
        var padded = new byte[32];
        subject.CopyTo(padded.AsSpan(12));
        return web3.Eth.GetLogsAsync(new LogFilter
        {
            FromBlock = BlockParameter.Earliest,
            ToBlock = BlockParameter.Latest,
            Addresses = [contract],
            Topics = [topics, [new Bytes32(padded)]],
        }, stop);
    }

    /// <summary>The one event of a kind in a transaction that has it.</summary>
    public static T In<T>(TransactionReceipt receipt, Func<Log, ContractEvent?> decode) where T : ContractEvent =>
        receipt.Logs.Select(decode).OfType<T>().First();
}
