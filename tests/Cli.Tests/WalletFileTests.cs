using System.Text.Json.Nodes;
using ProofMesh.Chain;

namespace ProofMesh.Cli.Tests;

public sealed class WalletFileTests : IDisposable
{
    const string Words = "test test test test test test test test test test test junk";
    const string FirstOfWords = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly Terminal terminal = new();

    public void Dispose() => terminal.Dispose();

    string Locked(string password = "right")
    {
        var path = terminal.File("wallet.json");
        Keystore.Save(path, new HdWallet(Words).GetAccount(0), password, Keystore.LightWork);
        return path;
    }

    [Fact]
    public async Task A_wrong_password_opens_nothing_and_is_not_repeated()
    {
        var path = Locked();
        terminal.Environment["PROOFMESH_PASSWORD"] = "guessed-wrong";
        var (code, output, errors) = await terminal.Run(["wallet", "show", path]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("password", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("guessed-wrong", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_a_password_must_be_given()
    {
        var (code, _, errors) = await terminal.Run(["wallet", "show", Locked()]);
        Assert.Equal(1, code);
        Assert.Contains("PROOFMESH_PASSWORD", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wallet new wallet.json", "")]
    [InlineData("wallet import wallet.json", Words)]
    public async Task A_file_that_is_there_is_never_written_over(string words, string input)
    {
        terminal.File("wallet.json", "mine");
        terminal.Environment["PROOFMESH_PASSWORD"] = "right";
        var (code, _, errors) = await terminal.Run(words.Split(' '), input);
        Assert.Equal(1, code);
        Assert.Contains("exists", errors, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(terminal.File("wallet.json")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x1234secret")]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("test test test test test test test test test test test test")]
    public async Task What_is_no_secret_is_refused_and_not_repeated(string secret)
    {
        terminal.Environment["PROOFMESH_PASSWORD"] = "right";
        var (code, output, errors) = await terminal.Run(["wallet", "import", "wallet.json"], secret);
        Assert.Equal((1, ""), (code, output));
        if (secret.Length > 0) Assert.DoesNotContain(secret, errors, StringComparison.Ordinal);
        Assert.False(File.Exists(terminal.File("wallet.json")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"version\":3}")]
    [InlineData("hello secret")]
    [InlineData("")]
    public void A_file_without_a_key_is_refused_and_not_repeated(string content)
    {
        var path = terminal.File("wallet.json", content);
        File.SetUnixFileMode(path, Mine);
        var fault = Record.Exception(() => WalletFile.Open(path));
        Assert.IsType<CommandException>(fault);
        Assert.DoesNotContain("hello secret", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_wallet_is_its_owners_alone_and_its_words_make_it_again()
    {
        terminal.Environment["PROOFMESH_PASSWORD"] = "right";
        var (code, output, errors) = await terminal.Run(["wallet", "new", "wallet.json", "--mnemonic", "--json"]);
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(Mine, File.GetUnixFileMode(terminal.File("wallet.json")));
        var told = JsonNode.Parse(output)!;
        var words = (string)told["mnemonic"]!;
        Assert.Equal(new HdWallet(words).GetAccount(0).Address.ToString(), (string)told["address"]!);
        Assert.DoesNotContain(words.Split(' ')[0] + " ", File.ReadAllText(terminal.File("wallet.json")), StringComparison.Ordinal);
        Assert.Equal((string)told["address"]!, Keystore.Load(terminal.File("wallet.json"), "right").Address.ToString());
    }

    [Fact]
    public async Task A_mnemonic_is_read_from_standard_input()
    {
        terminal.Environment["PROOFMESH_PASSWORD"] = "right";
        var (code, output, _) = await terminal.Run(["wallet", "import", "wallet.json"], Words + "\n");
        Assert.Equal(0, code);
        Assert.Contains(FirstOfWords, output, StringComparison.Ordinal);
        Assert.DoesNotContain("junk", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_right_password_shows_the_address()
    {
        var path = Locked();
        terminal.Environment["PROOFMESH_PASSWORD"] = "right";
        var (code, output, _) = await terminal.Run(["wallet", "show", path]);
        Assert.Equal(0, code);
        Assert.Contains(FirstOfWords, output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_key_is_made_once_and_its_owners_alone()
    {
        var path = terminal.File("node.key");
        var made = KeyFile.ReadOrMake(path).Address;
        Assert.Equal(Mine, File.GetUnixFileMode(path));
        Assert.Equal(made, KeyFile.ReadOrMake(path).Address);
    }
}
