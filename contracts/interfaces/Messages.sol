// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What the parties sign. The fields, their order and their widths are the EIP-712 types: never reorder them.

/// @notice A payer lets a session key sign vouchers for it.
/// @dev `cap` counts everything the payer's account pays after the grant is registered, whoever signed for it; so several
/// spenders of one payer share their caps, and a stolen spender key can never cost more than its cap.
struct Grant {
    address payer;
    address spender;
    uint128 cap;
    uint64 validUntil;
    uint32 epoch;
}

/// @notice Sets money of a payer aside for one provider until a moment (Unix seconds).
struct Reserve {
    address payer;
    address provider;
    uint128 amount;
    uint64 until;
}

/// @notice What a payer owes a node in total. `receipt` is the struct hash of the last receipt that it accepts, or 0.
struct Voucher {
    address payer;
    address node;
    uint128 cumulative;
    bytes32 receipt;
}

/// @notice What a node states about one request that it served. Times are in milliseconds, prices per 1,000,000 tokens.
struct Receipt {
    bytes32 requestId;
    address payer;
    address provider;
    uint64 sequence;
    bytes32 model;
    bytes32 request;
    bytes32 response;
    bytes32 sampling;
    bytes32 trace;
    uint32 promptTokens;
    uint32 cachedTokens;
    uint32 completionTokens;
    uint64 inputPrice;
    uint64 cachedPrice;
    uint64 outputPrice;
    uint128 fee;
    uint128 cumulative;
    uint64 startedAt;
    uint32 firstTokenMs;
    uint32 durationMs;
    uint8 status;
}

/// @notice Closes a run of receipts of one node. `root` commits to each of them and to their totals.
struct Statement {
    address provider;
    uint64 firstSequence;
    uint64 lastSequence;
    bytes32 root;
}

/// @notice An ECDSA signature; `s` in the lower half, `v` 27 or 28.
struct Signature {
    bytes32 r;
    bytes32 s;
    uint8 v;
}

/// @notice What a node of the sum tree commits to besides its hash.
struct Totals {
    uint64 completed;
    uint64 tokens;
    uint128 fees;
    uint64 points;
}

/// @notice One level of a proof in the sum tree: the sibling's hash and totals.
struct ProofStep {
    bytes32 hash;
    Totals totals;
}
