// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Disputes} from "../../contracts/Disputes.sol";
import {NodeClaims, SignedGrant, SignedStatement} from "../../contracts/interfaces/ISettlement.sol";
import {ProofStep, Receipt, Signature, Statement, Totals} from "../../contracts/interfaces/Messages.sol";
import {SumTree} from "../../contracts/libraries/SumTree.sol";
import {ProtocolHarness} from "../../contracts/test/ProtocolHarness.sol";
import {Market} from "./support/Market.sol";

/// @title An honest node, and people who report it with whatever they can find or make
contract HonestNodeTest is Market {
    ProtocolHarness private harness;
    Receipt[3] private receipts;
    Signature[3] private signatures;
    ProofStep[4] private leaves;
    ProofStep[2] private inner;
    Statement private statement;
    Signature private statementSignature;
    uint256 private height = 100;

    /// @dev Three receipts in one settled statement: a tree of four leaves, the last of them padding.
    function setUp() external {
        _openWithDisputes();
        harness = new ProtocolHarness();
        for (uint64 i = 0; i < 3; ++i) {
            Receipt memory receipt = _receipt(i + 1, uint32(1_000 * i));
            receipts[i] = receipt;
            signatures[i] = _sign(NODE, settlement.receiptDigest(receipt));
            Totals memory totals = harness.totals(receipt);
            leaves[i] = ProofStep(harness.leaf(harness.hashReceipt(receipt), totals), totals);
        }
        for (uint256 i = 0; i < 2; ++i) inner[i] = _join(leaves[2 * i], leaves[2 * i + 1]);
        ProofStep memory top = _join(inner[0], inner[1]);
        statement = Statement(providers[0], 1, 3, SumTree.root(top.hash, top.totals));
        statementSignature = _sign(NODE, settlement.statementDigest(statement));
        SignedStatement[] memory list = new SignedStatement[](1);
        list[0] = SignedStatement(statement, top.totals, top.hash, statementSignature);
        settlement.settle(new SignedGrant[](0), new NodeClaims[](0), list);
        require(settlement.settledAt(nodes[0], statement) != 0, "the statement settled");
    }

    function testFuzz_an_honest_node_is_never_slashed(uint8 kind, uint8 one, uint8 other, uint256 change) external {
        bytes memory data = _report(kind % 6, one, other, change);
        require(!_send(data), "no report of an honest node goes through");
        equal(staking.stakeOf(providers[0]), STAKE, "its stake is whole");
        equal(settlement.reputationOf(providers[0]).slashes, 0, "and its name");
    }

    /// @dev That the reports above fail for what they say, and not for how they are sent.
    function testFuzz_a_node_that_signs_two_receipts_for_one_sequence_is(uint8 which, uint32 duration) external {
        Receipt memory receipt = receipts[which % 3];
        receipt.durationMs = duration;
        vm.assume(duration != receipts[which % 3].durationMs);
        Signature memory signature = _sign(NODE, settlement.receiptDigest(receipt));
        bytes memory data = abi.encodeCall(
            disputes.reportReceipts,
            (receipts[which % 3], signatures[which % 3], receipt, signature)
        );
        require(_send(data), "the report goes through");
        equal(settlement.reputationOf(providers[0]).slashes, 1, "slashes");
    }

    /// @dev Real messages, real proofs of other places, and copies that were changed under a real signature.
    function _report(uint8 kind, uint8 one, uint8 other, uint256 change) private view returns (bytes memory) {
        (uint256 i, uint256 k) = (one % 3, other % 3);
        if (kind == 0) {
            Receipt memory second = change % 2 == 0 ? receipts[k] : _changed(receipts[i], change / 2);
            return abi.encodeCall(disputes.reportReceipts, (receipts[i], signatures[i], second, signatures[k]));
        }
        if (kind == 1) {
            Statement memory second = statement;
            if (change % 2 == 0) second.lastSequence += uint64(change % 5);
            else second.root = bytes32(change);
            return
                abi.encodeCall(disputes.reportStatements, (statement, statementSignature, second, statementSignature));
        }
        if (kind == 2) {
            Receipt memory only = change % 2 == 0 ? receipts[i] : _changed(receipts[i], change / 2);
            return abi.encodeCall(disputes.reportReceipt, (only, signatures[i]));
        }
        uint64 index = uint64(other % 4);
        ProofStep memory leaf = leaves[index];
        if (change % 3 == 0) leaf.totals.points += uint64(change % 7);
        if (kind == 3) {
            return abi.encodeCall(disputes.reportLeaf, (receipts[i], signatures[i], statement, leaf, _proof(index)));
        }
        if (kind == 4) {
            uint64 half = uint64(one % 2);
            ProofStep[] memory above = new ProofStep[](1);
            above[0] = inner[1 - half];
            Totals memory stated = inner[half].totals;
            if (change % 2 == 0) stated.fees += uint128(change % 5);
            return
                abi.encodeCall(
                    disputes.reportSum,
                    (nodes[0], statement, stated, leaves[2 * half], leaves[2 * half + 1], half, above)
                );
        }
        return abi.encodeCall(disputes.reportPadding, (nodes[0], statement, leaf, index, _proof(index)));
    }

    /// @dev Announces a report, waits, and sends it.
    function _send(bytes memory data) private returns (bool ok) {
        disputes.commitReport(keccak256(abi.encode(address(this), keccak256(data))));
        height += disputes.LEAST_BLOCKS() + 1;
        vm.roll(height);
        (ok, ) = address(disputes).call(data);
    }

    function _receipt(uint64 sequence, uint32 durationMs) private view returns (Receipt memory receipt) {
        receipt.payer = payers[0];
        receipt.provider = providers[0];
        receipt.sequence = sequence;
        (receipt.promptTokens, receipt.cachedTokens, receipt.completionTokens) = (120, 20, 30);
        (receipt.inputPrice, receipt.cachedPrice, receipt.outputPrice) = (150_000, 15_000, 600_000);
        receipt.durationMs = durationMs;
        receipt.fee = harness.fee(receipt);
    }

    function _changed(Receipt memory receipt, uint256 change) private pure returns (Receipt memory) {
        if (change % 4 == 0) receipt.fee += uint128(change % 100) + 1;
        else if (change % 4 == 1) receipt.sequence += uint64(change % 3) + 1;
        else if (change % 4 == 2) receipt.cachedTokens = receipt.promptTokens + 1;
        else receipt.status = uint8(change % 256);
        return receipt;
    }

    function _proof(uint64 index) private view returns (ProofStep[] memory proof) {
        proof = new ProofStep[](2);
        (proof[0], proof[1]) = (leaves[index ^ 1], inner[1 - index / 2]);
    }

    function _join(ProofStep memory a, ProofStep memory b) private pure returns (ProofStep memory) {
        return ProofStep(SumTree.inner(a.hash, a.totals, b.hash, b.totals), SumTree.add(a.totals, b.totals));
    }
}
