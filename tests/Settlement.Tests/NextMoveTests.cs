using ProofMesh.Chain;
using ProofMesh.Settlement;

namespace ProofMesh.Settlement_Tests;

public sealed class NextMoveTests
{
    static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddDays(20_000);

    [Theory]
    [InlineData(8, false, 0, Move.GiveUp)]
    [InlineData(8, true, 90, Move.GiveUp)]
    [InlineData(7, false, 0, Move.Send)]
    [InlineData(7, false, 90, Move.Send)]
    [InlineData(7, true, 59, Move.Wait)]
    [InlineData(7, true, 60, Move.Replace)]
    public void An_unmined_batch_goes_on(ulong finalNonce, bool sent, int seconds, object move)
    {
        using var key = Account.Generate();
        var signed = new Transaction(1, 7, 1, 2, 21_000, key.Address, 0, []).Sign(key);
        var batch = new OpenBatch(1, 7, BatchState.Open, [new Attempt(1, signed, Start)], new BatchItems([], [], []), null);

        Assert.Equal((Move)move, NextMove.Of(batch, sent, finalNonce, Start.AddSeconds(seconds), TimeSpan.FromMinutes(1)));
    }
}
