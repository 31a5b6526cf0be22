using ProofMesh.Protocol;

namespace ProofMesh.Provider.Tests;

/// <summary>Fees whose voucher never came.</summary>
public sealed class DebtTests : IDisposable
{
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_debt_outlives_a_restart()
    {
        using (var books = new NodeBooks(folder.Path)) Serve(books, 7);
        using var again = new NodeBooks(folder.Path);
        Assert.Equal(new TokenAmount(7), Unpaid(again));
        Assert.Equal(1UL, Assert.Single(again.With(Samples.Payer.Address, account => account.Owing)).Sequence);
    }

    [Fact]
    public void A_voucher_that_the_payer_shows_pays_the_debt_as_far_as_it_rises()
    {
        using var books = new NodeBooks(folder.Path);
        Serve(books, 7);
        books.AcceptShown(Samples.Voucher(Samples.Payer, 5));
        Assert.Equal(new TokenAmount(2), Unpaid(books));
        books.AcceptShown(Samples.Voucher(Samples.Payer, 4));
        Assert.Equal(new TokenAmount(2), Unpaid(books));
        books.AcceptShown(Samples.Voucher(Samples.Payer, 7));
        Assert.Equal(TokenAmount.Zero, Unpaid(books));
    }

    [Fact]
    public void A_voucher_for_another_request_pays_no_debt()
    {
        using var books = new NodeBooks(folder.Path);
        Serve(books, 7);
        books.Write(Samples.Draft(Samples.Payer.Address, 3));
        books.Accept(Samples.Voucher(Samples.Payer, 3));
        Assert.Equal(new TokenAmount(7), Unpaid(books));
    }

    [Fact]
    public void A_debt_is_written_off_in_time_once_and_for_good()
    {
        using (var books = new NodeBooks(folder.Path))
        {
            Serve(books, 7);
            Assert.Empty(books.WriteOff(1_600_000_000_000));
            Assert.Equal((Samples.Payer.Address, new TokenAmount(7)), Assert.Single(books.WriteOff(1_800_000_000_000)));
            Assert.Empty(books.WriteOff(1_800_000_000_000));
            Serve(books, 2);
        }
        using var again = new NodeBooks(folder.Path);
        Assert.Equal(new TokenAmount(2), Unpaid(again));
    }

    [Fact]
    public void A_stranger_who_is_looked_at_leaves_nothing_behind()
    {
        using var books = new NodeBooks(folder.Path);
        var first = books.With(Samples.Payer.Address, account => account);
        Assert.NotSame(first, books.With(Samples.Payer.Address, account => account));
    }

    [Fact]
    public void A_payer_has_only_so_many_spenders_at_a_node_while_none_has_run_out()
    {
        using var books = new NodeBooks(folder.Path);
        for (byte i = 1; i <= 64; i++) Assert.True(books.TryRemember(Grant(i, validUntil: 100), now: 50));
        Assert.False(books.TryRemember(Grant(65, validUntil: 100), now: 50));
        Assert.True(books.TryRemember(Grant(65, validUntil: 200), now: 150));
    }

    static SignedGrant Grant(byte spender, ulong validUntil)
    {
        var grant = new Grant(Samples.Payer.Address, new([.. new byte[19], spender]), new(1), validUntil, 0);
        return new(grant, Samples.Payer.Sign(grant.Digest(Samples.Rail)));
    }

    static void Serve(NodeBooks books, ulong fee)
    {
        books.Write(Samples.Draft(Samples.Payer.Address, fee));
        books.With(Samples.Payer.Address, account => account.Unpaid += new TokenAmount(fee));
    }

    static TokenAmount Unpaid(NodeBooks books) => books.With(Samples.Payer.Address, account => account.Unpaid);
}
