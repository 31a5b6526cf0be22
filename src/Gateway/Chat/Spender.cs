using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>The key that signs vouchers, for this rail.</summary>
sealed class Spender(Account account, Rail rail) : IDisposable
{
    public Address Address => account.Address;

    public SignedVoucher Sign(Voucher voucher) => new(voucher, account.Sign(voucher.Digest(rail)));

    public void Dispose() => account.Dispose();
}
