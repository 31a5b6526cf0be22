// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ProofStep, Totals} from "../interfaces/Messages.sol";

/// @title The Merkle sum tree of a statement
/// @notice Each node commits to its hash and to the totals below it, so the root proves the totals.
library SumTree {
    uint64 internal constant MOST_LEAVES = 2 ** 32;

    function leaf(bytes32 receiptHash, Totals memory totals) internal pure returns (bytes32) {
        return keccak256(bytes.concat(hex"00", _packed(receiptHash, totals)));
    }

    function inner(
        bytes32 left,
        Totals memory leftTotals,
        bytes32 right,
        Totals memory rightTotals
    ) internal pure returns (bytes32) {
        return keccak256(bytes.concat(hex"01", _packed(left, leftTotals), _packed(right, rightTotals)));
    }

    /// @dev Written out, since this is on the way of every statement.
    function root(bytes32 top, Totals memory totals) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(2), top, totals.completed, totals.tokens, totals.fees, totals.points));
    }

    /// @return levels how many levels a tree of `leaves` leaves has above them: ceil(log2(leaves))
    function depth(uint64 leaves) internal pure returns (uint256 levels) {
        while ((uint256(1) << levels) < leaves) ++levels;
    }

    /// @notice Climbs from a leaf to the root. Sums wrap: a tree whose sums overflow proves nothing but its own fault.
    /// @param hash the leaf
    /// @param totals the leaf's totals
    /// @param index the leaf's position
    /// @param proof siblings from the leaf up
    function climb(
        bytes32 hash,
        Totals memory totals,
        uint64 index,
        ProofStep[] calldata proof
    ) internal pure returns (bytes32) {
        for (uint256 level = 0; level < proof.length; ++level) {
            Totals memory sibling = proof[level].totals;
            hash =
                (index >> level) & 1 == 0
                    ? inner(hash, totals, proof[level].hash, sibling)
                    : inner(proof[level].hash, sibling, hash, totals);
            totals = add(totals, sibling);
        }
        return root(hash, totals);
    }

    function add(Totals memory a, Totals memory b) internal pure returns (Totals memory) {
        unchecked {
            return Totals(a.completed + b.completed, a.tokens + b.tokens, a.fees + b.fees, a.points + b.points);
        }
    }

    function _packed(bytes32 hash, Totals memory totals) private pure returns (bytes memory) {
        return abi.encodePacked(hash, totals.completed, totals.tokens, totals.fees, totals.points);
    }
}
