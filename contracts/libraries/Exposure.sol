// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What was claimed within a window
/// @notice Time is cut into periods as long as the window; the last two of them cover every window, so the sum is never
/// too small, and at most twice too large.
library Exposure {
    struct Window {
        uint104 previous;
        uint104 current;
        uint48 period;
    }

    /// @return amount at least what was added within the last `length` seconds
    function used(Window memory window, uint64 length) internal view returns (uint128 amount) {
        uint256 period = block.timestamp / length;
        if (window.period == period) return uint128(window.previous) + window.current;
        return uint256(window.period) + 1 == period ? window.current : 0;
    }

    /// @dev Sums saturate: the bound is far above any amount that a ceiling would allow.
    function add(Window storage self, uint128 amount, uint64 length) internal {
        Window memory window = self;
        uint256 period = block.timestamp / length;
        if (window.period != period) {
            window.previous = uint256(window.period) + 1 == period ? window.current : 0;
            (window.current, window.period) = (0, uint48(period));
        }
        uint256 sum = uint256(window.current) + amount;
        window.current = sum > type(uint104).max ? type(uint104).max : uint104(sum);
        (self.previous, self.current, self.period) = (window.previous, window.current, window.period);
    }
}
