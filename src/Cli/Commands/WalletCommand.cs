using System.CommandLine;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;

namespace ProofMesh.Cli;

/// <summary>proofmesh wallet: keys on disk, and what they hold.</summary>
static class WalletCommand
{
    public static Command Create() => new("wallet", "Make and look at wallets.") { New(), Import(), Show(), Balance() };

    static Command New()
    {
        var file = new Argument<string>("file") { Description = "Where to write it, mode 600; never over another file." };
        var words = new Option<bool>("--mnemonic") { Description = "Make it from 12 words, which are shown this once." };
        var command = new Command("new", "Make a wallet: a keystore (v3), its password typed or in PROOFMESH_PASSWORD.") { file, words };
        command.SetAction((given, _) => Output.Guard(() =>
        {
            var path = WalletFile.Free(given.GetValue(file)!);
            var mnemonic = given.GetValue(words) ? Mnemonic.Generate() : null;
            using var account = mnemonic is null ? Account.Generate() : new HdWallet(mnemonic).GetAccount(0);
            WalletFile.Save(path, account);
            return Task.FromResult(Tell(new(account.Address, path, mnemonic), given.AsJson()));
        }));
        return command;
    }

    static Command Import()
    {
        var file = new Argument<string>("file") { Description = "Where to write it, mode 600; never over another file." };
        var command = new Command("import", "Make a wallet of a private key or mnemonic, typed or on standard input, never on the command line.") { file };
        command.SetAction((given, _) => Output.Guard(() =>
        {
            var path = WalletFile.Free(given.GetValue(file)!);
            using var account = WalletFile.FromSecret(Secret.Read("Private key or mnemonic: "));
            WalletFile.Save(path, account);
            return Task.FromResult(Tell(new(account.Address, path), given.AsJson()));
        }));
        return command;
    }

    static Command Show()
    {
        var file = new Argument<string?>("file") { Description = "A wallet in place of the profile's.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("show", "Open a wallet and tell its address.") { file };
        command.SetAction((given, _) => Output.Guard(() =>
        {
            var path = given.GetValue(file) ?? given.Wallet();
            using var account = WalletFile.Open(path);
            return Task.FromResult(Tell(new(account.Address, path), given.AsJson()));
        }));
        return command;
    }

    static Command Balance()
    {
        var address = new Argument<string?>("address") { Description = "Anybody's address in place of the wallet's.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("balance", "Ether, tokens, and what lies in escrow.") { address };
        command.Act(async (given, party, stop) =>
        {
            var owner = given.GetValue(address) is { } text ? Amount.Account(text) : party.Wallet.Address;
            var (web3, rail) = (await party.Reader(stop), party.Rail);
            var escrow = new EscrowContract(web3, rail.Escrow);
            var account = await escrow.AccountOfAsync(owner, stop: stop);
            var view = new BalanceView(
                owner, (await web3.Eth.GetBalanceAsync(owner, stop: stop)).ToString(), await Escrowed.Held(web3, rail, owner, stop),
                account.Balance, account.Thawing, account.Reserved, await escrow.EarnedOfAsync(owner, stop: stop), rail.Symbol, rail.Decimals);
            return given.AsJson() ? Output.Json(view, CliJson.Default.BalanceView) : Tell(view, party);
        });
        return command;
    }

    static int Tell(WalletView view, bool json)
    {
        if (json) return Output.Json(view, CliJson.Default.WalletView);
        Output.Lines(("address", view.Address.ToString()), ("file", view.File));
        if (view.Mnemonic is { } words) Output.Lines(("mnemonic", words), ("", "Write these words down: they are shown this once, and who has them has the wallet."));
        return 0;
    }

    static int Tell(BalanceView view, Party party) => Output.Lines(
        ("address", view.Address.ToString()),
        ("ether", new Protocol.TokenAmount(UInt128.Parse(view.Ether)).ToTokens(18)),
        ("wallet", party.Show(view.Tokens)),
        ("escrow", party.Show(view.Escrow)),
        ("  thawing", party.Show(view.Thawing)),
        ("  reserved", party.Show(view.Reserved)),
        ("earned", party.Show(view.Earned)));
}
