// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Grant, ProofStep, Receipt, Reserve, Signature, Statement, Totals, Voucher} from "../interfaces/Messages.sol";
import {MessageHash} from "../libraries/MessageHash.sol";
import {Pricing} from "../libraries/Pricing.sol";
import {Recover} from "../libraries/Recover.sol";
import {SumTree} from "../libraries/SumTree.sol";

/// @title The libraries' functions, for tests that call them from outside
contract ProtocolHarness {
    function hashGrant(Grant calldata message) external pure returns (bytes32) {
        return MessageHash.ofGrant(message);
    }

    function hashReserve(Reserve calldata message) external pure returns (bytes32) {
        return MessageHash.ofReserve(message);
    }

    function hashVoucher(Voucher calldata message) external pure returns (bytes32) {
        return MessageHash.ofVoucher(message);
    }

    function hashReceipt(Receipt calldata message) external pure returns (bytes32) {
        return MessageHash.ofReceipt(message);
    }

    function hashStatement(Statement calldata message) external pure returns (bytes32) {
        return MessageHash.ofStatement(message);
    }

    function hashNodeKey(address provider, address node) external pure returns (bytes32) {
        return MessageHash.ofNodeKey(provider, node);
    }

    function digest(bytes32 domain, bytes32 structHash) external pure returns (bytes32) {
        return MessageHash.digest(domain, structHash);
    }

    function signer(bytes32 hash, Signature calldata signature) external view returns (address) {
        return Recover.signer(hash, signature);
    }

    function isSignedBy(address account, bytes32 hash, bytes calldata signature) external view returns (bool) {
        return Recover.isSignedBy(account, hash, signature);
    }

    function fee(Receipt calldata receipt) external pure returns (uint128) {
        return Pricing.fee(receipt);
    }

    function points(Receipt calldata receipt) external pure returns (uint64) {
        return Pricing.points(receipt);
    }

    function totals(Receipt calldata receipt) external pure returns (Totals memory) {
        return Pricing.totals(receipt);
    }

    function leaf(bytes32 receiptHash, Totals calldata sums) external pure returns (bytes32) {
        return SumTree.leaf(receiptHash, sums);
    }

    function root(bytes32 top, Totals calldata sums) external pure returns (bytes32) {
        return SumTree.root(top, sums);
    }

    function depth(uint64 leaves) external pure returns (uint256) {
        return SumTree.depth(leaves);
    }

    function climb(
        bytes32 hash,
        Totals calldata sums,
        uint64 index,
        ProofStep[] calldata proof
    ) external pure returns (bytes32) {
        return SumTree.climb(hash, sums, index, proof);
    }
}
