namespace ProofMesh.Provider.Tests;

public sealed class JournalTests : IDisposable
{
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_that_is_no_journal_is_refused()
    {
        File.WriteAllText(folder.Journal, "a text that is long enough");
        Assert.Throws<InvalidDataException>(() => JournalFile.Open(folder.Journal, _ => { }));
    }

    [Fact]
    public void A_second_process_cannot_open_it()
    {
        using var first = JournalFile.Open(folder.Journal, _ => { });
        Assert.Throws<IOException>(() => JournalFile.Open(folder.Journal, _ => { }));
    }

    [Fact]
    public void Damage_before_the_end_is_refused()
    {
        Write([1, 2, 3], [4, 5, 6]);
        var bytes = File.ReadAllBytes(folder.Journal);
        bytes[14] ^= 1;
        File.WriteAllBytes(folder.Journal, bytes);
        Assert.Throws<InvalidDataException>(() => Read());
    }

    [Fact]
    public void Whatever_byte_the_power_cut_fell_on_the_entries_before_it_stay()
    {
        Write([1, 2, 3], [4, 5, 6, 7]);
        var whole = File.ReadAllBytes(folder.Journal);
        var second = 8 + 9 + 3;
        for (var length = second; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder.Journal, whole[..length]);
            var entry = Assert.Single(Read());
            Assert.Equal([1, 2, 3], entry.Payload);
            Assert.Equal(second, new FileInfo(folder.Journal).Length);
        }
    }

    [Fact]
    public void A_file_that_grew_before_its_bytes_came_is_cut_back()
    {
        Write([1, 2, 3]);
        File.WriteAllBytes(folder.Journal, [.. File.ReadAllBytes(folder.Journal), .. new byte[500]]);
        Assert.Single(Read());
    }

    [Fact]
    public void Entries_come_back_in_order_and_more_can_follow()
    {
        Write([1], []);
        Write([3]);
        Assert.Equal([1, 0, 1], Read().Select(entry => entry.Payload.Length));
        Assert.All(Read(), entry => Assert.Equal(JournalKind.Voucher, entry.Kind));
    }

    void Write(params byte[][] payloads)
    {
        using var journal = JournalFile.Open(folder.Journal, _ => { });
        foreach (var payload in payloads) journal.Append(JournalKind.Voucher, payload);
    }

    List<JournalEntry> Read()
    {
        var entries = new List<JournalEntry>();
        JournalFile.Open(folder.Journal, entries.Add).Dispose();
        return entries;
    }
}
