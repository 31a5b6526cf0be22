namespace ProofMesh.Provider;

/// <summary>What an entry of the journal holds. The numbers stand on disk.</summary>
enum JournalKind : byte
{
    /// <summary>A receipt in its binary form, written before it is signed.</summary>
    Receipt = 1,
    Voucher = 2,
    Grant = 3,
    /// <summary>A signed statement, written before it is handed on.</summary>
    Statement = 4,
    /// <summary>A settler took everything up to this sequence (8 bytes, big-endian).</summary>
    Submitted = 5,
    /// <summary>A payer's debt that is asked for no more: payer(20) ‖ amount(16).</summary>
    WrittenOff = 6,
    /// <summary>In a compacted journal: payer(20) ‖ billed(16) ‖ written off(16) ‖ time of the last receipt(8).</summary>
    Payer = 7,
    /// <summary>In a compacted journal: request id(32) ‖ its time(8), any number of them.</summary>
    Known = 8,
    /// <summary>In a compacted journal, after all else that was known: sequence(8) ‖ last sequence of a statement(8) ‖ last submitted(8).</summary>
    Position = 9,
}

readonly record struct JournalEntry(JournalKind Kind, byte[] Payload);
