// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Claim, NodeClaims, SignedGrant, SignedStatement} from "../../contracts/interfaces/ISettlement.sol";
import {Grant, Signature} from "../../contracts/interfaces/Messages.sol";
import {HostileToken} from "../../contracts/test/HostileToken.sol";
import {FickleToken} from "./support/FickleToken.sol";
import {Intruder} from "./support/Intruder.sol";
import {Market} from "./support/Market.sol";

/// @title What tokens can do that mean harm
contract HostileTokensTest is Market {
    uint256 private constant INTRUDING_NODE = 0x5000;

    HostileToken private hostile;
    Intruder private intruder;
    Claim private intrudersClaim;

    function setUp() external {
        hostile = new HostileToken();
        _open(FickleToken(address(hostile)));
        intruder = new Intruder();
        _deposit(payers[0], 500e6);
        _deposit(payers[1], 70e6);
        _deposit(address(intruder), 300e6);
        _stake(address(intruder), 300e6);
        address node = vm.addr(INTRUDING_NODE);
        Signature memory possession = _possession(INTRUDING_NODE, address(intruder));
        vm.prank(address(intruder));
        staking.addNode(node, possession);
        _settleOne(node, _claim(PAYER, payers[0], node, 40e6));
        SignedGrant[] memory grants = new SignedGrant[](1);
        grants[0] = SignedGrant(Grant(address(intruder), spenders[1], 90e6, type(uint64).max, 0), "");
        settlement.settle(grants, new NodeClaims[](0), new SignedStatement[](0));
        hostile.mint(address(intruder), 200e6);
        _act(address(token), abi.encodeCall(token.approve, (address(escrow), 100e6)));
        _act(address(token), abi.encodeCall(token.approve, (address(staking), 100e6)));
        _act(address(escrow), abi.encodeCall(escrow.thaw, (100e6)));
        _act(address(staking), abi.encodeCall(staking.unstake, (50e6)));
        vm.prank(payers[1]);
        escrow.thaw(70e6);
        vm.warp(1_760_000_000 + UNBONDING);
        intrudersClaim = _claim(SPENDER + 1, address(intruder), nodes[0], 30e6);
    }

    function testFuzz_reentering_from_any_call_into_any_gains_nothing_and_takes_from_nobody(
        uint8[4] memory plans,
        uint8 trigger
    ) external {
        uint256 wealth = _wealth();
        (uint128 honest, , , , ) = escrow.accountOf(payers[1]);
        for (uint256 i = 0; i < plans.length; ++i) {
            (address target, bytes memory data) = _call(plans[i]);
            intruder.plan(target, data);
        }
        hostile.play(HostileToken.Trick.Reenter, address(intruder));
        // Only the first five of the calls move tokens.
        (address first, bytes memory call) = _call(trigger % 5);
        intruder.act(first, call);
        hostile.play(HostileToken.Trick.None, address(0));
        equal(_wealth(), wealth, "what the intruder has, and has paid");
        _checkBooks();
        (uint128 after_, , , , ) = escrow.accountOf(payers[1]);
        equal(after_, honest, "what another has");
        vm.prank(payers[1]);
        equal(escrow.withdraw(payers[1]), 70e6, "what another withdraws");
    }

    function test_settlement_goes_through_in_the_middle_of_a_withdrawal() external {
        (address target, bytes memory data) = _call(7);
        intruder.plan(target, data);
        hostile.play(HostileToken.Trick.Reenter, address(intruder));
        (target, data) = _call(0);
        require(intruder.act(target, data), "the withdrawal went through");
        equal(intruder.struck(), 2, "so did both settlements");
        equal(escrow.claimedOf(address(intruder), nodes[0]), 30e6, "and one was paid");
        hostile.play(HostileToken.Trick.None, address(0));
        _checkBooks();
    }

    function test_an_answer_of_false_is_a_failure_that_changes_nothing() external {
        _failsAndRecovers(HostileToken.Trick.AnswerFalse);
    }

    function test_burning_all_gas_is_a_failure_that_changes_nothing() external {
        _failsAndRecovers(HostileToken.Trick.BurnGas);
    }

    function test_a_megabyte_of_an_answer_is_a_failure_that_changes_nothing() external {
        _failsAndRecovers(HostileToken.Trick.ReturnBomb);
    }

    function test_a_batch_calls_no_token_so_that_none_can_starve_it() external {
        Claim[] memory claims = new Claim[](2);
        bytes4[3] memory verbs = [token.transfer.selector, token.transferFrom.selector, token.balanceOf.selector];
        for (uint256 i = 0; i < 3; ++i) vm.expectCall(address(hostile), abi.encodeWithSelector(verbs[i]), 0);
        for (uint256 i = 1; i <= uint256(type(HostileToken.Trick).max); ++i) {
            hostile.play(HostileToken.Trick(i), address(0xdead));
            uint128 rise = uint128(i) * 1e6;
            claims[0] = _claim(PAYER, payers[0], nodes[0], rise);
            claims[1] = _claim(SPENDER + 1, address(intruder), nodes[0], rise);
            _settle(nodes[0], claims);
            equal(escrow.claimedOf(payers[0], nodes[0]), rise, "the one was paid");
            equal(escrow.claimedOf(address(intruder), nodes[0]), rise, "and the other");
        }
    }

    function test_a_balance_that_lies_changes_nobody_elses_account() external {
        (uint128 one, , , , ) = escrow.accountOf(payers[0]);
        (uint128 other, , , , ) = escrow.accountOf(payers[1]);
        uint256 earned = escrow.earnedOf(address(intruder));
        hostile.play(HostileToken.Trick.OverstateBalances, address(0));
        _act(address(escrow), abi.encodeCall(escrow.deposit, (10e6)));
        _act(address(staking), abi.encodeCall(staking.stake, (10e6)));
        (uint128 liar, , , , ) = escrow.accountOf(address(intruder));
        equal(liar, 320e6, "the token says that twice as much arrived");
        hostile.play(HostileToken.Trick.HideBalances, address(0));
        (address target, bytes memory data) = _call(3);
        require(!intruder.act(target, data), "a deposit that nobody sees is refused");
        (uint128 balance, , , , ) = escrow.accountOf(payers[0]);
        equal(balance, one, "one account");
        (balance, , , , ) = escrow.accountOf(payers[1]);
        equal(balance, other, "another account");
        equal(escrow.earnedOf(address(intruder)), earned, "earnings");
        equal(staking.stakeOf(providers[0]), STAKE, "another stake");
        vm.prank(payers[1]);
        equal(escrow.withdraw(payers[1]), 70e6, "a withdrawal asks for no balance");
    }

    function _failsAndRecovers(HostileToken.Trick trick) private {
        uint256 wealth = _wealth();
        for (uint8 i = 0; i < 5; ++i) {
            (address target, bytes memory data) = _call(i);
            hostile.play(trick, address(0));
            bytes memory act = abi.encodeCall(intruder.act, (target, data));
            (bool sent, bytes memory answer) = address(intruder).call{gas: 1_000_000}(act);
            require(!sent || !abi.decode(answer, (bool)), "the call fails");
            hostile.play(HostileToken.Trick.None, address(0));
            equal(_wealth(), wealth, "nothing changed");
            _checkBooks();
            require(intruder.act(target, data), "the call goes through once the token is good");
            wealth = _wealth();
        }
    }

    function _act(address target, bytes memory data) private {
        require(intruder.act(target, data), "the intruder's call");
    }

    /// @dev What the intruder may try; 0 to 4 move tokens.
    function _call(uint8 which) private view returns (address target, bytes memory data) {
        which %= 12;
        if (which == 0) return (address(escrow), abi.encodeCall(escrow.withdraw, (address(intruder))));
        if (which == 1) return (address(escrow), abi.encodeCall(escrow.collect, (address(intruder), 5e6)));
        if (which == 2) return (address(staking), abi.encodeCall(staking.withdraw, (address(intruder))));
        if (which == 3) return (address(escrow), abi.encodeCall(escrow.deposit, (10e6)));
        if (which == 4) return (address(staking), abi.encodeCall(staking.stake, (10e6)));
        if (which == 5) return (address(escrow), abi.encodeCall(escrow.recycle, (5e6)));
        if (which == 6) return (address(escrow), abi.encodeCall(escrow.thaw, (20e6)));
        if (which == 8) return (address(escrow), abi.encodeCall(escrow.cancelThaw, ()));
        if (which == 9) return (address(escrow), abi.encodeCall(escrow.revokeGrants, ()));
        if (which == 10) return (address(staking), abi.encodeCall(staking.unstake, (20e6)));
        if (which == 11) return (address(escrow), abi.encodeCall(escrow.depositFor, (payers[0], 10e6)));
        Claim[] memory claims = new Claim[](1);
        claims[0] = intrudersClaim;
        NodeClaims[] memory groups = new NodeClaims[](1);
        groups[0] = NodeClaims(nodes[0], claims);
        data = abi.encodeCall(settlement.settle, (new SignedGrant[](0), groups, new SignedStatement[](0)));
        return (address(settlement), data);
    }

    /// @dev All that is the intruder's, and what it gave away: to a node, or into another's account.
    function _wealth() private view returns (uint256 wealth) {
        (uint128 balance, , , , ) = escrow.accountOf(address(intruder));
        (uint128 unbonding, ) = staking.unbondingOf(address(intruder));
        (uint128 others, , , , ) = escrow.accountOf(payers[0]);
        wealth = hostile.balanceOf(address(intruder)) + balance + escrow.earnedOf(address(intruder));
        wealth += uint256(staking.stakeOf(address(intruder))) + unbonding + others;
        wealth += escrow.claimedOf(address(intruder), nodes[0]);
    }

    function _checkBooks() private view {
        (uint128 one, , , , ) = escrow.accountOf(payers[0]);
        (uint128 two, , , , ) = escrow.accountOf(payers[1]);
        (uint128 three, , , , ) = escrow.accountOf(address(intruder));
        uint256 owed = uint256(one) + two + three;
        owed += escrow.earnedOf(address(intruder)) + escrow.earnedOf(providers[0]) + escrow.earnedOf(TREASURY);
        equal(hostile.balanceOf(address(escrow)), owed, "Escrow holds what it owes");
        (uint128 unbonding, ) = staking.unbondingOf(address(intruder));
        owed = uint256(staking.stakeOf(address(intruder))) + unbonding + 2 * STAKE;
        equal(hostile.balanceOf(address(staking)), owed, "Staking holds what it owes");
    }
}
