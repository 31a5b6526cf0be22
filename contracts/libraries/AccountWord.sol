// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A payer's account in one word, so that a claim reads and writes one slot of it:
/// balance (bits 0–103), all that was ever paid (104–207), epoch (208–239), number of open reserves (240–255).
type AccountWord is uint256;

using AccountWords for AccountWord global;

/// @title Reading and changing an account's word
/// @dev What keeps the fields apart: balance + spent ≤ 2¹⁰⁴ − 1 always, since credits check it and payments keep the sum.
library AccountWords {
    uint256 internal constant MOST = type(uint104).max;

    uint256 private constant SPENT = 104;
    uint256 private constant EPOCH = 208;
    uint256 private constant RESERVES = 240;

    function balance(AccountWord account) internal pure returns (uint128) {
        return uint128(AccountWord.unwrap(account) & MOST);
    }

    function spent(AccountWord account) internal pure returns (uint128) {
        return uint128((AccountWord.unwrap(account) >> SPENT) & MOST);
    }

    function epoch(AccountWord account) internal pure returns (uint32) {
        return uint32(AccountWord.unwrap(account) >> EPOCH);
    }

    function reserves(AccountWord account) internal pure returns (uint16) {
        return uint16(AccountWord.unwrap(account) >> RESERVES);
    }

    /// @dev Assumes amount ≤ balance.
    function pay(AccountWord account, uint256 amount) internal pure returns (AccountWord) {
        unchecked {
            return AccountWord.wrap(AccountWord.unwrap(account) - amount + (amount << SPENT));
        }
    }

    /// @dev Assumes balance + spent + amount ≤ MOST.
    function credit(AccountWord account, uint256 amount) internal pure returns (AccountWord) {
        unchecked {
            return AccountWord.wrap(AccountWord.unwrap(account) + amount);
        }
    }

    /// @dev Assumes amount ≤ balance.
    function debit(AccountWord account, uint256 amount) internal pure returns (AccountWord) {
        unchecked {
            return AccountWord.wrap(AccountWord.unwrap(account) - amount);
        }
    }

    /// @dev Assumes epoch < 2³² − 1: a payer would have to send four billion transactions.
    function nextEpoch(AccountWord account) internal pure returns (AccountWord) {
        unchecked {
            return AccountWord.wrap(AccountWord.unwrap(account) + (1 << EPOCH));
        }
    }

    /// @dev Assumes fewer than 2¹⁶ − 1 reserves.
    function addReserve(AccountWord account) internal pure returns (AccountWord) {
        unchecked {
            return AccountWord.wrap(AccountWord.unwrap(account) + (1 << RESERVES));
        }
    }

    /// @dev Assumes at least one reserve.
    function dropReserve(AccountWord account) internal pure returns (AccountWord) {
        unchecked {
            return AccountWord.wrap(AccountWord.unwrap(account) - (1 << RESERVES));
        }
    }
}
