// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title An ERC-1271 wallet with one owner
contract TestWallet {
    address public immutable OWNER;

    constructor(address owner) {
        OWNER = owner;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, , ) = ECDSA.tryRecoverCalldata(hash, signature);
        return signer == OWNER ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @title Wallets that try to stop whoever asks them
contract HostileWallet {
    enum Way {
        BurnGas,
        Revert,
        ReturnBomb,
        ShortAnswer,
        AlmostRight
    }

    Way public immutable WAY;

    constructor(Way way) {
        WAY = way;
    }

    fallback() external {
        Way way = WAY;
        if (way == Way.Revert) revert("no");
        assembly ("memory-safe") {
            switch way
            case 0 {
                for {} 1 {} {
                    pop(keccak256(0, 1024))
                }
            }
            case 2 {
                return(0, 1000000)
            }
            case 3 {
                mstore(0, shl(224, 0x1626ba7e))
                return(0, 4)
            }
            default {
                mstore(0, or(shl(224, 0x1626ba7e), 1))
                return(0, 32)
            }
        }
    }
}
