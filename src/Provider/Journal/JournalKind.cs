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
}

readonly record struct JournalEntry(JournalKind Kind, byte[] Payload);
