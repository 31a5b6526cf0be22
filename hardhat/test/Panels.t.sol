// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Verdict} from "../../contracts/interfaces/IChallenges.sol";
import {Court} from "./support/Court.sol";
import {Test} from "./support/Test.sol";

/// @title What holds of challenges whatever anybody does
contract PanelsTest is Test {
    Court private court;

    function setUp() external {
        court = new Court();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(court);
    }

    function invariant_bonds_and_credits_are_all_that_disputes_holds_and_everybody_gets_theirs() external {
        _same("Disputes owes what it holds");
        for (uint256 i = 0; i < 8; ++i) {
            (uint256 seats, uint256 found, uint256 fines, uint256 bond) = court.auditorAt(i);
            equal(seats, found, "an auditor's seats are on open panels");
            atMost(fines, bond, "what an auditor can lose is bonded");
        }
        court.look();
        require(bytes(court.broken()).length == 0, court.broken());
        court.close();
        require(bytes(court.broken()).length == 0, court.broken());
        _same("nothing stays behind");
        (uint256 holds, ) = court.money();
        equal(holds, 0, "nothing stays behind");
    }

    /// @dev That the campaign above comes as far as it should: steps drawn as it draws them.
    function test_such_a_crowd_reaches_every_verdict() external {
        for (uint256 i = 0; i < 2_000; ++i) _step(i);
        for (uint8 verdict = 1; verdict < 5; ++verdict) {
            require(court.reached(Verdict(verdict)) != 0, "a verdict was never reached");
        }
    }

    function _step(uint256 i) private {
        uint256[3] memory r;
        for (uint256 k = 0; k < 3; ++k) r[k] = uint256(keccak256(abi.encode(i, k)));
        uint256 kind = uint256(keccak256(abi.encode(i))) % 9;
        if (kind == 0) court.serve(r[0], r[1] % 2 == 0);
        else if (kind == 1) court.challenge(r[0], r[1], uint128(r[2]));
        else if (kind == 2) court.answer(r[0]);
        else if (kind == 3) court.enroll(r[0], uint128(r[1]));
        else if (kind == 4) court.retire(r[0], r[1] % 2 == 0);
        else if (kind == 5) court.proceed(r[0], r[1], bytes32(r[2]));
        else if (kind == 6) court.resolve(r[0]);
        else if (kind == 7) court.collectCredit(r[0]);
        else court.wait(uint32(r[0]));
    }

    function _same(string memory what) private view {
        (uint256 holds, uint256 owes) = court.money();
        equal(holds, owes, what);
    }
}
