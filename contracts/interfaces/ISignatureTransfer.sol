// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The part of Permit2 that deposits use
interface ISignatureTransfer {
    /// @notice Which token, and at most how much of it.
    struct TokenPermissions {
        address token;
        uint256 amount;
    }

    /// @notice What the owner of the tokens signs, together with the spender (the caller).
    struct PermitTransferFrom {
        TokenPermissions permitted;
        uint256 nonce;
        uint256 deadline;
    }

    /// @notice Where the tokens go, and how many of those permitted.
    struct SignatureTransferDetails {
        address to;
        uint256 requestedAmount;
    }

    /// @notice Moves tokens of `owner` by its signature.
    function permitTransferFrom(
        PermitTransferFrom calldata permit,
        SignatureTransferDetails calldata transferDetails,
        address owner,
        bytes calldata signature
    ) external;
}
