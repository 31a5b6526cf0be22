using System.Security.Cryptography;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>The two files are the test vectors of the Web3 Secret Storage Definition (ethereum.org, version 3).</summary>
public sealed class KeystoreTests
{
    const string Secret = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d", Password = "testpassword";

    const string Pbkdf2 = """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
         "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
         "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
         "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    const string Scrypt = """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},
         "ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c","kdf":"scrypt",
         "kdfparams":{"dklen":32,"n":262144,"p":8,"r":1,"salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
         "mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"version\":3}")]
    [InlineData("{\"version\":3,\"crypto\":null}")]
    public void What_is_no_keystore_is_refused(string json) => Assert.Throws<FormatException>(() => Keystore.Decrypt(json, Password));

    [Theory]
    [InlineData("\"version\":3", "\"version\":1")]
    [InlineData("aes-128-ctr", "aes-128-cbc")]
    [InlineData("\"c\":262144", "\"c\":2000000000")]
    [InlineData("\"c\":262144", "\"c\":0")]
    [InlineData("hmac-sha256", "hmac-sha1")]
    [InlineData("\"dklen\":32", "\"dklen\":16")]
    [InlineData("5318b4", "")]
    [InlineData("6087da", "zz")]
    [InlineData("pbkdf2", "argon2")]
    public void A_keystore_beyond_the_definition_or_our_patience_is_refused(string part, string other) =>
        Assert.Throws<FormatException>(() => Keystore.Decrypt(Pbkdf2.Replace(part, other, StringComparison.Ordinal), Password));

    [Theory]
    [InlineData("\"n\":262144", "\"n\":1073741824")]
    [InlineData("\"n\":262144", "\"n\":262143")]
    [InlineData("\"p\":8", "\"p\":1000000")]
    [InlineData("\"r\":1", "\"r\":2000000000")]
    [InlineData("\"r\":1", "\"r\":0")]
    [InlineData("\"r\":1", "\"q\":1")]
    public void Scrypt_that_would_exhaust_the_machine_is_refused(string part, string other) =>
        Assert.Throws<FormatException>(() => Keystore.Decrypt(Scrypt.Replace(part, other, StringComparison.Ordinal), Password));

    [Fact]
    public void A_wrong_password_opens_nothing() => Assert.Throws<CryptographicException>(() => Keystore.Decrypt(Pbkdf2, "Testpassword"));

    [Fact]
    public void A_tampered_key_is_not_opened() =>
        Assert.Throws<CryptographicException>(() => Keystore.Decrypt(Pbkdf2.Replace("5318b4", "5318b5", StringComparison.Ordinal), Password));

    [Fact]
    public void A_file_is_never_written_over()
    {
        using var folder = new TemporaryFolder();
        Keystore.Save(folder.File("key.json"), Account.Generate(), Password, Keystore.LightWork);
        Assert.Throws<IOException>(() => Keystore.Save(folder.File("key.json"), Account.Generate(), Password, Keystore.LightWork));
    }

    [Theory]
    [InlineData(Pbkdf2)]
    [InlineData(Scrypt)]
    public void The_published_vectors_open(string json) => Assert.Equal(Account.FromPrivateKey(Secret).Address, Keystore.Decrypt(json, Password).Address);

    [Fact]
    public void Both_kinds_are_written_and_read()
    {
        using var account = Account.Generate();
        Assert.Equal(account.Address, Keystore.Decrypt(Keystore.Encrypt(account, "pässwörd 🦊", Keystore.LightWork), "pässwörd 🦊").Address);
        Assert.Equal(account.Address, Keystore.Decrypt(Keystore.EncryptPbkdf2(account, "", 1000), "").Address);
    }

    [Fact]
    public void Only_its_owner_reads_the_file_and_it_does_not_hold_the_key()
    {
        using var folder = new TemporaryFolder();
        using var account = Account.FromPrivateKey(Secret);
        Keystore.Save(folder.File("key.json"), account, Password, Keystore.LightWork);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("key.json")));
        Assert.DoesNotContain(Secret[2..20], File.ReadAllText(folder.File("key.json")));
        Assert.Equal(account.Address, Keystore.Load(folder.File("key.json"), Password).Address);
    }

    sealed class TemporaryFolder : IDisposable
    {
        readonly string path = Directory.CreateTempSubdirectory("proofmesh-keystore").FullName;

        public string File(string name) => Path.Combine(path, name);

        public void Dispose() => Directory.Delete(path, recursive: true);
    }
}
