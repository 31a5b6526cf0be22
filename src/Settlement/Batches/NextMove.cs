namespace ProofMesh.Settlement;

/// <summary>What to do with a batch that isn't mined.</summary>
enum Move
{
    Wait,
    /// <summary>Send the newest attempt as it was stored.</summary>
    Send,
    /// <summary>Sign and store one that pays more, with the same nonce, and send it.</summary>
    Replace,
    /// <summary>Another transaction took its nonce for good: give its items back.</summary>
    GiveUp,
}

/// <summary>Decides how an unmined batch goes on; no I/O.</summary>
static class NextMove
{
    /// <param name="sent">Whether this process has sent the newest attempt.</param>
    /// <param name="finalNonce">The account's next nonce in the newest final block.</param>
    public static Move Of(OpenBatch batch, bool sent, ulong finalNonce, DateTimeOffset now, TimeSpan replaceAfter)
    {
        if (finalNonce > batch.Nonce) return Move.GiveUp;
        if (!sent) return Move.Send;
        return now - batch.Attempts[^1].At >= replaceAfter ? Move.Replace : Move.Wait;
    }
}
