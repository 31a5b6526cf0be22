// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ClaimFault, GrantFault} from "./IEscrow.sol";
import {Grant, ProofStep, Receipt, Reserve, Signature, Statement, Totals, Voucher} from "./Messages.sol";

/// @notice Why a statement was not settled.
enum StatementFault {
    None,
    BadSignature,
    WrongNode,
    OutOfSequence,
    EmptyRange,
    TooManyReceipts,
    TotalsImpossible,
    RootMismatch,
    RingFull
}

/// @notice What `checkReceipt` found.
enum ReceiptFault {
    None,
    BadSignature,
    WrongNode,
    WrongProvider,
    OutOfRange,
    CachedAbovePrompt,
    UnknownStatus,
    WrongFee,
    WrongDepth,
    RootMismatch,
    StatementUnknown,
    ZeroRequestId,
    ZeroPayer,
    CumulativeBelowFee,
    FirstTokenAfterEnd
}

/// @notice A grant with the signature of its payer: 65 bytes of an account, or what its ERC-1271 wallet wants.
struct SignedGrant {
    Grant grant;
    bytes signature;
}

/// @notice A voucher without its node, with the signature of its payer or of the payer's spender.
struct Claim {
    address payer;
    uint128 cumulative;
    bytes32 receipt;
    Signature signature;
}

/// @notice The vouchers of one node.
struct NodeClaims {
    address node;
    Claim[] claims;
}

/// @notice A statement with the node's signature, its totals and the top of the tree, which prove each other by the root.
struct SignedStatement {
    Statement statement;
    Totals totals;
    bytes32 top;
    Signature signature;
}

/// @notice What a provider has done, as settled. Sums saturate.
struct Reputation {
    uint64 completed;
    uint64 tokens;
    uint128 fees;
    uint64 points;
    uint32 slashes;
}

/// @title Settlement
/// @notice Turns signed messages into payments and reputation. Whoever submits them needs no permission.
/// @dev Assumes of a node key: it signs one receipt and one statement for each sequence. Breaking that is proof of fraud.
interface ISettlement {
    /// @notice A statement was settled; `number` counts the statements of the node from 0.
    event StatementSettled(
        address indexed provider,
        address indexed node,
        uint64 number,
        uint64 firstSequence,
        uint64 lastSequence,
        bytes32 root,
        Totals totals
    );
    /// @notice Grant `index` of the call was skipped.
    event GrantSkipped(uint256 index, address indexed payer, address indexed spender, GrantFault reason);
    /// @notice Claim `index` of the call, counted over all nodes, moved nothing.
    event ClaimSkipped(uint256 index, address indexed payer, address indexed node, ClaimFault reason);
    /// @notice Statement `index` of the call was skipped; `node` is who signed it (0: nobody).
    event StatementSkipped(uint256 index, address indexed provider, address indexed node, StatementFault reason);
    /// @notice A provider was slashed, and its reputation says so.
    event SlashRecorded(address indexed provider, uint32 slashes);
    /// @notice The fee will be `basisPoints` from `readyAt` on, once applied.
    event FeeProposed(uint16 basisPoints, uint64 readyAt);
    /// @notice The fee is `basisPoints`.
    event FeeChanged(uint16 basisPoints);
    /// @notice The stake multiple will be `multiple` from `readyAt` on, once applied.
    event StakeMultipleProposed(uint32 multiple, uint64 readyAt);
    /// @notice The stake multiple is `multiple`.
    event StakeMultipleChanged(uint32 multiple);

    /// @notice Escrow or Staking was deployed for another Settlement, Disputes or token.
    error WrongPeer(address peer, address expected, address found);
    /// @notice Only Disputes may call this.
    error NotDisputes(address caller);
    /// @notice An address must not be zero.
    error ZeroAddress();
    /// @notice A period must lie within hard bounds.
    error PeriodOutOfBounds(uint64 period, uint64 least, uint64 most);
    /// @notice The fee is above the hard bound.
    error FeeTooHigh(uint16 basisPoints, uint16 most);
    /// @notice The stake multiple must lie within hard bounds.
    error StakeMultipleOutOfBounds(uint32 multiple, uint32 least, uint32 most);
    /// @notice The signature is malformed: a high or zero `s`, a `v` other than 27 and 28, or no key that fits.
    error BadSignature(bytes32 s, uint8 v);

