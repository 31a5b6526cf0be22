// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

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

    /// @dev By payer and node: the highest voucher that was signed, and what was claimed when we last looked.
    uint128[2][2] public signed;
    uint128[2][2] public seen;
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
        address earner = whom % 3 == 2 ? TREASURY : providers[whom % 3];
        uint128 earned = escrow.earnedOf(earner);
        if (earned == 0) return;
        amount = uint128(bound(amount, 1, earned));
        vm.prank(earner);
        if (recycled) escrow.recycle(amount);
        else try escrow.collect(earner, amount) {} catch {}
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

    function leave(uint256 whom) external by(providers[whom % 2]) {
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
        for (uint256 i = 0; i < 2; ++i) {
            (uint128 balance, , , , ) = escrow.accountOf(payers[i]);
            (uint128 recycled, , , , ) = escrow.accountOf(providers[i]);
            owes[0] += uint256(balance) + recycled + escrow.earnedOf(providers[i]);
            (uint16 number, uint128 units, ) = staking.positionOf(providers[i]);
            (uint128 unbonding, ) = staking.unbondingOf(providers[i]);
            owes[1 + number] += uint256(units) + unbonding;
        }
        (uint128 treasury, , , , ) = escrow.accountOf(TREASURY);
        owes[0] += uint256(treasury) + escrow.earnedOf(TREASURY);
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
            _leaveEscrow(providers[i]);
            _collect(providers[i]);
            _leaveStaking(providers[i]);
        }
        _leaveEscrow(TREASURY);
        _collect(TREASURY);
        _compensate(TREASURY);
        _compensate(address(this));
        _leaveEscrow(payers[1]);
        _compensate(payers[1]);
        token.setBlacklisted(payers[0], false);
        _leaveEscrow(payers[0]);
        _compensate(payers[0]);
    }

    function _party(uint256 i) private view returns (address) {
        return i < 2 ? payers[i] : providers[i - 2];
    }

    /// @dev What is thawing (even) or unbonding (odd) of one after the other.
    function _exits(uint256 i) private view returns (Exit[] memory exits) {
        if (i % 2 == 0) return escrow.thawsOf(_party(i / 2));
        (, exits) = staking.unbondingOf(_party(i / 2));
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
