using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>Keys and signatures. The key and its address are the first of the well-known development accounts; the RFC 6979 vectors for secp256k1 are those of Trezor's and Bitcoin's test suites.</summary>
public sealed class EcdsaTests
{
    static readonly Account First = Account.FromPrivateKey("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    static readonly Bytes32 Digest = Keccak256.Hash("hello"u8);

    // The order n of the group, and n − 1 (SEC 2, section 2.4.1).
    const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(Order)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("0x01")]
    [InlineData("secret-of-mine")]
    [InlineData("")]
    public void What_is_no_private_key_is_refused_without_being_repeated(string text)
    {
        var refusal = Assert.Throws<ArgumentException>(() => Account.FromPrivateKey(text));
        if (text.Length > 4) Assert.DoesNotContain(text[..5], refusal.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(26)]
    [InlineData(29)]
    [InlineData(35)]
    [InlineData(255)]
    public void A_recovery_byte_that_is_not_27_or_28_recovers_nobody(byte v) =>
        Assert.Null(Ecdsa.Recover(Digest, First.Sign(Digest) with { V = v }));

    [Fact]
    public void The_high_s_twin_of_a_signature_recovers_nobody()
    {
        var signature = First.Sign(Digest);
        var s = new System.Numerics.BigInteger(signature.S.ToArray(), isUnsigned: true, isBigEndian: true);
        var n = new System.Numerics.BigInteger(Convert.FromHexString(Order), isUnsigned: true, isBigEndian: true);
        var twin = signature with { S = Bytes32.Parse((n - s).ToString("x64")[^64..]), V = (byte)(55 - signature.V) };
        Assert.Null(Ecdsa.Recover(Digest, twin));
    }

    [Fact]
    public void Zero_r_or_zero_s_or_r_beyond_the_order_recovers_nobody()
    {
        var signature = First.Sign(Digest);
        Assert.Null(Ecdsa.Recover(Digest, signature with { R = default }));
        Assert.Null(Ecdsa.Recover(Digest, signature with { S = default }));
        Assert.Null(Ecdsa.Recover(Digest, signature with { R = Bytes32.Parse(Order) }));
        Assert.Null(Ecdsa.Recover(Digest, default));
    }

    [Fact]
    public void Another_digest_recovers_another_address() =>
        Assert.NotEqual(First.Address, Ecdsa.Recover(Keccak256.Hash("other"u8), First.Sign(Digest)));

    [Fact]
    public void Text_and_logs_show_the_address_and_never_the_key()
    {
        Assert.Equal("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", First.ToString());
        Assert.DoesNotContain("ac0974", System.Text.Json.JsonSerializer.Serialize(First), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(First.ToString(), ((Signer)First).ToString());
    }

    [Fact]
    public void A_disposed_account_signs_nothing()
    {
        var account = Account.Generate();
        account.Dispose();
        Assert.Throws<ObjectDisposedException>(() => account.Sign(Digest));
        Assert.Throws<ObjectDisposedException>(() => account.CopyPrivateKey(new byte[32]));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", "Satoshi Nakamoto", "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8", "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", "All those moments will be lost in time, like tears in rain. Time to die...", "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b", "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", "Satoshi Nakamoto", "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0", "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5")]
    [InlineData("f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181", "Alan Turing", "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c", "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea")]
    public void Nonces_follow_RFC_6979(string key, string message, string r, string s)
    {
        var digest = new Bytes32(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(message)));
        var signature = Account.FromPrivateKey(key).Sign(digest);
        Assert.Equal((Bytes32.Parse(r), Bytes32.Parse(s)), (signature.R, signature.S));
    }

    [Fact]
    public void Generated_accounts_sign_what_recovers_to_their_address()
    {
        for (var i = 0; i < 100; i++)
        {
            using var account = Account.Generate();
            var digest = Bytes32.Random();
            var signature = account.Sign(digest);
            Assert.True(signature.IsCanonical);
            Assert.Equal(account.Address, Ecdsa.Recover(digest, signature));
        }
    }

    // The example of web3.js' documentation of accounts.sign.
    [Fact]
    public void A_personal_message_is_signed_as_wallets_sign_it()
    {
        var account = Account.FromPrivateKey("0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318");
        var signature = account.SignMessage("Some data");
        Assert.Equal("0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c", signature.ToString());
        Assert.Equal(account.Address, PersonalMessage.RecoverMessage("Some data", signature));
        Assert.NotEqual(account.Address, PersonalMessage.RecoverMessage("Some date", signature));
    }
}
