using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Bench;

/// <summary>Signs, recovers and hashes per second of one core, each beside BouncyCastle in the same run.</summary>
/// <remarks>Seconds are this process' own processor time, so that a busy machine slows both sides only through its caches.</remarks>
static class CryptoBench
{
    const int Rounds = 7;
    static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(200);

    static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");
    static readonly ECDomainParameters Domain = new(Curve.Curve, Curve.G, Curve.N, Curve.H);

    public static Task<Report> Run()
    {
        using var account = Account.Generate();
        var key = new byte[32];
        account.CopyPrivateKey(key);
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(forSigning: true, new ECPrivateKeyParameters(new BigInteger(1, key), Domain));

        var digest = Keccak256.Hash("benchmark"u8);
        var (hash, signature) = (digest.ToArray(), account.Sign(digest));
        if (PeerRecovers(hash, signature) != account.Address || Ecdsa.Recover(digest, signature) != account.Address) throw new InvalidOperationException("The two disagree about who signed.");

        var peerHash = new KeccakDigest(256);
        Measurement[] rates =
        [
            Compare("sign", 40_000, () => account.Sign(digest), () => signer.GenerateSignature(hash)),
            Compare("recover", 25_000, () => Ecdsa.Recover(digest, signature), () => PeerRecovers(hash, signature)),
            // 350 ns a hash.
            Compare("hash 32 bytes", 1_000_000_000 / 350, () => Keccak256.Hash(hash, hash), () => { peerHash.BlockUpdate(hash, 0, 32); peerHash.DoFinal(hash, 0); }),
        ];
        // The line that counts: how many times the weakest of the three meets its goal, and BouncyCastle at the same.
        var weakest = rates.MinBy(rate => rate.Ours / rate.Goal)!;
        return Task.FromResult(new Report(
            "Recoverable secp256k1 signatures (RFC 6979, low s), the address behind a signature, and Keccak-256, on one thread; per second of the process' own processor time, medians of 7 interleaved rounds. The last row is how many times the weakest of the three meets its goal.",
            "Portable.BouncyCastle 1.8.10; its signatures aren't recoverable, so recovery is put together from its curve arithmetic.",
            [.. rates, new("crypto", "times the goal", weakest.Ours / weakest.Goal!.Value, weakest.Peer / weakest.Goal, 1)]));
    }

    static Measurement Compare(string name, double goal, Action ours, Action peer)
    {
        PerSecond(ours);
        PerSecond(peer);
        double[] our = new double[Rounds], their = new double[Rounds];
        for (var i = 0; i < Rounds; i++) (our[i], their[i]) = (PerSecond(ours), PerSecond(peer));
        return new(name, "per second", Median.Of(our), Median.Of(their), goal);
    }

    static double PerSecond(Action action)
    {
        var count = 0;
        var (start, used) = (Environment.CpuUsage.TotalTime, TimeSpan.Zero);
        for (; used < RoundTime; used = Environment.CpuUsage.TotalTime - start)
            for (var i = 0; i < 50; i++, count++) action();
        return count / used.TotalSeconds;
    }

    // BouncyCastle has no recovery: Q = (s·R − z·G) / r, with R lifted from r and the parity of v (SEC 1, section 4.1.6).
    static Address PeerRecovers(byte[] hash, Signature signature)
    {
        BigInteger r = new(1, signature.R.ToArray()), s = new(1, signature.S.ToArray()), z = new(1, hash), inverse = r.ModInverse(Domain.N);
        var lifted = Curve.Curve.DecodePoint([(byte)(signature.V - 25), .. signature.R.ToArray()]);
        var key = ECAlgorithms.SumOfTwoMultiplies(Domain.G, inverse.Multiply(z.Negate()).Mod(Domain.N), lifted, inverse.Multiply(s).Mod(Domain.N)).Normalize().GetEncoded(false);
        return new(Keccak256.Hash(key.AsSpan(1)).ToArray().AsSpan(12));
    }
}
