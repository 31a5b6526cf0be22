// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that means harm, from the moment it is told to
contract HostileToken is ERC20("Hostile", "HST") {
    enum Trick {
        None,
        AnswerFalse,
        BurnGas,
        ReturnBomb,
        OverstateBalances,
        HideBalances,
        Reenter
    }

    Trick public trick;
    address public accomplice;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @param accomplice_ who is called back, by `strike()`, in the middle of each transfer
    function play(Trick trick_, address accomplice_) external {
        (trick, accomplice) = (trick_, accomplice_);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return _plays() && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return _plays() && super.transferFrom(from, to, amount);
    }

    function balanceOf(address account) public view override returns (uint256) {
        uint256 balance = super.balanceOf(account);
        if (trick == Trick.OverstateBalances) return 2 * balance;
        return trick == Trick.HideBalances ? 0 : balance;
    }

    /// @dev Before and after the balances change: whoever wants to see them half changed.
    function _update(address from, address to, uint256 amount) internal override {
        _callBack();
        super._update(from, to, amount);
        _callBack();
    }

    function _callBack() private {
        if (trick != Trick.Reenter) return;
        (bool ok, ) = accomplice.call(abi.encodeWithSignature("strike()"));
        require(ok);
    }

    /// @return whether the transfer goes on
    function _plays() private view returns (bool) {
        Trick now_ = trick;
        assembly ("memory-safe") {
            if eq(now_, 2) {
                for {} 1 {} {
                    pop(keccak256(0, 1024))
                }
            }
            if eq(now_, 3) {
                revert(0, 1000000)
            }
        }
        return now_ != Trick.AnswerFalse;
    }
}
