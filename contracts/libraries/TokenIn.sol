// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Taking tokens and counting what arrived
library TokenIn {
    /// @notice What arrived is more than can be accounted for.
    error AmountTooLarge(uint256 amount, uint256 most);
    /// @notice Nothing arrived.
    error NothingArrived();

    /// @dev Accounts hold 104 bits: 2·10²⁵ USDT, or 2·10¹³ of a token with 18 decimals.
    uint256 internal constant MOST = type(uint104).max;

    /// @return credited the difference of our balance, since a token may take a fee on its way
    function pull(IERC20 token, address from, uint256 amount) internal returns (uint128 credited) {
        uint256 before = token.balanceOf(address(this));
        SafeERC20.safeTransferFrom(token, from, address(this), amount);
        return arrived(token, before);
    }

    /// @return credited what the balance has grown by since it was `before`
    function arrived(IERC20 token, uint256 before) internal view returns (uint128 credited) {
        uint256 balance = token.balanceOf(address(this));
        require(balance > before, NothingArrived());
        require(balance - before <= MOST, AmountTooLarge(balance - before, MOST));
        return uint128(balance - before);
    }
}
