namespace ProofMesh.Provider;

/// <summary>What a node lets go of in time: bytes of the journal, old debts, receipts that no auditor asks for any more.</summary>
sealed class Housekeeping(ProviderOptions options, NodeBooks books, BatchFolder batches, TimeProvider time)
{
    public Task Once(CancellationToken stop)
    {
        var now = time.GetUtcNow();
        foreach (var (payer, amount) in books.WriteOff((ulong)(now - options.UnpaidMemory).ToUnixTimeMilliseconds()))
            Log.Line("fee_written_off", ("payer", payer), ("amount", amount));
        if (books.Compact(options.JournalBytes, now - options.Retention)) Log.Line("journal_compacted");
        batches.Prune(now - options.Retention);
        return Task.CompletedTask;
    }
}
