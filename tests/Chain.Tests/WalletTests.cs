using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>BIP-39 vectors of github.com/trezor/python-mnemonic (vectors.json), BIP-32 vectors 1 and 3 of the BIP (base58 taken apart), accounts of the development mnemonic that Hardhat and anvil print.</summary>
public sealed class WalletTests
{
    const string Junk = "test test test test test test test test test test test junk";

    [Theory]
    [InlineData("")]
    [InlineData("test test test test test test test test test test test test")]
    [InlineData("test test test test test test test test test test junk")]
    [InlineData("test test test test test test test test test test test Junk")]
    [InlineData("test test test test test test test test test test test junke")]
    [InlineData("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo vote")]
    public void What_is_no_mnemonic_is_refused_without_being_repeated(string words)
    {
        Assert.False(Mnemonic.IsValid(words));
        var refusal = Assert.Throws<ArgumentException>(() => new HdWallet(words));
        Assert.DoesNotContain("test", refusal.Message);
    }

    [Fact]
    public void A_passphrase_that_would_need_normalisation_is_refused() => Assert.Throws<ArgumentException>(() => new HdWallet(Junk, "pässphrase"));

    [Theory]
    [InlineData("44'/60'")]
    [InlineData("m/")]
    [InlineData("m//1")]
    [InlineData("m/x")]
    [InlineData("m/-1")]
    [InlineData("m/2147483648")]
    [InlineData("m/1''")]
    public void What_is_no_path_is_refused(string path) => Assert.Throws<FormatException>(() => new HdWallet(Junk, path: path));

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(27)]
    public void A_mnemonic_has_a_multiple_of_three_words(int words) => Assert.Throws<ArgumentException>(() => Mnemonic.Generate(words));

    [Theory]
    [InlineData(12)]
    [InlineData(24)]
    public void Generated_mnemonics_are_valid_and_differ(int words)
    {
        var mnemonic = Mnemonic.Generate(words);
        Assert.True(Mnemonic.IsValid(mnemonic));
        Assert.Equal(words, mnemonic.Split(' ').Length);
        Assert.NotEqual(mnemonic, Mnemonic.Generate(words));
    }

    [Theory]
    [InlineData("00000000000000000000000000000000", "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about", "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04")]
    [InlineData("7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f", "legal winner thank year wave sausage worth useful legal winner thank yellow", "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6fa457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607")]
    [InlineData("80808080808080808080808080808080", "letter advice cage absurd amount doctor acoustic avoid letter advice cage above", "d71de856f81a8acc65e6fc851a38d4d7ec216fd0796d0a6827a3ad6ed5511a30fa280f12eb2e47ed2ac03b5c462a0358d18d69fe4f985ec81778c1b370b652a8")]
    [InlineData("ffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong", "ac27495480225222079d7be181583751e86f571027b0497b5b5d11218e0a8a13332572917f0f8e5a589620c6f15b11c61dee327651a14c34e18231052e48c069")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo vote", "dd48c104698c30cfe2b6142103248622fb7bb0ff692eebb00089b32d22484e1613912f0a5b694407be899ffd31ed3992c456cdf60f5d4564b8ba3f05a69890ad")]
    public void Entropy_becomes_words_and_words_become_a_seed(string entropy, string words, string seed)
    {
        Assert.Equal(words, Mnemonic.FromEntropy(Hex.Decode(entropy)));
        Assert.Equal("0x" + seed, Hex.Encode(Mnemonic.ToSeed(words, "TREZOR")));
    }

    const string Vector1 = "000102030405060708090a0b0c0d0e0f";
    const string Vector3 = "4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be";

    [Theory]
    [InlineData(Vector1, "m", "e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35", "873dff81c02f525623fd1fe5167eac3a55a049de3d314bb42ee227ffed37d508")]
    [InlineData(Vector1, "m/0'", "edb2e14f9ee77d26dd93b4ecede8d16ed408ce149b6cd80b0715a2d911a0afea", "47fdacbd0f1097043b78c63c20c34ef4ed9a111d980047ad16282c7ae6236141")]
    [InlineData(Vector1, "m/0'/1", "3c6cb8d0f6a264c91ea8b5030fadaa8e538b020f0a387421a12de9319dc93368", "2a7857631386ba23dacac34180dd1983734e444fdbf774041578e9b6adb37c19")]
    [InlineData(Vector1, "m/0'/1/2'", "cbce0d719ecf7431d88e6a89fa1483e02e35092af60c042b1df2ff59fa424dca", "04466b9cc8e161e966409ca52986c584f07e9dc81f735db683c3ff6ec7b1503f")]
    [InlineData(Vector1, "m/0'/1/2'/2/1000000000", "471b76e389e528d6de6d816857e012c5455051cad6660850e58372a6c3e6e7c8", "c783e67b921d2beb8f6b389cc646d7263b4145701dadd2161548a8b078e65e9e")]
    [InlineData(Vector3, "m", "00ddb80b067e0d4993197fe10f2657a844a384589847602d56f0c629c81aae32", "01d28a3e53cffa419ec122c968b3259e16b65076495494d97cae10bbfec3c36f")]
    [InlineData(Vector3, "m/0'", "491f7a2eebc7b57028e0d3faa0acda02e75c33b03c48fb288c41e2ea44e1daef", "e5fea12a97b927fc9dc3d2cb0d1ea1cf50aa5a1fdc1f933e8906bb38df3377bd")]
    public void Keys_derive_as_BIP_32_says(string seed, string path, string key, string chainCode)
    {
        var derived = ExtendedKey.FromSeed(Hex.Decode(seed)).Derive(path);
        Assert.Equal("0x" + key, Hex.Encode(derived.PrivateKey));
        Assert.Equal("0x" + chainCode, Hex.Encode(derived.ChainCode));
    }

    [Theory]
    [InlineData(0, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    [InlineData(1, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    [InlineData(2, "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC")]
    [InlineData(9, "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720")]
    public void Accounts_are_where_wallets_find_them(uint index, string address) =>
        Assert.Equal(address, new HdWallet(Junk).GetAccount(index).ToString());
}