    /// @notice Registers grants, pays claims and settles statements, in this order. A bad item is skipped with an event.
    /// @param grants grants that claims of this or a later call rely on
    /// @param claims vouchers; each pays what the payer has of `cumulative − claimed`
    /// @param statements each continues the last sequence of its node
    function settle(
        SignedGrant[] calldata grants,
        NodeClaims[] calldata claims,
        SignedStatement[] calldata statements
    ) external;

    /// @notice Sets money of a payer aside for one provider.
    /// @param reserve_ the reserve
    /// @param signature of the payer or of its spender
    function reserve(Reserve calldata reserve_, Signature calldata signature) external;

    /// @notice Adds a slash to the reputation of a provider. Only Disputes.
    function recordSlash(address provider) external;

    /// @notice Proposes another protocol fee. Only the owner.
    function proposeFee(uint16 basisPoints) external;

    /// @notice Applies the proposed fee after the delay. Anyone.
    function applyFee() external;

    /// @notice Proposes another stake multiple. Only the owner.
    function proposeStakeMultiple(uint32 multiple) external;

    /// @notice Applies the proposed stake multiple after the delay. Anyone.
    function applyStakeMultiple() external;

    /// @notice Whether a node signed this receipt and settled it at its place in this statement.
    /// @param receipt the receipt
    /// @param signature the node's signature under it
    /// @param statement a statement that is still in the node's ring
    /// @param proof siblings from the leaf up
    function verifyReceipt(
        Receipt calldata receipt,
        Signature calldata signature,
        Statement calldata statement,
        ProofStep[] calldata proof
    ) external view returns (bool);

    /// @notice Like `verifyReceipt`, and says what is wrong.
    function checkReceipt(
        Receipt calldata receipt,
        Signature calldata signature,
        Statement calldata statement,
        ProofStep[] calldata proof
    ) external view returns (ReceiptFault);

    /// @notice The digest that the payer of a grant signs.
    function grantDigest(Grant calldata grant) external view returns (bytes32);

    /// @notice The digest that is signed under a reserve.
    function reserveDigest(Reserve calldata reserve_) external view returns (bytes32);

    /// @notice The digest that is signed under a voucher.
    function voucherDigest(Voucher calldata voucher) external view returns (bytes32);

    /// @notice The digest that a node signs under a receipt.
    function receiptDigest(Receipt calldata receipt) external view returns (bytes32);

    /// @notice The digest that a node signs under a statement.
    function statementDigest(Statement calldata statement) external view returns (bytes32);

    /// @notice Escrow of this deployment.
    function ESCROW() external view returns (address);

    /// @notice Staking of this deployment.
    function STAKING() external view returns (address);

    /// @notice Disputes of this deployment.
    function DISPUTES() external view returns (address);

    /// @notice Who earns the protocol fee.
    function TREASURY() external view returns (address);

    /// @notice Seconds in which a settled statement can be disputed.
    function DISPUTE_WINDOW() external view returns (uint64);

    /// @notice The protocol fee.
    function feeBasisPoints() external view returns (uint16);

    /// @notice How many times its free stake a provider may claim within the dispute window.
    function stakeMultiple() external view returns (uint32);

    /// @notice What a provider could claim now, as its stake bounds it.
    function ceilingOf(address provider) external view returns (uint128);

    /// @notice What a provider has done.
    function reputationOf(address provider) external view returns (Reputation memory);

    /// @notice Where a node stands.
    /// @return lastSequence the last sequence that a statement covered
    /// @return statements how many statements were settled
    /// @return runningHash keccak256(previous running hash ‖ struct hash of the statement), from 0
    function nodeOf(address node) external view returns (uint64 lastSequence, uint64 statements, bytes32 runningHash);

    /// @notice When a statement of a node was settled, 0 if it isn't in the node's ring.
    /// @param node who signed it
    /// @param statement the statement
    function settledAt(address node, Statement calldata statement) external view returns (uint64);
}
