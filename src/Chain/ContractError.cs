using System.Collections.Frozen;
using System.Buffers.Binary;
using System.Numerics;

namespace ProofMesh.Chain;

/// <summary>A custom error of a contract, decoded; the generated bindings hold one record for each.</summary>
public abstract record ContractError
{
    static readonly FrozenDictionary<uint, Func<AbiReader, ContractError>> Known =
        new[] { ErrorMessage.Entry, Panic.Entry }.Concat(Contracts.ContractErrors.All).DistinctBy(entry => entry.Key).ToFrozenDictionary();

    /// <summary>The error that revert data holds, or null where no known contract has it or it is malformed.</summary>
    public static ContractError? Decode(ReadOnlyMemory<byte> data)
    {
        if (data.Length < 4 || !Known.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(data.Span), out var read)) return null;
        try
        {
            return read(new AbiReader(data[4..]));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

/// <summary>Solidity's <c>Error(string)</c>: a require with a text.</summary>
public sealed record ErrorMessage(string Message) : ContractError
{
    internal static readonly KeyValuePair<uint, Func<AbiReader, ContractError>> Entry = new(0x08c379a0, abi => new ErrorMessage(abi.String()));
}

/// <summary>Solidity's <c>Panic(uint256)</c>: 1 assert, 0x11 overflow, 0x12 division by zero, 0x32 index out of bounds, …</summary>
public sealed record Panic(BigInteger Code) : ContractError
{
    internal static readonly KeyValuePair<uint, Func<AbiReader, ContractError>> Entry = new(0x4e487b71, abi => new Panic(abi.UInt256()));
}
