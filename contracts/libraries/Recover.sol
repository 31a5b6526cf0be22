// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Signature} from "../interfaces/Messages.sol";

/// @title Who signed a digest
library Recover {
    /// @notice Gas that an ERC-1271 wallet may use, so that none can starve a batch.
    uint256 internal constant WALLET_GAS = 100_000;

    /// @dev The order of secp256k1 divided by two: s above it is the malleable twin of a signature.
    uint256 internal constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    bytes4 private constant IS_VALID_SIGNATURE = 0x1626ba7e;

    /// @return found the signer, or 0 when the signature is malformed: a high s, a v other than 27 and 28, or no such key
    function signer(bytes32 digest, Signature calldata signature) internal view returns (address found) {
        if (uint256(signature.s) > HALF_ORDER) return address(0);
        uint256 v = signature.v;
        assembly ("memory-safe") {
            let free := mload(64)
            mstore(free, digest)
            mstore(add(free, 32), v)
            calldatacopy(add(free, 64), signature, 64)
            // The precompile answers nothing for a bad v or no such key: then the scratch space keeps its 0.
            mstore(0, 0)
            pop(staticcall(gas(), 1, free, 128, 0, 32))
            found := mload(0)
        }
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
            // An answer that is too short would else be read with what lies here.
            mstore(0, 0)
            ok := staticcall(WALLET_GAS, wallet, add(input, 32), mload(input), 0, 32)
            if lt(returndatasize(), 32) {
                ok := 0
            }
            answer := mload(0)
        }
        return ok && answer == bytes32(IS_VALID_SIGNATURE);
    }
}
