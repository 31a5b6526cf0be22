// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Claim} from "../../contracts/interfaces/ISettlement.sol";
import {Grant} from "../../contracts/interfaces/Messages.sol";
import {Market} from "./support/Market.sol";

contract ClaimsTest is Market {
    function setUp() external {
        _open();
    }

    function testFuzz_a_claim_moves_the_least_of_what_bounds_it(
        uint128 balance,
        uint128 cap,
        uint128 first,
        uint128 second
    ) external {
        balance = uint128(bound(balance, 1, 1e15));
        cap = uint128(bound(cap, 0, 1e15));
        first = uint128(bound(first, 0, 1e15));
        _deposit(payers[0], balance);
        _grant(PAYER, Grant(payers[0], spenders[0], cap, type(uint64).max, 0));
        uint256 ceiling = uint256(STAKE) * 10;

        _settleOne(nodes[0], _claim(SPENDER, payers[0], nodes[0], first));
        uint256 expected = _least(_least(first, balance), _least(cap, ceiling));
        equal(escrow.claimedOf(payers[0], nodes[0]), expected, "claimed first");

        _settleOne(nodes[0], _claim(PAYER, payers[0], nodes[0], second));
        uint256 more = second > expected ? second - expected : 0;
        expected += _least(_least(more, balance - expected), ceiling - expected);
        equal(escrow.claimedOf(payers[0], nodes[0]), expected, "claimed then");

        uint256 fee = escrow.earnedOf(TREASURY);
        equal(escrow.earnedOf(providers[0]) + fee, expected, "all of it was earned");
        atMost(fee, expected / 100, "the fee");
        (uint128 left, , , uint128 spent, ) = escrow.accountOf(payers[0]);
        equal(left, balance - expected, "what is left");
        equal(spent, expected, "what was spent");
    }

    function testFuzz_no_garbage_moves_money_or_stops_a_batch(
        Claim[3] memory garbage,
        address node,
        bool known
    ) external {
        _deposit(payers[0], 50e6);
        _deposit(payers[1], 50e6);
        Claim[] memory claims = new Claim[](4);
        for (uint256 i = 0; i < 3; ++i) {
            claims[i] = garbage[i];
            claims[i].payer = payers[i % 2];
        }
        claims[3] = _claim(PAYER, payers[0], nodes[0], 7e6);
        _settle(known ? nodes[0] : node, claims);
        (uint128 first, , , , ) = escrow.accountOf(payers[0]);
        (uint128 second, , , , ) = escrow.accountOf(payers[1]);
        equal(first, known || node == nodes[0] ? 43e6 : 50e6, "only the good claim was paid");
        equal(second, 50e6, "nothing else was");
    }

    function testFuzz_two_nodes_never_share_a_voucher(uint128 amount) external {
        amount = uint128(bound(amount, 1, 50e6));
        _deposit(payers[0], 100e6);
        Claim memory claim = _claim(PAYER, payers[0], nodes[0], amount);
        _settleOne(nodes[1], claim);
        equal(escrow.claimedOf(payers[0], nodes[1]), 0, "the other node");
        _settleOne(nodes[0], claim);
        _settleOne(nodes[0], claim);
        equal(escrow.claimedOf(payers[0], nodes[0]), amount, "its own node, once");
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
