using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Provider.Tests;

/// <summary>Messages with real signatures of throw-away keys.</summary>
static class Samples
{
    public static readonly Rail Rail = new(31337, new(Filled(1)), new(Filled(2)), new(Filled(3)), new(Filled(4)));
    public static readonly Account Payer = Account.Generate(), Spender = Account.Generate(), Node = Account.Generate(), Provider = Account.Generate();

    public static Receipt Draft(Address payer, ulong fee) => new(
        Bytes32.Random(), payer, Provider.Address, 0, Bytes32.Random(), Bytes32.Random(), Bytes32.Random(), Bytes32.Random(), default,
        10, 0, 5, 100, 50, 400, new(fee), default, 1_700_000_000_000, 12, 345, ReceiptStatus.Completed);

    public static SignedVoucher Voucher(Account payer, ulong cumulative)
    {
        var voucher = new Voucher(payer.Address, Node.Address, new(cumulative), default);
        return new(voucher, payer.Sign(voucher.Digest(Rail)));
    }

    public static SignedGrant Grant(Account payer)
    {
        var grant = new Grant(payer.Address, Spender.Address, new(1_000), 2_000_000_000, 0);
        return new(grant, payer.Sign(grant.Digest(Rail)));
    }

    public static SignedStatement Statement(ulong first, ulong last, SumTree tree)
    {
        var statement = new Statement(Provider.Address, first, last, tree.Root);
        return new(statement, tree.Top.Hash, tree.Top.Totals, Node.Sign(statement.Digest(Rail)));
    }

    static byte[] Filled(byte value)
    {
        var bytes = new byte[20];
        Array.Fill(bytes, value);
        return bytes;
    }
}

/// <summary>A folder that goes when the test ends.</summary>
sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("proofmesh-test-").FullName;

    public string Journal => System.IO.Path.Combine(Path, "journal");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
