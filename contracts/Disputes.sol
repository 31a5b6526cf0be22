// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IDisputes, Offence} from "./interfaces/IDisputes.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {ProofStep, Receipt, Signature, Statement, Totals} from "./interfaces/Messages.sol";
import {MessageHash} from "./libraries/MessageHash.sol";
import {Pricing} from "./libraries/Pricing.sol";
import {Recover} from "./libraries/Recover.sol";
import {SumTree} from "./libraries/SumTree.sol";
import {Reporting} from "./parts/Reporting.sol";

/// @title Disputes
/// @notice See IDisputes, which is the document.
contract Disputes is Reporting {
    constructor(address settlement, uint128 penalty) Reporting(settlement, penalty) {}

    // Reporter

    /// @inheritdoc IDisputes
    function reportReceipts(
        Receipt calldata one,
        Signature calldata oneSignature,
        Receipt calldata other,
        Signature calldata otherSignature
    ) external committed {
        address node = _signerOf(one, oneSignature);
        _checkSame(node, _signerOf(other, otherSignature));
        require(one.sequence == other.sequence, DifferentSequences(one.sequence, other.sequence));
        _checkDifferent(MessageHash.ofReceipt(one), MessageHash.ofReceipt(other));
        _punish(Offence.TwoReceipts, node, one.sequence, one.payer, one.fee);
    }

    /// @inheritdoc IDisputes
    function reportStatements(
        Statement calldata one,
        Signature calldata oneSignature,
        Statement calldata other,
        Signature calldata otherSignature
    ) external committed {
        address node = Recover.signer(ISettlement(SETTLEMENT).statementDigest(one), oneSignature);
        _checkSame(node, Recover.signer(ISettlement(SETTLEMENT).statementDigest(other), otherSignature));
        require(one.firstSequence <= other.lastSequence, NoOverlap(other.lastSequence, one.firstSequence));
        require(other.firstSequence <= one.lastSequence, NoOverlap(one.lastSequence, other.firstSequence));
        _checkDifferent(MessageHash.ofStatement(one), MessageHash.ofStatement(other));
        uint64 common = one.firstSequence > other.firstSequence ? one.firstSequence : other.firstSequence;
        _punish(Offence.TwoStatements, node, common, address(0), 0);
    }

    /// @inheritdoc IDisputes
    function reportReceipt(Receipt calldata receipt, Signature calldata signature) external committed {
        address node = _signerOf(receipt, signature);
        // The formula needs cached ≤ prompt.
        bool possible = receipt.cachedTokens <= receipt.promptTokens && receipt.status <= Pricing.STATUS_LAST;
        require(!possible || receipt.fee != Pricing.fee(receipt), ReceiptIsGood(receipt.fee));
        _punish(Offence.BadReceipt, node, receipt.sequence, receipt.payer, receipt.fee);
    }

    /// @inheritdoc IDisputes
    function reportLeaf(
        Receipt calldata receipt,
        Signature calldata signature,
        Statement calldata statement,
        ProofStep calldata leaf,
        ProofStep[] calldata proof
    ) external committed {
        address node = _signerOf(receipt, signature);
        (uint64 first, uint64 last) = (statement.firstSequence, statement.lastSequence);
        require(receipt.sequence >= first && receipt.sequence <= last, OutOfRange(receipt.sequence, first, last));
        _checkSettled(node, statement);
        _checkLeaf(statement, leaf, receipt.sequence - first, proof);
        Totals memory totals = Pricing.totals(receipt);
        bytes32 right = SumTree.leaf(MessageHash.ofReceipt(receipt), totals);
        require(leaf.hash != right || _differ(leaf.totals, totals), LeafIsRight(right));
        _punish(Offence.WrongLeaf, node, receipt.sequence, receipt.payer, receipt.fee);
    }

    /// @inheritdoc IDisputes
    function reportSum(
        address node,
        Statement calldata statement,
        Totals calldata stated,
        ProofStep calldata left,
        ProofStep calldata right,
        uint64 index,
        ProofStep[] calldata proof
    ) external committed {
        _checkSettled(node, statement);
        uint256 depth = _depthOf(statement);
        require(proof.length < depth, WrongDepth(proof.length, depth));
        bytes32 hash = SumTree.inner(left.hash, left.totals, right.hash, right.totals);
        _checkRoot(SumTree.climb(hash, stated, index, proof), statement.root);
        require(!_isSum(stated, left.totals, right.totals), SumIsRight());
        _punish(Offence.WrongSum, node, statement.firstSequence, address(0), 0);
    }

    /// @inheritdoc IDisputes
    function reportPadding(
        address node,
        Statement calldata statement,
        ProofStep calldata leaf,
        uint64 index,
        ProofStep[] calldata proof
    ) external committed {
        _checkSettled(node, statement);
        uint64 count = statement.lastSequence - statement.firstSequence + 1;
        uint64 end = uint64(1 << _depthOf(statement));
        require(index >= count && index < end, NotPadding(index, count, end));
        _checkLeaf(statement, leaf, index, proof);
        require(leaf.hash != 0 || _differ(leaf.totals, Totals(0, 0, 0, 0)), PaddingIsEmpty());
        _punish(Offence.FullPadding, node, statement.firstSequence, address(0), 0);
    }

    // Internal

    function _signerOf(Receipt calldata receipt, Signature calldata signature) private view returns (address node) {
        node = Recover.signer(ISettlement(SETTLEMENT).receiptDigest(receipt), signature);
        require(node != address(0), BadSignature());
    }

    function _checkSame(address node, address other) private pure {
        require(node != address(0), BadSignature());
        require(node == other, DifferentNodes(node, other));
    }

    function _checkDifferent(bytes32 one, bytes32 other) private pure {
        require(one != other, SameMessage(one));
    }

    function _checkSettled(address node, Statement calldata statement) private view {
        require(ISettlement(SETTLEMENT).settledAt(node, statement) != 0, StatementUnknown(node));
    }

    function _checkLeaf(
        Statement calldata statement,
        ProofStep calldata leaf,
        uint64 index,
        ProofStep[] calldata proof
    ) private pure {
        uint256 depth = _depthOf(statement);
        require(proof.length == depth, WrongDepth(proof.length, depth));
        _checkRoot(SumTree.climb(leaf.hash, leaf.totals, index, proof), statement.root);
    }

    function _checkRoot(bytes32 found, bytes32 expected) private pure {
        require(found == expected, RootMismatch(found, expected));
    }

    /// @dev Assumes a settled statement: it has 1 to 2³² receipts.
    function _depthOf(Statement calldata statement) private pure returns (uint256) {
        return SumTree.depth(statement.lastSequence - statement.firstSequence + 1);
    }

    function _differ(Totals calldata a, Totals memory b) private pure returns (bool) {
        return a.completed != b.completed || a.tokens != b.tokens || a.fees != b.fees || a.points != b.points;
    }

    /// @dev In 256 bits: a sum that overflows is wrong too.
    function _isSum(Totals calldata sum, Totals calldata a, Totals calldata b) private pure returns (bool) {
        return
            uint256(a.completed) + b.completed == sum.completed &&
            uint256(a.tokens) + b.tokens == sum.tokens &&
            uint256(a.fees) + b.fees == sum.fees &&
            uint256(a.points) + b.points == sum.points;
    }
}
