using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Whatever signs digests for an address: a key in this process, another library's account, a KMS or a hardware wallet.</summary>
public sealed record Signer(Address Address, Func<Bytes32, CancellationToken, ValueTask<Signature>> SignAsync)
{
    public Signer(Address address, Func<Bytes32, Signature> sign) : this(address, (digest, _) => ValueTask.FromResult(sign(digest))) { }

    public static implicit operator Signer(Account account) => new(account.Address, account.Sign);

    public override string ToString() => Address.ToString();
}
