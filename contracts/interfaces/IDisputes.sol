// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IChallenges} from "./IChallenges.sol";
import {ProofStep, Receipt, Signature, Statement, Totals} from "./Messages.sol";

/// @notice What a node can be punished for.
enum Offence {
    TwoReceipts,
    TwoStatements,
    BadReceipt,
    WrongLeaf,
    WrongSum,
    FullPadding,
    WrongInference
}

/// @title Disputes
/// @notice Slashes providers where a proof is enough. Whoever brings one first earns the reporter's share, and nobody who
/// copies it: each report is announced a few blocks before by its hash and its reporter's address (`commitReport`), so that
/// whoever sees the proof has not announced it, and comes too late when it does.
/// What no proof can show is challenged and judged instead: see IChallenges.
/// @dev Assumes of an honest node: one receipt for each sequence, with the fee of the formula; statements that don't
/// overlap; trees over the receipts it signed. Such a node can't be slashed, since every proof needs its own signature
/// under something else. Offences in a statement can be shown while it is in the node's ring.
interface IDisputes is IChallenges {
    /// @notice `provider` was slashed by `taken` for what `node` did at `sequence`.
    event Punished(
        address indexed provider,
        address indexed node,
        address indexed reporter,
        Offence offence,
        uint64 sequence,
        uint128 taken
    );

    /// @notice `reporter` announced a report; what it says stays hidden until it comes.
    event ReportCommitted(address indexed reporter, bytes32 commitment);

    /// @notice `reporter` has not announced this very call; `commitment` is what it should have announced.
    error NotCommitted(address reporter, bytes32 commitment);
    /// @notice A report that was announced in block `committed` can come from block `earliest` on.
    error CommittedTooLate(uint64 committed, uint64 earliest);
    /// @notice A report that was announced in block `committed` could come until block `latest`.
    error CommitmentExpired(uint64 committed, uint64 latest);
    /// @notice Settlement was deployed for other Disputes.
    error WrongPeer(address peer, address expected, address found);
    /// @notice The penalty must lie within hard bounds.
    error PenaltyOutOfBounds(uint128 penalty, uint128 least, uint128 most);
    /// @notice A signature is malformed: a high or zero `s`, a `v` other than 27 and 28, or no key that fits.
    error BadSignature(bytes32 s, uint8 v);
    /// @notice The signer is no provider's node.
    error UnknownNode(address node);
    /// @notice The two signatures are of different nodes.
    error DifferentNodes(address first, address second);
    /// @notice The two receipts have different sequences.
    error DifferentSequences(uint64 first, uint64 second);
    /// @notice The two statements have no sequence in common.
    error NoOverlap(uint64 lastOfOne, uint64 firstOfOther);
    /// @notice The two messages are one and the same.
    error SameMessage(bytes32 hash);
    /// @notice The receipt's fee is the one of the formula, and its fields are possible.
    error ReceiptIsGood(uint128 fee);
    /// @notice The leaf is the signed receipt with its totals.
    error LeafIsRight(bytes32 leaf);
    /// @notice The inner node's totals are the sums of its children.
    error SumIsRight();
    /// @notice The leaf behind the last receipt is empty, as it should be.
    error PaddingIsEmpty();
    /// @notice The sequence isn't within the statement.
    error OutOfRange(uint64 sequence, uint64 first, uint64 last);
    /// @notice The position isn't one of the padding's.
    error NotPadding(uint64 index, uint64 first, uint64 end);
    /// @notice The proof has the wrong length.
    error WrongDepth(uint256 found, uint256 expected);
    /// @notice The proof leads to another root.
    error RootMismatch(bytes32 found, bytes32 expected);
    /// @notice The statement isn't in the node's ring.
    error StatementUnknown(address node);
    /// @notice This was punished already.
    error AlreadyPunished(Offence offence, address node, uint64 sequence);

    /// @notice Announces a report of the caller.
    /// @param commitment keccak256(abi.encode(caller, keccak256(call data of the report, selector included)))
    function commitReport(bytes32 commitment) external;

    /// @notice Two different receipts of one node with one sequence.
    /// @param one a receipt
    /// @param oneSignature the node's signature under it
    /// @param other another receipt with its sequence
    /// @param otherSignature the same node's signature under that
    function reportReceipts(
        Receipt calldata one,
        Signature calldata oneSignature,
        Receipt calldata other,
        Signature calldata otherSignature
    ) external;

    /// @notice Two different statements of one node that have a sequence in common.
    /// @param one a statement
    /// @param oneSignature the node's signature under it
    /// @param other another statement
    /// @param otherSignature the same node's signature under that
    function reportStatements(
        Statement calldata one,
        Signature calldata oneSignature,
        Statement calldata other,
        Signature calldata otherSignature
    ) external;

    /// @notice A receipt with a fee that differs from the formula, more cached tokens than the prompt has, or no known status.
    /// @param receipt what the node signed
    /// @param signature its signature
    function reportReceipt(Receipt calldata receipt, Signature calldata signature) external;

    /// @notice A settled leaf that isn't the receipt that was signed for its sequence, or has other totals than its receipt.
    /// @param receipt what the node signed
    /// @param signature the node's signature under it
    /// @param statement a statement of the node over its sequence
    /// @param leaf what stands in its place in the tree
    /// @param proof siblings from that leaf up
    function reportLeaf(
        Receipt calldata receipt,
        Signature calldata signature,
        Statement calldata statement,
        ProofStep calldata leaf,
        ProofStep[] calldata proof
    ) external;

    /// @notice An inner node whose totals aren't the sums of its children's.
    /// @param node who signed the statement
    /// @param statement the statement
    /// @param stated the inner node's totals
    /// @param left its left child
    /// @param right its right child
    /// @param index its position in its level
    /// @param proof siblings from it up; shorter than the tree is deep
    function reportSum(
        address node,
        Statement calldata statement,
        Totals calldata stated,
        ProofStep calldata left,
        ProofStep calldata right,
        uint64 index,
        ProofStep[] calldata proof
    ) external;

    /// @notice A leaf behind the last receipt that isn't empty.
    /// @param node who signed the statement
    /// @param statement the statement
    /// @param leaf what stands there
    /// @param index its position
    /// @param proof siblings from it up
    function reportPadding(
        address node,
        Statement calldata statement,
        ProofStep calldata leaf,
        uint64 index,
        ProofStep[] calldata proof
    ) external;

    /// @notice Settlement of this deployment.
    function SETTLEMENT() external view returns (address);

    /// @notice What each offence costs besides the harm it did.
    function PENALTY() external view returns (uint128);

    /// @notice The block in which a reporter announced a report that has not come yet, 0 if it didn't.
    /// @param reporter who announced it
    /// @param commitment what it announced
    function committedAt(address reporter, bytes32 commitment) external view returns (uint64);

    /// @notice Whether an offence was punished.
    /// @param offence what was done
    /// @param node who did it
    /// @param sequence where
    function isPunished(Offence offence, address node, uint64 sequence) external view returns (bool);
}
