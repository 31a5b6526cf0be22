using ProofMesh.Protocol;

namespace ProofMesh.Provider.Tests;

public sealed class BooksTests : IDisposable
{
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_request_id_is_served_once_even_after_a_restart()
    {
        Bytes32 id;
        using (var books = new NodeBooks(folder.Path))
        {
            id = books.Write(Samples.Draft(Samples.Payer.Address, 5)).RequestId;
            Assert.False(books.TryBegin(id));
        }
        using var again = new NodeBooks(folder.Path);
        Assert.False(again.TryBegin(id));
    }

    [Fact]
    public void An_older_voucher_does_not_replace_a_newer_one()
    {
        using var books = new NodeBooks(folder.Path);
        books.Accept(Samples.Voucher(Samples.Payer, 20));
        books.Accept(Samples.Voucher(Samples.Payer, 10));
        Assert.Equal(new TokenAmount(20), books.With(Samples.Payer.Address, account => account.Acknowledged));
    }

    [Fact]
    public void Sequences_and_totals_go_on_after_a_restart()
    {
        using (var books = new NodeBooks(folder.Path))
        {
            Assert.Equal(1UL, books.Write(Samples.Draft(Samples.Payer.Address, 5)).Sequence);
            books.Accept(Samples.Voucher(Samples.Payer, 5));
            Assert.True(books.TryRemember(Samples.Grant(Samples.Payer), 1));
        }
        using var again = new NodeBooks(folder.Path);
        var receipt = again.Write(Samples.Draft(Samples.Payer.Address, 7));
        Assert.Equal((2UL, new TokenAmount(12)), (receipt.Sequence, receipt.Cumulative));
        var pending = again.Pending();
        Assert.Equal(Samples.Voucher(Samples.Payer, 5), Assert.Single(pending.Vouchers));
        Assert.Equal(Samples.Grant(Samples.Payer), Assert.Single(pending.Grants));
    }

    [Fact]
    public void Many_requests_at_once_get_each_sequence_once()
    {
        using var books = new NodeBooks(folder.Path);
        var sequences = new System.Collections.Concurrent.ConcurrentBag<ulong>();
        Parallel.For(0, 60, _ => sequences.Add(books.Write(Samples.Draft(Samples.Payer.Address, 1)).Sequence));
        Assert.Equal(Enumerable.Range(1, 60).Select(i => (ulong)i), sequences.Order());
        Assert.Equal(new TokenAmount(60), books.With(Samples.Payer.Address, account => account.Billed));
    }

    [Fact]
    public void Statements_continue_each_other_and_leave_when_a_settler_has_them()
    {
        using (var books = new NodeBooks(folder.Path))
        {
            for (var i = 0; i < 5; i++) books.Write(Samples.Draft(Samples.Payer.Address, 2));
            Assert.Equal((1UL, 3UL), Range(books.Close(3, Samples.Statement)));
            Assert.Equal((4UL, 5UL), Range(books.Close(3, Samples.Statement)));
            Assert.Null(books.Close(3, Samples.Statement));
        }
        using var again = new NodeBooks(folder.Path);
        var pending = again.Pending();
        Assert.Equal((2, 5), (pending.Statements.Length, pending.Receipts.Length));
        Assert.Equal(new SumTree(pending.Receipts[..3]).Root, pending.Statements[0].Statement.Root);
        again.Submitted(pending);
        Assert.True(again.Pending().IsEmpty);
        again.Write(Samples.Draft(Samples.Payer.Address, 2));
        Assert.Equal((6UL, 6UL), Range(again.Close(3, Samples.Statement)));
    }

    [Fact]
    public void A_voucher_that_came_after_a_submission_is_submitted_next()
    {
        using var books = new NodeBooks(folder.Path);
        books.Accept(Samples.Voucher(Samples.Payer, 5));
        var sent = books.Pending();
        books.Accept(Samples.Voucher(Samples.Payer, 9));
        books.Submitted(sent);
        Assert.Equal(new TokenAmount(9), Assert.Single(books.Pending().Vouchers).Voucher.Cumulative);
    }

    static (ulong, ulong) Range(SignedStatement? statement) => (statement!.Statement.FirstSequence, statement.Statement.LastSequence);
}
