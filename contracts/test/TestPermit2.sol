// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ISignatureTransfer} from "../interfaces/ISignatureTransfer.sol";

/// @title The signature transfers of Permit2, for chains where it isn't deployed
/// @notice The same domain, types, unordered nonces and errors as the deployed one.
contract TestPermit2 is ISignatureTransfer {
    error SignatureExpired(uint256 signatureDeadline);
    error InvalidAmount(uint256 maxAmount);
    error InvalidNonce();
    error InvalidSigner();

    bytes32 private constant DOMAIN = keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)");
    bytes32 private constant TOKEN_PERMISSIONS = keccak256("TokenPermissions(address token,uint256 amount)");
    bytes32 private constant PERMIT = keccak256(
        "PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline)TokenPermissions(address token,uint256 amount)"
    );

    mapping(address owner => mapping(uint256 word => uint256)) public nonceBitmap;

    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN, keccak256("Permit2"), block.chainid, address(this)));
    }

    /// @inheritdoc ISignatureTransfer
    function permitTransferFrom(
        PermitTransferFrom calldata permit,
        SignatureTransferDetails calldata transferDetails,
        address owner,
        bytes calldata signature
    ) external {
        require(block.timestamp <= permit.deadline, SignatureExpired(permit.deadline));
        require(transferDetails.requestedAmount <= permit.permitted.amount, InvalidAmount(permit.permitted.amount));
        uint256 bit = 1 << (permit.nonce & 0xff);
        uint256 flipped = nonceBitmap[owner][permit.nonce >> 8] ^= bit;
        require(flipped & bit != 0, InvalidNonce());
        bytes32 permitted = keccak256(abi.encode(TOKEN_PERMISSIONS, permit.permitted));
        bytes32 hash = keccak256(abi.encode(PERMIT, permitted, msg.sender, permit.nonce, permit.deadline));
        (address signer, , ) = ECDSA.tryRecoverCalldata(
            MessageHashUtils.toTypedDataHash(DOMAIN_SEPARATOR(), hash),
            signature
        );
        require(signer == owner && signer != address(0), InvalidSigner());
        SafeERC20.safeTransferFrom(
            IERC20(permit.permitted.token),
            owner,
            transferDetails.to,
            transferDetails.requestedAmount
        );
    }
}
