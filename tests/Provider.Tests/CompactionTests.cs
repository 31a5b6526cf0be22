using ProofMesh.Protocol;

namespace ProofMesh.Provider.Tests;

/// <summary>Wherever a crash falls while the journal is compacted, the node knows what it knew and goes on with its sequence.</summary>
public sealed class CompactionTests : IDisposable
{
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Next => folder.Journal + ".000001";

    [Fact]
    public void A_second_process_cannot_open_it_before_or_after()
    {
        using var books = Lived();
        Assert.Throws<IOException>(() => new NodeBooks(folder.Path));
        Compact(books);
        Assert.Throws<IOException>(() => new NodeBooks(folder.Path));
    }

    [Fact]
    public void Everything_is_known_that_was_known()
    {
        string before;
        using (var books = Lived())
        {
            before = Known(books);
            Compact(books);
            Assert.Equal(before, Known(books));
        }
        using var again = new NodeBooks(folder.Path);
        Assert.Equal(before, Known(again));
        Assert.False(again.TryBegin(first));
        Assert.Equal(8UL, again.Write(Samples.Draft(Samples.Payer.Address, 1)).Sequence);
    }

    [Fact]
    public void What_comes_after_is_kept_too_and_a_second_time_changes_nothing()
    {
        string before;
        using (var books = Lived())
        {
            Compact(books);
            books.Write(Samples.Draft(Samples.Payer.Address, 3));
            books.Accept(Samples.Voucher(Samples.Payer, 8));
            before = Known(books);
            Compact(books);
        }
        using var again = new NodeBooks(folder.Path);
        Assert.Equal(before, Known(again));
    }

    [Fact]
    public void A_crash_while_the_new_file_is_written_leaves_the_old_one()
    {
        string before;
        using (var books = Lived()) before = Known(books);
        var old = File.ReadAllBytes(folder.Journal);
        using (var books = new NodeBooks(folder.Path)) Compact(books);
        var whole = File.ReadAllBytes(Next);
        File.Delete(Next);

        foreach (var written in new[] { 0, 1, 8, 100, whole.Length / 2, whole.Length - 1, whole.Length })
        {
            File.WriteAllBytes(folder.Journal, old);
            File.WriteAllBytes(Next + ".new", whole[..written]);
            using var books = new NodeBooks(folder.Path);
            Assert.Equal(before, Known(books));
            Assert.False(File.Exists(Next + ".new"));
            Assert.Equal(8UL, books.Write(Samples.Draft(Samples.Payer.Address, 1)).Sequence);
        }
    }

    [Fact]
    public void A_crash_after_the_new_file_has_its_name_leaves_the_new_one_whether_or_not_the_old_one_is_there()
    {
        string before;
        using (var books = Lived())
        {
            before = Known(books);
            Compact(books);
        }
        using (var books = new NodeBooks(folder.Path)) Assert.Equal(before, Known(books));
        File.Delete(folder.Journal);
        using (var books = new NodeBooks(folder.Path)) Assert.Equal(before, Known(books));
    }

    [Fact]
    public void A_new_file_that_cannot_be_written_costs_nothing_but_the_try()
    {
        using var books = Lived();
        var before = Known(books);
        // A folder of this name can't be overwritten by a file.
        Directory.CreateDirectory(Next + ".new");
        Assert.ThrowsAny<Exception>(() => Compact(books));
        Assert.Equal(before, Known(books));
        Assert.Equal(8UL, books.Write(Samples.Draft(Samples.Payer.Address, 1)).Sequence);
    }

    [Fact]
    public void Old_files_and_request_ids_go_when_their_time_is_over()
    {
        using (var books = Lived())
        {
            Assert.True(books.Compact(1, DateTimeOffset.FromUnixTimeSeconds(1)));
            Assert.True(File.Exists(folder.Journal));
            Assert.False(books.TryBegin(first));
            Assert.True(books.Compact(1, DateTimeOffset.UtcNow.AddDays(1)));
            Assert.False(File.Exists(folder.Journal));
            Assert.True(books.TryBegin(first));
        }
        using var again = new NodeBooks(folder.Path);
        Assert.Equal(7UL, again.Sequence);
    }

    [Fact]
    public void A_small_journal_is_left_alone()
    {
        using var books = Lived();
        Assert.False(books.Compact(1 << 20, DateTimeOffset.UtcNow));
    }

    static void Compact(NodeBooks books) => Assert.True(books.Compact(1, DateTimeOffset.FromUnixTimeSeconds(1)));

    Bytes32 first;

    // Something of each kind: settled, stated and fresh receipts, vouchers, grants, a debt that was written off and one that wasn't.
    NodeBooks Lived()
    {
        var books = new NodeBooks(folder.Path);
        Assert.True(books.TryRemember(Samples.Grant(Samples.Payer), 1));
        first = books.Write(Samples.Draft(Samples.Payer.Address, 5)).RequestId;
        books.Accept(Samples.Voucher(Samples.Payer, 5));
        books.Write(Samples.Draft(Samples.Provider.Address, 4));
        books.Close(10, Samples.Statement);
        books.Submitted(books.Pending());
        books.With(Samples.Provider.Address, account => account.Unpaid += new TokenAmount(4));
        Assert.Equal((Samples.Provider.Address, new TokenAmount(4)), Assert.Single(books.WriteOff(ulong.MaxValue)));
        books.Write(Samples.Draft(Samples.Payer.Address, 6));
        books.Write(Samples.Draft(Samples.Payer.Address, 0));
        books.Close(10, Samples.Statement);
        for (ulong fee = 1; fee <= 3; fee++) books.Write(Samples.Draft(Samples.Payer.Address, fee));
        books.With(Samples.Payer.Address, account => account.Unpaid += new TokenAmount(12));
        return books;
    }

    static string Known(NodeBooks books)
    {
        var pending = books.Pending();
        return string.Join('\n', [
            $"{books.Sequence} {books.Unstated}",
            .. new[] { Samples.Payer.Address, Samples.Provider.Address }.Select(payer => books.With(payer, account =>
                $"{account.Billed} {account.Unpaid} {account.WrittenOff} {account.Acknowledged} {account.LastAt} {string.Join(',', account.Owing.Select(receipt => receipt.Sequence))} {string.Join(',', account.Grants.Keys)}")),
            .. pending.Statements.Select(statement => statement.ToString()),
            .. pending.Receipts.Select(receipt => receipt.ToString()),
        ]);
    }
}
