// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IDisputes, Offence} from "./interfaces/IDisputes.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {ProofStep, Receipt, Signature, Statement, Totals} from "./interfaces/Messages.sol";
import {MessageHash} from "./libraries/MessageHash.sol";
import {Pricing} from "./libraries/Pricing.sol";
import {Recover} from "./libraries/Recover.sol";
import {SumTree} from "./libraries/SumTree.sol";
import {Auditors} from "./parts/Auditors.sol";
import {Challenges} from "./parts/Challenges.sol";
import {Reporting} from "./parts/Reporting.sol";

/// @title Disputes
/// @notice See IDisputes, which is the document.
contract Disputes is Challenges {
    constructor(
        address settlement,
        uint128 penalty,
        uint128 challengeBond,
        uint128 auditorBond,
        uint64 phase
    )
        Reporting(settlement, penalty)
        Auditors(IEscrow(ISettlement(settlement).ESCROW()).TOKEN(), auditorBond)
        Challenges(challengeBond, phase)
    {}

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
        _report(Offence.TwoReceipts, node, one.sequence, one.payer, one.fee);
    }

    /// @inheritdoc IDisputes
    function reportStatements(
        Statement calldata one,
        Signature calldata oneSignature,
        Statement calldata other,
        Signature calldata otherSignature
    ) external committed {
        address node = _signerOf(one, oneSignature);
        _checkSame(node, _signerOf(other, otherSignature));
        require(one.firstSequence <= other.lastSequence, NoOverlap(other.lastSequence, one.firstSequence));
        require(other.firstSequence <= one.lastSequence, NoOverlap(one.lastSequence, other.firstSequence));
        _checkDifferent(MessageHash.ofStatement(one), MessageHash.ofStatement(other));
        uint64 common = one.firstSequence > other.firstSequence ? one.firstSequence : other.firstSequence;
        _report(Offence.TwoStatements, node, common, address(0), 0);
    }

    /// @inheritdoc IDisputes
    function reportReceipt(Receipt calldata receipt, Signature calldata signature) external committed {
        address node = _signerOf(receipt, signature);
        // The formula needs cached ≤ prompt.
        bool possible = receipt.cachedTokens <= receipt.promptTokens && receipt.status <= Pricing.STATUS_LAST;
        require(!possible || receipt.fee != Pricing.fee(receipt), ReceiptIsGood(receipt.fee));
        _report(Offence.BadReceipt, node, receipt.sequence, receipt.payer, receipt.fee);
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
        _checkSettled(node, statement);
        _checkLeaf(statement, leaf.hash, leaf.totals, _indexOf(receipt, statement), proof);
        Totals memory totals = Pricing.totals(receipt);
        bytes32 right = SumTree.leaf(MessageHash.ofReceipt(receipt), totals);
        require(leaf.hash != right || _differ(leaf.totals, totals), LeafIsRight(right));
        _report(Offence.WrongLeaf, node, receipt.sequence, receipt.payer, receipt.fee);
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
        _report(Offence.WrongSum, node, statement.firstSequence, address(0), 0);
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
        _checkLeaf(statement, leaf.hash, leaf.totals, index, proof);
        require(leaf.hash != 0 || _differ(leaf.totals, Totals(0, 0, 0, 0)), PaddingIsEmpty());
        _report(Offence.FullPadding, node, statement.firstSequence, address(0), 0);
    }

    // Internal

    function _report(Offence offence, address node, uint64 sequence, address payer, uint128 fee) private {
        _punish(offence, node, sequence, payer, fee, msg.sender, new address[](0));
    }

    function _signerOf(Statement calldata statement, Signature calldata signature) private view returns (address node) {
        node = Recover.signer(ISettlement(SETTLEMENT).statementDigest(statement), signature);
        require(node != address(0), BadSignature(signature.s, signature.v));
    }

    function _checkSame(address node, address other) private pure {
        require(node == other, DifferentNodes(node, other));
    }

    function _checkDifferent(bytes32 one, bytes32 other) private pure {
        require(one != other, SameMessage(one));
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
