// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that changes its mind: a fee, a pause and a blacklist at any moment
contract FickleToken is ERC20("Fickle", "FCK") {
    uint256 public feeBasisPoints;
    bool public paused;
    mapping(address account => bool) public blacklisted;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setFee(uint256 basisPoints) external {
        feeBasisPoints = basisPoints;
    }

    function setPaused(bool on) external {
        paused = on;
    }

    function setBlacklisted(address account, bool on) external {
        blacklisted[account] = on;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (from == address(0)) return super._update(from, to, amount);
        require(!paused && !blacklisted[from] && !blacklisted[to], "no");
        uint256 fee = (amount * feeBasisPoints) / 10_000;
        super._update(from, to, amount - fee);
        if (fee != 0) super._update(from, address(0xfee), fee);
    }
}
