// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IStaking, Vault} from "../interfaces/IStaking.sol";
import {Proposal} from "../libraries/Proposal.sol";

/// @title The part of Staking that knows which vaults stake may be held in
/// @notice See IStaking, which is the document.
abstract contract Vaults is IStaking, Ownable2Step {
    /// @notice How many vaults the list can hold.
    uint256 public constant MOST_VAULTS = 64;

    uint64 private constant CLOSED = type(uint64).max;

    /// @inheritdoc IStaking
    address public immutable TOKEN;

    Vault[] private _vaults;

    constructor(address token) {
        require(token != address(0), ZeroAddress());
        TOKEN = token;
    }

    // Owner

    /// @inheritdoc IStaking
    function proposeVault(address vault) external onlyOwner returns (uint16 number) {
        require(vault != address(0), ZeroAddress());
        require(_vaults.length < MOST_VAULTS, TooManyVaults(MOST_VAULTS));
        address asset = IERC4626(vault).asset();
        // A token that is a vault of itself could be told to hand out everybody's stake as its shares.
        require(asset == TOKEN && vault != TOKEN, WrongAsset(vault, asset, TOKEN));
        uint64 openAt = uint64(block.timestamp) + Proposal.DELAY;
        _vaults.push(Vault(vault, openAt));
        number = uint16(_vaults.length);
        emit VaultProposed(number, vault, openAt);
    }

    /// @inheritdoc IStaking
    function closeVault(uint16 number) external onlyOwner {
        _find(number).openAt = CLOSED;
        emit VaultClosed(number);
    }

    // Views

    /// @inheritdoc IStaking
    function vaultAt(uint16 number) external view returns (address vault, uint64 openAt) {
        Vault storage found = _find(number);
        return (found.vault, found.openAt);
    }

    // Internal

    /// @dev Numbers count from 1; 0 is the token itself.
    function _find(uint16 number) internal view returns (Vault storage) {
        require(number != 0 && number <= _vaults.length, UnknownVault(number, _vaults.length));
        return _vaults[number - 1];
    }
}
