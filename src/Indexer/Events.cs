using System.Collections.Frozen;
using ProofMesh.Protocol;

namespace ProofMesh.Indexer;

/// <summary>What is mirrored. A test holds each declaration against the contracts' ABI and against the schema.</summary>
static class Events
{
    public static readonly EventTable[] All =
    [
        // Escrow
        new("Deposited(address indexed payer, address indexed sender, uint128 amount)"),
        new("Thawing(address indexed payer, uint128 amount, uint64 readyAt)"),
        new("ThawCancelled(address indexed payer, uint128 amount)"),
        new("Withdrawn(address indexed payer, address indexed recipient, uint128 amount)"),
        new("Claimed(address indexed payer, address node, uint128 amount, uint128 claimed)"),
        new("Earned(address indexed provider, address indexed node, uint128 amount, uint128 fee)"),
        new("Collected(address indexed earner, address indexed recipient, uint128 amount)"),
        new("Recycled(address indexed earner, uint128 amount)"),
        new("GrantRegistered(address indexed payer, address indexed spender, uint128 cap, uint128 spendLimit, uint64 validUntil, uint32 epoch)"),
        new("EpochRaised(address indexed payer, uint32 epoch, uint64 endsAt)"),
        new("Reserved(address indexed payer, address indexed provider, uint128 amount, uint64 reservedUntil)"),
        new("ReserveReleased(address indexed payer, address indexed provider, uint128 amount)"),
        new("PoolProposed(address indexed provider, bytes32 indexed pool, (address wallets, uint16 basisPoints)[] members, uint64 readyAt)"),
        new("PoolAccepted(address indexed provider, bytes32 indexed pool, address indexed member)"),
        new("PoolApplied(address indexed provider, bytes32 indexed pool)"),
        new("Divided(address indexed provider, address indexed member, uint128 amount)"),
        // Staking
        new("Staked(address indexed provider, address indexed sender, uint128 amount)"),
        new("Unbonding(address indexed provider, uint128 amount, uint64 readyAt)"),
        new("Unstaked(address indexed provider, address indexed recipient, uint128 amount)"),
        new("Slashed(address indexed provider, address indexed payer, address indexed reporter, uint128 amount, uint128 toPayer, uint128 toReporter)"),
        new("NodeAdded(address indexed provider, address indexed node)"),
        new("NodeRetired(address indexed provider, address indexed node)"),
        new("Announced(address indexed provider, string endpoint, string offers)"),
        new("MinimumStakeChanged(uint128 amount)"),
        new("AuditorsCompensated(address indexed provider, address[] auditors, uint128 toEach)"),
        new("CompensationCollected(address indexed owner, address indexed recipient, uint128 amount)"),
        new("VaultProposed(uint16 indexed number, address indexed vault, uint64 openAt)"),
        new("VaultClosed(uint16 indexed number)"),
        new("VaultEntered(address indexed provider, uint16 indexed number, uint128 amount, uint128 units)"),
        new("VaultLeft(address indexed provider, uint16 indexed number, uint128 units, uint128 amount)"),
        new("PaidFromVault(uint16 indexed number, address indexed recipient, uint128 units, bool inKind)"),
        // Settlement
        new("StatementSettled(address indexed provider, address indexed node, uint64 number, uint64 firstSequence, uint64 lastSequence, bytes32 root, (uint64 completed, uint64 tokens, uint128 fees, uint64 points) totals)"),
        new("GrantSkipped(uint256 position, address indexed payer, address indexed spender, uint8 reason)"),
        new("ClaimSkipped(uint256 position, address indexed payer, address indexed node, uint8 reason)"),
        new("StatementSkipped(uint256 position, address indexed provider, address indexed node, uint8 reason)"),
        new("SlashRecorded(address indexed provider, uint32 slashes)"),
        new("FeeChanged(uint16 basisPoints)"),
        // Disputes
        new("Punished(address indexed provider, address indexed node, address indexed reporter, uint8 offence, uint64 sequence, uint128 taken)"),
        new("ReportCommitted(address indexed reporter, bytes32 commitment)"),
        new("AuditorEnrolled(address indexed auditor, uint128 bond)"),
        new("AuditorRetired(address indexed auditor)"),
        new("BondWithdrawn(address indexed auditor, address indexed recipient, uint128 bond)"),
        new("CreditCollected(address indexed owner, address indexed recipient, uint128 amount)"),
        new("Challenged(uint256 indexed id, address indexed node, address indexed challenger, bytes32 receipt, uint128 bond, uint64 seedBlock, bytes32 evidence, string location)"),
        new("Answered(uint256 indexed id, bytes32 evidence, string location)"),
        new("SeedMoved(uint256 indexed id, uint64 seedBlock)"),
        new("SeedDrawn(uint256 indexed id, bytes32 seed)"),
        new("Seated(uint256 indexed id, address indexed auditor, address indexed evicted)"),
        new("VoteCommitted(uint256 indexed id, address indexed auditor, bytes32 commitment)"),
        new("VoteRevealed(uint256 indexed id, address indexed auditor, bool convict)"),
        new("AuditorFined(uint256 indexed id, address indexed auditor, uint128 amount)"),
        new("Resolved(uint256 indexed id, uint8 verdict, uint8 convicting, uint8 revealed)"),
    ];

    public static readonly FrozenDictionary<Bytes32, EventTable> ByTopic = All.ToFrozenDictionary(table => table.Topic);
}
