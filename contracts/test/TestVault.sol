// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title An ERC-4626 vault that is honest until it is told otherwise
contract TestVault is ERC4626 {
    enum Way {
        Honest,
        RefusesPrice,
        BurnsGasForPrice,
        LiesHigh,
        RefusesToPay,
        PaysNothing,
        TakesLess,
        GivesNoShares,
        CallsBack
    }

    Way public way;
    address public target;
    bytes public data;
    /// @notice Whether the call that it made on the way went through.
    bool public cameThrough;

    constructor(IERC20 token) ERC4626(token) ERC20("Vault", "V") {}

    function turn(Way next) external {
        way = next;
    }

    function callBack(address to, bytes calldata with) external {
        (way, target, data) = (Way.CallsBack, to, with);
    }

    /// @notice Loses tokens for good.
    function lose(uint256 amount) external {
        SafeERC20.safeTransfer(IERC20(asset()), address(0xdead), amount);
    }

    function convertToAssets(uint256 shares) public view override returns (uint256) {
        require(way != Way.RefusesPrice, "no price");
        while (way == Way.BurnsGasForPrice) {}
        return way == Way.LiesHigh ? type(uint256).max : super.convertToAssets(shares);
    }

    function deposit(uint256 assets, address receiver) public override returns (uint256) {
        _callBack();
        if (way == Way.TakesLess) return super.deposit(assets - 1, receiver);
        if (way != Way.GivesNoShares) return super.deposit(assets, receiver);
        SafeERC20.safeTransferFrom(IERC20(asset()), msg.sender, address(this), assets);
        return assets;
    }

    function redeem(uint256 shares, address receiver, address owner) public override returns (uint256) {
        _callBack();
        require(way != Way.RefusesToPay, "closed");
        if (way != Way.PaysNothing) return super.redeem(shares, receiver, owner);
        _burn(owner, shares);
        return 0;
    }

    function _callBack() private {
        if (way != Way.CallsBack) return;
        (cameThrough, ) = target.call(data);
    }
}
