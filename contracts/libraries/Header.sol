// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The one field of a block's header that is asked for
library Header {
    uint256 private constant PREVRANDAO = 13;

    /// @notice The randomness of a block.
    /// @dev Assumes the header of a block of this chain, checked by its hash: so it is RLP, a list longer than 55 bytes, whose
    /// fields are strings.
    function prevrandao(bytes calldata header) internal pure returns (bytes32 value) {
        assembly ("memory-safe") {
            // The list's own prefix: 0xf7 and the number of bytes that its length has.
            let next := add(header.offset, sub(byte(0, calldataload(header.offset)), 0xf6))
            for {
                let field := 0
            } lt(field, PREVRANDAO) {
                field := add(field, 1)
            } {
                let word := calldataload(next)
                let prefix := byte(0, word)
                next := add(next, 1)
                // A string of up to 55 bytes, or a longer one, which says how many bytes its length has.
                if gt(prefix, 0x7f) {
                    let size := sub(prefix, 0x80)
                    if gt(prefix, 0xb7) {
                        let digits := sub(prefix, 0xb7)
                        size := add(digits, shr(sub(256, shl(3, digits)), shl(8, word)))
                    }
                    next := add(next, size)
                }
            }
            value := calldataload(add(next, 1))
        }
    }
}
