// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A wallet that acts while a token is in the middle of a transfer
contract Intruder {
    struct Call {
        address target;
        bytes data;
    }

    Call[] private plans;
    bool private striking;
    uint256 public struck;

    function plan(address target, bytes calldata data) external {
        plans.push(Call(target, data));
    }

    function act(address target, bytes calldata data) external returns (bool ok) {
        (ok, ) = target.call(data);
    }

    function strike() external {
        if (striking) return;
        striking = true;
        for (uint256 i = 0; i < plans.length; ++i) {
            (bool ok, ) = plans[i].target.call(plans[i].data);
            if (ok) ++struck;
        }
        striking = false;
    }

    /// @notice ERC-1271: whatever is shown, this wallet signed it.
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return 0x1626ba7e;
    }
}
