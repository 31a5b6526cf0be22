// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Member} from "../../../contracts/interfaces/IEarnings.sol";
import {Exit} from "../../../contracts/interfaces/IEscrow.sol";
import {Claim} from "../../../contracts/interfaces/ISettlement.sol";
import {Grant, Reserve, Signature, Voucher} from "../../../contracts/interfaces/Messages.sol";
import {TestVault} from "../../../contracts/test/TestVault.sol";
import {Market} from "./Market.sol";

/// @title Honest and hostile people who do anything that can be done, in any order
contract Crowd is Market {
    /// @dev The test, which alone may send everybody away.
    address private immutable TEST = msg.sender;

    uint256 private clock = 1_760_000_000 + 3 days;
    TestVault private vault;
    /// @dev Everybody who can have a balance or earnings.
    address[7] private people;
    /// @dev The shares that each provider proposed last.
    Member[][2] private proposed;

    /// @dev By payer and node: the highest voucher that was signed, and what was claimed when we last looked.
    uint128[2][2] public signed;
    uint128[2][2] public seen;
    /// @dev How often shares were put into effect, and divided by.
    uint256[2] public pooled;
    /// @dev Set by a step that broke a promise of its own.
    string public broken;

    /// @param actor who acts, and alone may touch its own timers
    modifier by(address actor) {
        Exit[][8] memory before;
        for (uint256 i = 0; i < 8; ++i) before[i] = _exits(i);
        _;
        for (uint256 i = 0; i < 8; ++i) {
            if (_party(i / 2) == actor) continue;
            // A slash takes the oldest exits, and leaves the others their times; from Escrow nobody takes any.
            Exit[] memory left = _exits(i);
            if (left.length > before[i].length || (i % 2 == 0 && left.length < before[i].length)) {
                broken = "somebody began or ended another's exit";
                continue;
            }
            uint256 gone = before[i].length - left.length;
            for (uint256 k = 0; k < left.length; ++k) {
                if (left[k].readyAt != before[i][gone + k].readyAt) broken = "somebody touched another's timer";
            }
        }
        for (uint256 i = 0; i < 4; ++i) {
            uint128 claimed = escrow.claimedOf(payers[i / 2], nodes[i % 2]);
            if (claimed < seen[i / 2][i % 2]) broken = "claimed fell";
            seen[i / 2][i % 2] = claimed;
        }
    }

    constructor() {
        _open();
        people = [payers[0], payers[1], providers[0], providers[1], TREASURY, address(0xa11ce), address(0xb0b)];
        vault = new TestVault(token);
        staking.proposeVault(address(vault));
        vm.warp(clock);
        for (uint256 i = 0; i < 2; ++i) {
            _deposit(payers[i], 1_000e6);
            _grant(PAYER + i, Grant(payers[i], spenders[i], 500e6, type(uint64).max, 0));
        }
    }

    // Payers

    function deposit(uint256 who, uint128 amount, bool third) external by(address(0)) {
        address payer = payers[who % 2];
        amount = uint128(bound(amount, 1, 1_000e6));
        address from = third ? address(this) : payer;
        token.mint(from, amount);
        vm.prank(from);
        token.approve(address(escrow), amount);
        vm.prank(from);
        try escrow.depositFor(payer, amount) {} catch {}
    }

    function thaw(uint256 who, uint128 amount) external by(payers[who % 2]) {
        vm.prank(payers[who % 2]);
        try escrow.thaw(uint128(bound(amount, 1, 500e6))) {} catch {}
    }

    function cancelThaw(uint256 who) external by(payers[who % 2]) {
        vm.prank(payers[who % 2]);
        try escrow.cancelThaw() {} catch {}
    }

    function withdraw(uint256 who, bool twice) external by(payers[who % 2]) {
        address payer = payers[who % 2];
        for (uint256 i = 0; i < (twice ? 2 : 1); ++i) {
            vm.prank(payer);
            try escrow.withdraw(payer) {} catch {}
        }
    }

    function revoke(uint256 who) external by(payers[who % 2]) {
        vm.prank(payers[who % 2]);
        escrow.revokeGrants();
    }

    function grant(uint256 who, uint128 cap, uint64 ttl) external by(address(0)) {
        address payer = payers[who % 2];
        (, , , , uint32 epoch) = escrow.accountOf(payer);
        uint64 until = uint64(clock + bound(ttl, 1, 30 days));
        _grant(PAYER + (who % 2), Grant(payer, spenders[who % 2], uint128(bound(cap, 0, 500e6)), until, epoch));
    }

    function reserve(uint256 who, uint256 whom, uint128 amount, uint64 ttl, bool bySpender) external by(address(0)) {
        Reserve memory message = Reserve(
            payers[who % 2],
            providers[whom % 2],
            uint128(bound(amount, 1, 300e6)),
            uint64(clock + bound(ttl, 1, 10 days))
        );
        uint256 key = (bySpender ? SPENDER : PAYER) + (who % 2);
        Signature memory signature = _sign(key, settlement.reserveDigest(message));
        try settlement.reserve(message, signature) {} catch {}
    }

    function release(uint256 who) external by(address(0)) {
        address[] memory list = new address[](2);
        (list[0], list[1]) = (providers[0], providers[1]);
        escrow.releaseReserves(payers[who % 2], list);
    }

    // Settlers, with good and bad vouchers; the same one twice in a call

    function settle(uint256 who, uint256 whom, uint128 rise, uint8 kind, bool twice) external by(address(0)) {
        (uint256 p, uint256 n) = (who % 2, whom % 2);
        uint128 cumulative = signed[p][n] + uint128(bound(rise, 0, 400e6));
        uint256 key =
            kind % 4 == 0
                ? PAYER + p
                : kind % 4 == 1
                    ? SPENDER + p
                    : kind % 4 == 2
                        ? SPENDER + 1 - p
                        : NODE;
        if (kind % 4 < 2) signed[p][n] = cumulative;
        Claim[] memory claims = new Claim[](twice ? 3 : 1);
        claims[0] = _claim(key, payers[p], nodes[n], cumulative);
        if (twice) {
            claims[1] = claims[0];
            claims[2] = _claim(key, payers[p], nodes[n], cumulative);
            claims[2].signature.s = bytes32(type(uint256).max);
        }
        _settle(nodes[n], claims);
    }

    // Earners

    function collect(uint256 whom, uint128 amount, bool recycled) external by(address(0)) {
        address earner = people[whom % 7];
        uint128 earned = escrow.earnedOf(earner);
        if (earned == 0) return;
        amount = uint128(bound(amount, 1, earned));
        vm.prank(earner);
        if (recycled) escrow.recycle(amount);
        else try escrow.collect(earner, amount) {} catch {}
    }

    /// @dev Up to three members, the provider itself perhaps among them; none ends the pool.
    function proposePool(uint256 whom, uint256 count, uint256 first, uint16 share) external by(address(0)) {
        _propose(whom % 2, bound(count, 0, 3), first, uint16(bound(share, 1, 4_999)));
    }

    function acceptPool(uint256 whom, uint256 who) external by(address(0)) {
        (bytes32 pool, ) = escrow.proposedPoolOf(providers[whom % 2]);
        vm.prank(people[who % 7]);
        try escrow.acceptPool(providers[whom % 2], pool) {} catch {}
    }

    /// @dev All who are asked agree, and time goes by; or it is tried too early, or without them.
    function applyPool(uint256 whom, uint256 agreeing, uint32 time) external by(address(0)) {
        address provider = providers[whom % 2];
        (bytes32 pool, ) = escrow.proposedPoolOf(provider);
        for (uint256 i = 0; i < 7 && agreeing % 4 != 0; ++i) {
            vm.prank(people[i]);
            try escrow.acceptPool(provider, pool) {} catch {}
        }
        if (agreeing % 4 == 1) this.wait(time);
        uint256 whole = _divisible(whom % 2);
        try escrow.applyPool(provider, proposed[whom % 2]) {
            if (proposed[whom % 2].length > 1) ++pooled[0];
        } catch {}
        if (_divisible(whom % 2) != whole) broken = "a change of shares made or lost money";
    }

    function divide(uint256 whom) external by(address(0)) {
        uint256 whole = _divisible(whom % 2);
        (, uint128 before) = escrow.poolOf(providers[whom % 2]);
        escrow.divide(providers[whom % 2]);
        (, uint128 left) = escrow.poolOf(providers[whom % 2]);
        if (left < before) ++pooled[1];
        if (left > 3) broken = "a division left more than a unit for each member";
        if (_divisible(whom % 2) != whole) broken = "a division made or lost money";
    }

    function stake(uint256 whom, uint128 amount, bool out) external by(out ? providers[whom % 2] : address(0)) {
        address provider = providers[whom % 2];
        amount = uint128(bound(amount, 1, STAKE));
        if (!out) {
            token.mint(address(this), amount);
            token.approve(address(staking), amount);
            try staking.stakeFor(provider, amount) {} catch {}
            return;
        }
        vm.prank(provider);
        try staking.unstake(amount) {} catch {}
    }

    function leaveStaking(uint256 whom) external by(providers[whom % 2]) {
        vm.prank(providers[whom % 2]);
        try staking.withdraw(providers[whom % 2]) {} catch {}
    }

    /// @dev Into the vault, or out of it.
    function moveStake(uint256 whom, bool into) external by(address(0)) {
        vm.prank(providers[whom % 2]);
        if (into) try staking.enterVault(1, 0) {} catch {}
        else try staking.leaveVault(0) {} catch {}
    }

    /// @dev The vault refuses, lies or loses; or comes to its senses.
    function upset(uint8 way, uint128 loss) external by(address(0)) {
        vault.turn(TestVault.Way(way % 8));
        uint256 assets = token.balanceOf(address(vault));
        if (way % 16 < 8 || assets == 0 || token.paused()) return;
        vault.lose(bound(loss, 0, assets / 2));
    }

    function slash(uint256 whom, uint128 amount, uint128 harm, uint256 who) external by(address(0)) {
        vm.prank(DISPUTES);
        uint128 wanted = uint128(bound(amount, 0, STAKE));
        staking.slash(
            providers[whom % 2],
            wanted,
            payers[who % 2],
            uint128(bound(harm, 0, STAKE)),
            address(this),
            new address[](0)
        );
    }

    // Time, the token and the owner

    function wait(uint32 time) external {
        clock += bound(time, 1, 3 days);
        vm.warp(clock);
    }

    function changeToken(uint256 fee, bool paused, uint256 who, bool blacklisted) external {
        token.setFee(bound(fee, 0, 5_000));
        token.setPaused(paused);
        token.setBlacklisted(payers[who % 2], blacklisted);
    }

    function own(bool paused, uint16 fee) external {
        escrow.pauseDeposits(paused);
        if (fee % 2 == 0) settlement.proposeFee(uint16(bound(fee, 0, 500)));
        else try settlement.applyFee() {} catch {}
    }

    // What must hold

    /// @return holds what Escrow holds of the token, Staking of the token, and Staking of the vault's shares
    /// @return owes what they owe
    function money() external view returns (uint256[3] memory holds, uint256[3] memory owes) {
        holds = [
            token.balanceOf(address(escrow)),
            token.balanceOf(address(staking)),
            vault.balanceOf(address(staking))
        ];
        for (uint256 i = 0; i < 7; ++i) {
            (uint128 balance, , , , ) = escrow.accountOf(people[i]);
            owes[0] += uint256(balance) + escrow.earnedOf(people[i]);
        }
        for (uint256 i = 0; i < 2; ++i) {
            (, uint128 undivided) = escrow.poolOf(providers[i]);
            owes[0] += undivided;
            (uint16 number, uint128 units, ) = staking.positionOf(providers[i]);
            (uint128 unbonding, ) = staking.unbondingOf(providers[i]);
            owes[1 + number] += uint256(units) + unbonding;
        }
        address[4] memory compensated = [payers[0], payers[1], TREASURY, address(this)];
        for (uint256 i = 0; i < 8; ++i) {
            owes[1 + (i % 2)] += staking.compensationOf(compensated[i / 2], uint16(i % 2));
        }
    }

    function accounts(
        uint256 i
    ) external view returns (uint256 balance, uint256 reserved, uint256 held, uint256 spent, uint256 claimed) {
        (uint128 b, , uint128 r, uint128 s, ) = escrow.accountOf(payers[i]);
        (balance, reserved, spent) = (b, r, s);
        for (uint256 n = 0; n < 2; ++n) {
            (uint128 amount, ) = escrow.reserveOf(payers[i], providers[n]);
            held += amount;
            claimed += escrow.claimedOf(payers[i], nodes[n]);
        }
    }

    /// @notice Everybody leaves with all their money, in the end: though one is blacklisted until all others have left,
    /// and though the vault may still refuse to pay.
    function exodus() external {
        if (msg.sender != TEST) return;
        token.setPaused(false);
        token.setFee(0);
        token.setBlacklisted(payers[0], true);
        token.setBlacklisted(payers[1], false);
        clock += 10 days;
        vm.warp(clock);
        for (uint256 i = 0; i < 2; ++i) {
            this.release(i);
            _endPool(i);
            _leaveStaking(providers[i]);
        }
        _compensate(address(this));
        for (uint256 i = 7; i > 0; --i) {
            if (i == 1) token.setBlacklisted(people[0], false);
            _leaveEscrow(people[i - 1]);
            _collect(people[i - 1]);
            _compensate(people[i - 1]);
        }
    }

    function _party(uint256 i) private view returns (address) {
        return i < 2 ? payers[i] : providers[i - 2];
    }

    /// @dev What is thawing (even) or unbonding (odd) of one after the other.
    function _exits(uint256 i) private view returns (Exit[] memory exits) {
        if (i % 2 == 0) return escrow.thawsOf(_party(i / 2));
        (, exits) = staking.unbondingOf(_party(i / 2));
    }

    function _propose(uint256 whom, uint256 count, uint256 first, uint16 share) private {
        delete proposed[whom];
        for (uint256 i = 0; i < count; ++i) {
            uint16 last = 10_000 - uint16(count - 1) * share;
            proposed[whom].push(Member(people[((first % 7) + i) % 7], i + 1 == count ? last : share));
        }
        vm.prank(providers[whom]);
        escrow.proposePool(proposed[whom]);
    }

    /// @dev All that anybody can have of what a provider earned.
    function _divisible(uint256 whom) private view returns (uint256 sum) {
        (, uint128 undivided) = escrow.poolOf(providers[whom]);
        sum = undivided;
        for (uint256 i = 0; i < 7; ++i) sum += escrow.earnedOf(people[i]);
    }

    function _endPool(uint256 whom) private {
        _propose(whom, 0, 0, 0);
        clock += 2 days;
        vm.warp(clock);
        escrow.applyPool(providers[whom], proposed[whom]);
    }

    function _leaveEscrow(address payer) private {
        (uint128 balance, uint128 thawing, , , ) = escrow.accountOf(payer);
        if (thawing != 0) {
            vm.prank(payer);
            escrow.cancelThaw();
        }
        if (balance == 0) return;
        vm.prank(payer);
        escrow.thaw(balance);
        clock += THAW;
        vm.warp(clock);
        vm.prank(payer);
        escrow.withdraw(payer);
    }

    function _leaveStaking(address provider) private {
        (uint128 unbonding, ) = staking.unbondingOf(provider);
        if (unbonding != 0) {
            vm.prank(provider);
            staking.withdraw(provider);
        }
        (, uint128 free, ) = staking.positionOf(provider);
        if (free == 0) return;
        vm.prank(provider);
        staking.unstake(free);
        clock += UNBONDING;
        vm.warp(clock);
        vm.prank(provider);
        staking.withdraw(provider);
    }

    function _collect(address earner) private {
        uint128 earned = escrow.earnedOf(earner);
        if (earned == 0) return;
        vm.prank(earner);
        escrow.collect(earner, earned);
    }

    function _compensate(address owner) private {
        for (uint16 number = 0; number < 2; ++number) {
            if (staking.compensationOf(owner, number) == 0) continue;
            vm.prank(owner);
            staking.collectCompensation(owner, number);
        }
    }
}
