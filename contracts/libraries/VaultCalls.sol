// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {TokenIn} from "./TokenIn.sol";

/// @title Calls to ERC-4626 vaults that may revert, lie or call back
library VaultCalls {
    using SafeERC20 for IERC20;

    /// @notice A vault took another amount than it was given.
    error VaultTook(uint256 amount, uint256 expected);

    /// @notice Gas that a vault may use to say what its shares are worth, so that none can starve a batch.
    uint256 internal constant PRICE_GAS = 300_000;

    /// @return known whether the vault answered at all
    /// @return value what it says that `units` are worth, in tokens
    function worth(address vault, uint256 units) internal view returns (bool known, uint256 value) {
        bytes memory input = abi.encodeCall(IERC4626.convertToAssets, (units));
        assembly ("memory-safe") {
            known := staticcall(PRICE_GAS, vault, add(input, 32), mload(input), 0, 32)
            known := and(known, gt(returndatasize(), 31))
            value := mul(known, mload(0))
        }
    }

    /// @return units the shares that arrived for exactly `amount` of our tokens
    function deposit(address vault, IERC20 token, uint256 amount) internal returns (uint128 units) {
        (uint256 tokens, uint256 shares) = (token.balanceOf(address(this)), IERC20(vault).balanceOf(address(this)));
        token.forceApprove(vault, amount);
        IERC4626(vault).deposit(amount, address(this));
        uint256 left = token.balanceOf(address(this));
        require(left + amount == tokens, VaultTook(tokens > left ? tokens - left : 0, amount));
        return TokenIn.arrived(IERC20(vault), shares);
    }

    /// @return amount the tokens that arrived for `units`
    function redeem(address vault, IERC20 token, uint256 units) internal returns (uint128 amount) {
        uint256 before = token.balanceOf(address(this));
        IERC4626(vault).redeem(units, address(this), address(this));
        return TokenIn.arrived(token, before);
    }

    /// @dev Nothing of the answer is read: only whether the call went through.
    /// @return inKind whether the vault refused to pay, and its shares went to `to` themselves
    function payOut(address vault, address to, uint256 units) internal returns (bool inKind) {
        bytes memory input = abi.encodeCall(IERC4626.redeem, (units, to, address(this)));
        assembly ("memory-safe") {
            inKind := iszero(call(gas(), vault, 0, add(input, 32), mload(input), 0, 0))
        }
        if (inKind) IERC20(vault).safeTransfer(to, units);
    }
}
