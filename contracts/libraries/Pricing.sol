// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Receipt, Totals} from "../interfaces/Messages.sol";

/// @title What a receipt costs and what it is worth
/// @notice Pure functions that every party computes alike.
library Pricing {
    uint8 internal constant STATUS_COMPLETED = 0;
    uint8 internal constant STATUS_LENGTH = 1;
    /// @dev The highest status that is defined: 5, refused.
    uint8 internal constant STATUS_LAST = 5;
    uint64 internal constant MOST_POINTS = 11;

    uint256 private constant TOKENS_PER_PRICE = 1_000_000;

    /// @notice The fee that the formula gives, rounded up once.
    /// @dev Assumes cachedTokens ≤ promptTokens. At most 2³²·2⁶⁴·3 / 10⁶: it fits in 128 bits, and nothing overflows 256.
    function fee(Receipt calldata receipt) internal pure returns (uint128) {
        if (receipt.completionTokens == 0) return 0;
        unchecked {
            uint256 micro =
                uint256(receipt.promptTokens - receipt.cachedTokens) * receipt.inputPrice +
                    uint256(receipt.cachedTokens) * receipt.cachedPrice +
                    uint256(receipt.completionTokens) * receipt.outputPrice;
            return uint128((micro + TOKENS_PER_PRICE - 1) / TOKENS_PER_PRICE);
        }
    }

    /// @notice Speed, complexity and quality of a served request, 0 to 11.
    function points(Receipt calldata receipt) internal pure returns (uint64) {
        if (receipt.status > STATUS_LENGTH) return 0;
        return 3 + _speed(receipt.durationMs) + _complexity(receipt.promptTokens);
    }

    /// @notice What a receipt adds to the totals of its statement.
    function totals(Receipt calldata receipt) internal pure returns (Totals memory) {
        return
            Totals({
                completed: receipt.status > STATUS_LENGTH ? 0 : 1,
                tokens: uint64(receipt.promptTokens) + receipt.completionTokens,
                fees: receipt.fee,
                points: points(receipt)
            });
    }

    function _speed(uint32 durationMs) private pure returns (uint64) {
        if (durationMs < 1_000) return 5;
        if (durationMs < 2_000) return 4;
        if (durationMs < 3_000) return 3;
        if (durationMs < 5_000) return 2;
        return durationMs < 10_000 ? 1 : 0;
    }

    function _complexity(uint32 promptTokens) private pure returns (uint64) {
        if (promptTokens > 125) return 3;
        if (promptTokens > 50) return 2;
        return promptTokens > 12 ? 1 : 0;
    }
}
