// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Crowd} from "./support/Crowd.sol";
import {Test} from "./support/Test.sol";

/// @title What holds whatever anybody does
contract InvariantsTest is Test {
    Crowd private crowd;

    function setUp() external {
        crowd = new Crowd();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(crowd);
    }

    function invariant_what_is_owed_is_there_to_the_last_unit() external view {
        (uint256 escrowHolds, uint256 escrowOwes, uint256 stakeHolds, uint256 stakeOwes) = crowd.money();
        equal(escrowHolds, escrowOwes, "Escrow");
        equal(stakeHolds, stakeOwes, "Staking");
    }

    function invariant_claimed_never_falls_and_never_exceeds_the_voucher() external view {
        equal(bytes(crowd.broken()).length, 0, "nothing broke");
        for (uint256 i = 0; i < 4; ++i) atMost(crowd.seen(i / 2, i % 2), crowd.signed(i / 2, i % 2), "claimed");
    }

    function invariant_what_was_spent_was_claimed_and_what_is_reserved_is_there() external view {
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 balance, uint256 reserved, uint256 held, uint256 spent, uint256 claimed) = crowd.accounts(i);
            equal(spent, claimed, "spent");
            equal(reserved, held, "reserved");
            atMost(reserved, balance, "reserved");
        }
    }

    function invariant_everybody_can_leave() external {
        crowd.exodus();
        (uint256 escrowHolds, uint256 escrowOwes, uint256 stakeHolds, uint256 stakeOwes) = crowd.money();
        equal(escrowHolds + escrowOwes + stakeHolds + stakeOwes, 0, "nothing stays behind");
    }
}
