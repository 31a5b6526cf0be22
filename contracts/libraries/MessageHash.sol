// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Grant, Receipt, Reserve, Statement, Voucher} from "../interfaces/Messages.sol";

/// @title EIP-712 struct hashes
/// @dev All fields are value types, so the ABI encoding of a message is its EIP-712 encoding.
library MessageHash {
    bytes32 internal constant GRANT = keccak256(
        "Grant(address payer,address spender,uint128 cap,uint64 validUntil,uint32 epoch)"
    );
    bytes32 internal constant RESERVE = keccak256(
        "Reserve(address payer,address provider,uint128 amount,uint64 until)"
    );
    bytes32 internal constant VOUCHER = keccak256(
        "Voucher(address payer,address node,uint128 cumulative,bytes32 receipt)"
    );
    bytes32 internal constant RECEIPT = keccak256(
        "Receipt(bytes32 requestId,address payer,address provider,uint64 sequence,bytes32 model,bytes32 request,bytes32 response,bytes32 sampling,bytes32 trace,uint32 promptTokens,uint32 cachedTokens,uint32 completionTokens,uint64 inputPrice,uint64 cachedPrice,uint64 outputPrice,uint128 fee,uint128 cumulative,uint64 startedAt,uint32 firstTokenMs,uint32 durationMs,uint8 status)"
    );
    bytes32 internal constant STATEMENT = keccak256(
        "Statement(address provider,uint64 firstSequence,uint64 lastSequence,bytes32 root)"
    );
    bytes32 internal constant NODE_KEY = keccak256("NodeKey(address provider,address node)");

    function ofGrant(Grant calldata grant) internal pure returns (bytes32) {
        return keccak256(abi.encode(GRANT, grant));
    }

    function ofReserve(Reserve calldata reserve) internal pure returns (bytes32) {
        return keccak256(abi.encode(RESERVE, reserve));
    }

    function ofVoucher(Voucher calldata voucher) internal pure returns (bytes32) {
        return keccak256(abi.encode(VOUCHER, voucher));
    }

    function ofReceipt(Receipt calldata receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT, receipt));
    }

    function ofStatement(Statement calldata statement) internal pure returns (bytes32) {
        return keccak256(abi.encode(STATEMENT, statement));
    }

    /// @return digest_ what is signed: keccak256(0x19 ‖ 0x01 ‖ domain separator ‖ struct hash)
    function digest(bytes32 domain, bytes32 structHash) internal pure returns (bytes32 digest_) {
        assembly ("memory-safe") {
            let free := mload(64)
            mstore(free, hex"1901")
            mstore(add(free, 2), domain)
            mstore(add(free, 34), structHash)
            digest_ := keccak256(free, 66)
        }
    }

    function ofNodeKey(address provider, address node) internal pure returns (bytes32) {
        return keccak256(abi.encode(NODE_KEY, provider, node));
    }
}
