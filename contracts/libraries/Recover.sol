// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Signature} from "../interfaces/Messages.sol";

/// @title Who signed a digest
library Recover {
    /// @notice Gas that an ERC-1271 wallet may use, so that none can starve a batch.
    uint256 internal constant WALLET_GAS = 100_000;

    bytes4 private constant IS_VALID_SIGNATURE = 0x1626ba7e;

    /// @return the signer, or 0 when the signature is malformed: a high s, a v other than 27 and 28, or no such key
    function signer(bytes32 digest, Signature calldata signature) internal pure returns (address) {
        (address found, , ) = ECDSA.tryRecover(digest, signature.v, signature.r, signature.s);
        return found;
    }

    /// @return whether `account` signed: by its key, or by its code when it has some (ERC-1271)
    function isSignedBy(address account, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        (address found, , ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (found == account && found != address(0)) return true;
        return account.code.length > 0 && _walletAccepts(account, digest, signature);
    }

    /// @dev Reads 32 bytes of the answer at most, whatever the wallet returns.
    function _walletAccepts(address wallet, bytes32 digest, bytes calldata signature) private view returns (bool) {
        bytes memory input = abi.encodeWithSelector(IS_VALID_SIGNATURE, digest, signature);
        bool ok;
        bytes32 answer;
        assembly ("memory-safe") {
            ok := staticcall(WALLET_GAS, wallet, add(input, 32), mload(input), 0, 32)
            if lt(returndatasize(), 32) {
                ok := 0
            }
            answer := mload(0)
        }
        return ok && answer == bytes32(IS_VALID_SIGNATURE);
    }
}
