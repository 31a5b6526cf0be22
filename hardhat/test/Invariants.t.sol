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

    /// @dev One campaign for all that is only looked at; a promise that a step of its own broke is in `broken`.
    function invariant_the_books_balance_and_everybody_kept_their_promise() external view {
        (uint256[3] memory holds, uint256[3] memory owes) = crowd.money();
        equal(holds[0], owes[0], "Escrow owes what it holds");
        equal(holds[1], owes[1], "Staking owes what it holds");
        equal(holds[2], owes[2], "Staking owes the shares that it holds");
        require(bytes(crowd.broken()).length == 0, crowd.broken());
        for (uint256 i = 0; i < 4; ++i) atMost(crowd.seen(i / 2, i % 2), crowd.signed(i / 2, i % 2), "claimed");
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 balance, uint256 reserved, uint256 held, uint256 spent, uint256 claimed) = crowd.accounts(i);
            equal(spent, claimed, "what was spent was claimed");
            equal(reserved, held, "what is reserved adds up");
            atMost(reserved, balance, "what is reserved is there");
        }
    }

    /// @dev That pools are formed and paid in such campaigns at all.
    function test_such_a_crowd_shares_what_it_earns() external {
        for (uint256 i = 0; i < 400; ++i) {
            uint256[3] memory r;
            for (uint256 k = 0; k < 3; ++k) r[k] = uint256(keccak256(abi.encode(i, k)));
            if (i % 4 == 0) crowd.proposePool(r[0], r[1], r[2], uint16(i));
            else if (i % 4 == 1) crowd.applyPool(r[0], r[1], uint32(r[2]));
            else if (i % 4 == 2) crowd.settle(r[0], r[1], uint128(r[2] % 1e6), 0, false);
            else crowd.divide(r[0]);
        }
        for (uint256 i = 0; i < 2; ++i) require(crowd.pooled(i) != 0, "no pool came about");
    }

    function invariant_everybody_can_leave_beside_one_who_is_blacklisted() external {
        crowd.exodus();
        (uint256[3] memory holds, uint256[3] memory owes) = crowd.money();
        for (uint256 i = 0; i < 3; ++i) equal(holds[i] + owes[i], 0, "nothing stays behind");
    }
}
