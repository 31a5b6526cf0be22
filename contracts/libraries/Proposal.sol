// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A change that everybody can see coming
library Proposal {
    /// @notice Nothing was proposed.
    error NothingProposed();
    /// @notice The proposal can't be applied before `readyAt`.
    error TooEarly(uint64 readyAt);

    /// @notice The proposal could be applied until `lastAt` only.
    error TooLate(uint64 lastAt);

    uint64 internal constant DELAY = 2 days;
    /// @dev A proposal that could wait for ever would make the delay a formality: it could be applied when nobody looks.
    uint64 internal constant LIFE = 14 days;

    struct Change {
        uint128 value;
        uint64 readyAt;
    }

    /// @return readyAt when the change can be applied; an earlier proposal is replaced
    function propose(Change storage change, uint128 value) internal returns (uint64 readyAt) {
        readyAt = uint64(block.timestamp) + DELAY;
        (change.value, change.readyAt) = (value, readyAt);
    }

    /// @return value what was proposed; it can be applied once
    function take(Change storage change) internal returns (uint128 value) {
        uint64 readyAt = change.readyAt;
        require(readyAt != 0, NothingProposed());
        require(block.timestamp >= readyAt, TooEarly(readyAt));
        require(block.timestamp <= readyAt + LIFE, TooLate(readyAt + LIFE));
        value = change.value;
        (change.value, change.readyAt) = (0, 0);
    }
}
