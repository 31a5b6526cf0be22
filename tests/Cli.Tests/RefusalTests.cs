using System.Text.Json.Nodes;

namespace ProofMesh.Cli.Tests;

/// <summary>Each is refused before anything is sent: the market of these tests doesn't exist, and no word of that is said.</summary>
public sealed class RefusalTests
{
    const string Key = "0x2222222222222222222222222222222222222222222222222222222222222222";
    const string Request = "0x3333333333333333333333333333333333333333333333333333333333333333";

    static async Task Refused(string words, string because, Action<Terminal>? before = null)
    {
        using var terminal = new Terminal();
        terminal.InMarket();
        before?.Invoke(terminal);
        var (code, _, errors) = await terminal.Run(words.Split(' '));
        Assert.Equal(1, code);
        Assert.Contains(because, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fly", "fly")]
    [InlineData("wallet burn", "burn")]
    [InlineData("deposit", "Required argument")]
    [InlineData("deposit 5 6", "6")]
    [InlineData("deposit 0", "zero")]
    [InlineData("deposit -5", "-5")]
    [InlineData("deposit 1.0000001", "6 digits")]
    [InlineData("deposit 1e3", "no amount")]
    [InlineData("deposit five", "no amount")]
    [InlineData("thaw", "--cancel")]
    [InlineData("thaw 5 --cancel", "one of them")]
    [InlineData("withdraw --to 0x12", "no address")]
    [InlineData("grant --cap x", "no amount")]
    [InlineData("grant --days 0", "days are refused")]
    [InlineData("grant --days 99999", "days are refused")]
    [InlineData("key create", "Required argument")]
    [InlineData("key create k --cap 0", "zero")]
    [InlineData("key revoke first", "first")]
    [InlineData("provider register", "--node-key")]
    [InlineData("provider register --node-key node.key --stake x", "no amount")]
    [InlineData("provider register --node-key node.key --endpoint ftp://x", "http://")]
    [InlineData("provider status 0x0000000000000000000000000000000000000000", "no address")]
    [InlineData("provider unstake 0", "zero")]
    [InlineData("receipts --limit 0", "--limit")]
    [InlineData("receipts --limit 101", "--limit")]
    [InlineData("receipts --limit many", "many")]
    [InlineData("receipts show 0x12", "no request id")]
    [InlineData("audit receipt", "one of them")]
    [InlineData("audit receipt 0x12", "no request id")]
    [InlineData("audit receipt " + Request + " --file x.json", "one of them")]
    [InlineData("audit receipt " + Request + " --settlement nowhere", "http://")]
    [InlineData("audit receipt --file missing.json", "no file")]
    [InlineData("chat hello --temperature 3", "--temperature")]
    [InlineData("chat hello --temperature hot", "hot")]
    [InlineData("chat hello --max-tokens 0", "--max-tokens")]
    [InlineData("chat --json", "conversation")]
    public Task A_wrong_word_is_refused(string words, string because) => Refused(words, because);

    [Theory]
    [InlineData("chat hello")]
    [InlineData("receipts")]
    public Task A_market_that_is_not_there_is_named(string words) => Refused(words, "127.0.0.1:1");

    [Fact]
    public Task Without_a_profile_it_says_how_to_get_one() =>
        Refused("receipts", "proofmesh up", terminal => terminal.Environment.Remove("PROOFMESH_PROFILE"));

    [Theory]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("{\"Rail\":null}")]
    [InlineData("{\"Rail\":{\"Token\":5}}")]
    public Task A_file_that_is_no_profile_is_named(string content) =>
        Refused("receipts", "profile.json is no profile", terminal => terminal.File("profile.json", content));

    [Fact]
    public Task A_rail_without_its_contracts_is_refused() => Refused("receipts", "Rail:ChainId", terminal => terminal.File("profile.json", "{}"));

    [Fact]
    public Task A_wallet_that_is_not_there_is_named() => Refused("deposit 5 --wallet other.json", "no wallet at other.json");

    [Fact]
    public Task A_key_that_others_may_read_is_refused() => Refused("deposit 5 --wallet open.key", "chmod 600", terminal =>
        File.SetUnixFileMode(terminal.File("open.key", Key), UnixFileMode.UserRead | UnixFileMode.OtherRead));

    [Theory]
    [InlineData("{\"proof\":null}")]
    [InlineData("{\"proof\":{},\"node\":\"0x12\",\"transaction\":null,\"state\":\"mined\"}")]
    [InlineData("[]")]
    [InlineData("null")]
    public Task A_file_that_is_no_published_receipt_is_refused(string content) =>
        Refused("audit receipt --offline --file receipt.json", "no published receipt", terminal => terminal.File("receipt.json", content));

    [Fact]
    public Task A_receipt_that_lacks_a_field_is_refused() => Refused("audit receipt --offline --file receipt.json", "no published receipt", terminal =>
    {
        var json = Receipts.Json(Receipts.Published());
        json["proof"]!["receipt"]!["receipt"]!.AsObject().Remove("fee");
        terminal.File("receipt.json", json.ToJsonString());
    });
}
