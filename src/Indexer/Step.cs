using ProofMesh.Chain;

namespace ProofMesh.Indexer;

/// <summary>A piece of the canonical chain: the blocks after the cursor that must be known, and all our logs in them.</summary>
/// <param name="To">The cursor once the step is written; the last of the blocks has this number.</param>
/// <param name="Head">The newest block when the step was read.</param>
sealed record Step(ulong From, ulong To, ulong Head, IReadOnlyList<Block> Blocks, IReadOnlyList<Log> Logs);

/// <summary>Where the mirror stands.</summary>
/// <param name="Number">All blocks up to this one are mirrored; start − 1 before the first.</param>
/// <param name="Hash">Null when the block isn't stored, which is so before the first alone.</param>
readonly record struct Cursor(ulong Number, Protocol.Bytes32? Hash);
