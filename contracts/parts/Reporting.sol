// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IDisputes, Offence} from "../interfaces/IDisputes.sol";
import {IEscrow} from "../interfaces/IEscrow.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {ProofStep, Receipt, Signature, Statement, Totals} from "../interfaces/Messages.sol";
import {Recover} from "../libraries/Recover.sol";
import {SumTree} from "../libraries/SumTree.sol";

/// @title The part of Disputes that knows who said what first, and punishes
/// @notice See IDisputes, which is the document.
abstract contract Reporting is IDisputes {
    /// @notice The least penalty, in base units.
    uint128 public constant LEAST_PENALTY = 1;
    /// @notice The highest penalty, in base units.
    uint128 public constant MOST_PENALTY = 1e12;
    /// @notice How many blocks a report must have been announced before. Whoever wants to copy a report has to keep it off
    /// the chain for that long after seeing it.
    uint64 public constant LEAST_BLOCKS = 5;
    /// @notice How many blocks an announcement is good for: about a day.
    uint64 public constant MOST_BLOCKS = 7_200;

    /// @inheritdoc IDisputes
    address public immutable SETTLEMENT;
    /// @inheritdoc IDisputes
    uint128 public immutable PENALTY;
    /// @notice Staking of this deployment.
    address public immutable STAKING;
    /// @notice Escrow of this deployment.
    address public immutable ESCROW;

    /// @inheritdoc IDisputes
    mapping(Offence offence => mapping(address node => mapping(uint64 sequence => bool))) public isPunished;
    /// @inheritdoc IDisputes
    mapping(address reporter => mapping(bytes32 commitment => uint64)) public committedAt;

    constructor(address settlement, uint128 penalty) {
        address found = ISettlement(settlement).DISPUTES();
        require(found == address(this), WrongPeer(settlement, address(this), found));
        require(
            penalty >= LEAST_PENALTY && penalty <= MOST_PENALTY,
            PenaltyOutOfBounds(penalty, LEAST_PENALTY, MOST_PENALTY)
        );
        (SETTLEMENT, PENALTY) = (settlement, penalty);
        (STAKING, ESCROW) = (ISettlement(settlement).STAKING(), ISettlement(settlement).ESCROW());
    }

    /// @dev The call that the caller makes now is the one that it announced; an announcement is used up.
    modifier committed() {
        _useCommitment();
        _;
    }

    // Reporter

    /// @inheritdoc IDisputes
    function commitReport(bytes32 commitment) external {
        committedAt[msg.sender][commitment] = uint64(block.number);
        emit ReportCommitted(msg.sender, commitment);
    }

    // Internal

    function _useCommitment() private {
        bytes32 commitment = keccak256(abi.encode(msg.sender, keccak256(msg.data)));
        uint64 since = committedAt[msg.sender][commitment];
        require(since != 0, NotCommitted(msg.sender, commitment));
        require(block.number >= since + LEAST_BLOCKS, CommittedTooLate(since, since + LEAST_BLOCKS));
        require(block.number <= since + MOST_BLOCKS, CommitmentExpired(since, since + MOST_BLOCKS));
        delete committedAt[msg.sender][commitment];
    }

    /// @dev The harm is what the payer can have lost: the receipt's fee, as far as it ever paid this node.
    function _punish(
        Offence offence,
        address node,
        uint64 sequence,
        address payer,
        uint128 fee,
        address reporter,
        address[] memory auditors
    ) internal {
        _checkUnpunished(offence, node, sequence);
        isPunished[offence][node][sequence] = true;
        address provider = _providerOf(node);
        uint128 paid = payer == address(0) ? 0 : IEscrow(ESCROW).claimedOf(payer, node);
        uint128 harm = fee < paid ? fee : paid;
        uint128 taken = IStaking(STAKING).slash(provider, PENALTY + harm, payer, harm, reporter, auditors);
        ISettlement(SETTLEMENT).recordSlash(provider);
        emit Punished(provider, node, reporter, offence, sequence, taken);
    }

    function _signerOf(Receipt calldata receipt, Signature calldata signature) internal view returns (address node) {
        node = Recover.signer(ISettlement(SETTLEMENT).receiptDigest(receipt), signature);
        require(node != address(0), BadSignature(signature.s, signature.v));
    }

    function _checkSettled(address node, Statement calldata statement) internal view returns (uint64 settledAt) {
        settledAt = ISettlement(SETTLEMENT).settledAt(node, statement);
        require(settledAt != 0, StatementUnknown(node));
    }

    function _indexOf(Receipt calldata receipt, Statement calldata statement) internal pure returns (uint64) {
        (uint64 first, uint64 last) = (statement.firstSequence, statement.lastSequence);
        require(receipt.sequence >= first && receipt.sequence <= last, OutOfRange(receipt.sequence, first, last));
        return receipt.sequence - first;
    }

    function _checkLeaf(
        Statement calldata statement,
        bytes32 hash,
        Totals memory totals,
        uint64 index,
        ProofStep[] calldata proof
    ) internal pure {
        uint256 depth = _depthOf(statement);
        require(proof.length == depth, WrongDepth(proof.length, depth));
        _checkRoot(SumTree.climb(hash, totals, index, proof), statement.root);
    }

    function _checkRoot(bytes32 found, bytes32 expected) internal pure {
        require(found == expected, RootMismatch(found, expected));
    }

    /// @dev Assumes a settled statement: it has 1 to 2³² receipts.
    function _depthOf(Statement calldata statement) internal pure returns (uint256) {
        return SumTree.depth(statement.lastSequence - statement.firstSequence + 1);
    }

    function _providerOf(address node) internal view returns (address provider) {
        provider = IStaking(STAKING).providerOf(node);
        require(provider != address(0), UnknownNode(node));
    }

    function _checkUnpunished(Offence offence, address node, uint64 sequence) internal view {
        require(!isPunished[offence][node][sequence], AlreadyPunished(offence, node, sequence));
    }
}
