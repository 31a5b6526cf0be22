using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Cli.Tests;

public sealed class AuditTests
{
    static string[] Wrong(PublishedReceipt published) =>
        [.. ReceiptAudit.Offline(published, Receipts.Rail).Where(check => !check.Holds).Select(check => check.Name)];

    static PublishedReceipt With(Func<Receipt, Receipt> change, bool signed = false)
    {
        var published = Receipts.Published();
        var receipt = change(published.Proof.Receipt.Receipt);
        return published with { Proof = published.Proof with { Receipt = signed ? Receipts.Sign(receipt) : published.Proof.Receipt with { Receipt = receipt } } };
    }

    static PublishedReceipt With(Func<SignedStatement, SignedStatement> change)
    {
        var published = Receipts.Published();
        return published with { Proof = published.Proof with { Statement = change(published.Proof.Statement) } };
    }

    [Fact]
    public void One_token_more_is_found_by_price_signature_and_path() =>
        Assert.Equal(["arithmetic", "signature", "path"], Wrong(With(receipt => receipt with { CompletionTokens = receipt.CompletionTokens + 1 })));

    [Fact]
    public void A_receipt_that_its_node_signed_twice_in_two_ways_is_not_in_the_tree() =>
        Assert.Equal(["path"], Wrong(With(receipt => receipt with { DurationMs = receipt.DurationMs + 1 }, signed: true)));

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(13)]
    [InlineData(ulong.MaxValue)]
    public void A_receipt_at_another_place_is_not_in_the_tree(ulong sequence) =>
        Assert.Equal(["path"], Wrong(With(receipt => receipt with { Sequence = sequence }, signed: true)));

    [Fact]
    public void Another_provider_is_found() =>
        Assert.Equal(["provider", "path"], Wrong(With(receipt => receipt with { Provider = receipt.Payer }, signed: true)));

    [Fact]
    public void Totals_that_the_root_does_not_prove_are_found() =>
        Assert.Equal(["statement"], Wrong(With(signed => signed with { Totals = signed.Totals with { Points = signed.Totals.Points + 1 } })));

    [Theory]
    [InlineData(0, 12)]
    [InlineData(12, 8)]
    [InlineData(1, ulong.MaxValue)]
    public void A_statement_over_an_impossible_run_is_found(ulong first, ulong last) =>
        Assert.Equal(["statement", "path"], Wrong(With(signed => signed with { Statement = signed.Statement with { FirstSequence = first, LastSequence = last } })));

    [Fact]
    public void A_path_that_is_cut_or_changed_is_found()
    {
        var published = Receipts.Published();
        var path = published.Proof.Path;
        SumNode[] huge = [path[0] with { Totals = new(ulong.MaxValue, ulong.MaxValue, TokenAmount.Max, ulong.MaxValue) }, .. path[1..]];
        foreach (var wrong in new[] { path[1..], [], [.. path, path[0]], [path[1], path[0], .. path[2..]], huge })
            Assert.Equal(["path"], Wrong(published with { Proof = published.Proof with { Path = wrong } }));
    }

    [Fact]
    public void A_node_that_did_not_sign_is_found() =>
        Assert.Equal(["signature", "statement"], Wrong(Receipts.Published() with { Node = Receipts.Published().Proof.Receipt.Receipt.Payer }));

    [Fact]
    public void What_was_signed_on_another_rail_is_found() =>
        Assert.Equal(["signature", "statement"], ReceiptAudit.Offline(Receipts.Published(), new Rail(1, Receipts.Rail.Token, Receipts.Rail.Escrow, Receipts.Rail.Staking, Receipts.Rail.Settlement)).Where(check => !check.Holds).Select(check => check.Name));

    [Fact]
    public void A_wrong_sum_that_its_node_signed_is_told_from_a_forged_one() =>
        Assert.Equal(["arithmetic", "path"], Wrong(With(receipt => receipt with { Fee = receipt.Fee + new TokenAmount(1) }, signed: true)));

    [Fact]
    public void A_receipt_as_it_was_signed_holds() => Assert.Empty(Wrong(Receipts.Published()));

    [Fact]
    public async Task The_program_exits_with_1_for_a_changed_receipt_and_names_what_is_wrong()
    {
        using var terminal = new Terminal();
        terminal.InMarket();
        var json = Receipts.Json(Receipts.Published());
        json["proof"]!["receipt"]!["receipt"]!["completion_tokens"] = 1;
        var (code, output, errors) = await terminal.Run(["audit", "receipt", "--offline", "--file", terminal.File("changed.json", json.ToJsonString())]);
        Assert.Equal((1, ""), (code, errors));
        Assert.Contains("✗ signature", output, StringComparison.Ordinal);
        Assert.Contains("✓ statement", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_exits_with_0_for_a_right_receipt_and_tells_a_machine_so()
    {
        using var terminal = new Terminal();
        terminal.InMarket();
        var (code, output, errors) = await terminal.Run(["audit", "receipt", "--json", "--offline", "--file", terminal.File("receipt.json", Receipts.Json(Receipts.Published()).ToJsonString())]);
        Assert.Equal((0, ""), (code, errors));
        var told = JsonNode.Parse(output)!;
        Assert.True((bool)told["holds"]!);
        Assert.Equal(["arithmetic", "signature", "statement", "provider", "path"], told["checks"]!.AsArray().Select(check => (string)check!["name"]!));
    }

    [Fact]
    public async Task A_settler_that_answers_with_another_receipt_is_refused()
    {
        using var site = new Site(_ => Receipts.Json(Receipts.Published()).ToJsonString());
        using var terminal = new Terminal();
        terminal.InMarket(site.Url);
        var other = "0x" + new string('9', 64);
        var (code, output, errors) = await terminal.Run(["audit", "receipt", "--offline", other]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("another request", errors, StringComparison.Ordinal);
        Assert.Equal($"/v1/receipts/{other}/proof", Assert.Single(site.Paths));
    }

    [Fact]
    public async Task A_settler_that_answers_no_receipt_is_refused()
    {
        using var site = new Site(_ => "<html>");
        using var terminal = new Terminal();
        terminal.InMarket();
        var (code, _, errors) = await terminal.Run(["audit", "receipt", "--offline", "--settlement", site.Url, "0x" + new string('9', 64)]);
        Assert.Equal(1, code);
        Assert.Contains("no published receipt", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_chain_the_audit_ends_in_words_not_in_a_verdict()
    {
        using var terminal = new Terminal();
        terminal.InMarket();
        var (code, output, errors) = await terminal.Run(["audit", "receipt", "--file", terminal.File("receipt.json", Receipts.Json(Receipts.Published()).ToJsonString())]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("127.0.0.1:1", errors, StringComparison.Ordinal);
    }
}
