// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Challenge, Seat, Verdict, Vote} from "../../../contracts/interfaces/IChallenges.sol";
import {NodeClaims, SignedGrant, SignedStatement} from "../../../contracts/interfaces/ISettlement.sol";
import {ProofStep, Receipt, Signature, Statement, Totals} from "../../../contracts/interfaces/Messages.sol";
import {SumTree} from "../../../contracts/libraries/SumTree.sol";
import {ProtocolHarness} from "../../../contracts/test/ProtocolHarness.sol";
import {Market} from "./Market.sol";

/// @title Providers, challengers and auditors who do anything that challenges let them, in any order
contract Court is Market {
    uint256 private constant AUDITORS = 8;
    uint64 private constant PHASE = 1 days;

    /// @dev The test, which alone may close the court.
    address private immutable TEST = msg.sender;

    ProtocolHarness private harness;
    uint256 private clock = 1_760_000_000;
    uint256 private height = 1_000;
    Receipt[] private receipts;
    mapping(uint256 id => mapping(address auditor => bool)) private votes;
    /// @dev Verdicts when we last looked, by challenge.
    mapping(uint256 id => Verdict) private seen;
    mapping(Verdict verdict => uint256) public reached;
    /// @dev Set by a step that broke a promise of its own.
    string public broken;

    constructor() {
        _openWithDisputes();
        harness = new ProtocolHarness();
        vm.roll(height);
        for (uint256 i = 0; i < AUDITORS; ++i) _enroll(_auditor(i), 200e6);
        for (uint256 i = 0; i < 2; ++i) _deposit(payers[i], 1_000e6);
        _pass(1 hours);
    }

    // Nodes

    /// @dev One more receipt in a statement of its own, paid or not.
    function serve(uint256 who, bool paid) public {
        uint64 sequence = uint64(receipts.length) + 1;
        Receipt memory receipt;
        (receipt.payer, receipt.provider, receipt.sequence) = (payers[who % 2], providers[0], sequence);
        (receipt.promptTokens, receipt.completionTokens) = (120, 30);
        (receipt.inputPrice, receipt.outputPrice) = (150_000, 600_000);
        receipt.fee = harness.fee(receipt);
        Totals memory totals = harness.totals(receipt);
        bytes32 top = harness.leaf(harness.hashReceipt(receipt), totals);
        Statement memory statement = Statement(providers[0], sequence, sequence, SumTree.root(top, totals));
        SignedStatement[] memory list = new SignedStatement[](1);
        list[0] = SignedStatement(statement, totals, top, _sign(NODE, settlement.statementDigest(statement)));
        settlement.settle(new SignedGrant[](0), new NodeClaims[](0), list);
        receipts.push(receipt);
        if (!paid) return;
        uint128 total = escrow.claimedOf(payers[who % 2], nodes[0]) + receipt.fee;
        _settleOne(nodes[0], _claim(PAYER + (who % 2), payers[who % 2], nodes[0], total));
    }

    // Challengers

    function challenge(uint256 which, uint256 who, uint128 amount) external {
        if (receipts.length == 0) serve(who, true);
        // The last ones are within the dispute window most often.
        Receipt memory receipt = receipts[receipts.length - 1 - (which % receipts.length) / 3];
        Totals memory totals = harness.totals(receipt);
        bytes32 root = SumTree.root(harness.leaf(harness.hashReceipt(receipt), totals), totals);
        amount = uint128(bound(amount, 40e6, 90e6));
        bytes memory data = abi.encodeCall(
            disputes.challenge,
            (
                receipt,
                _sign(NODE, settlement.receiptDigest(receipt)),
                Statement(providers[0], receipt.sequence, receipt.sequence, root),
                new ProofStep[](0),
                amount,
                bytes32(which),
                "https://evidence.example"
            )
        );
        address by = _challenger(who);
        token.mint(by, amount);
        vm.prank(by);
        token.approve(address(disputes), amount);
        vm.prank(by);
        disputes.commitReport(keccak256(abi.encode(by, keccak256(data))));
        _pass(2 minutes);
        vm.prank(by);
        (bool ok, ) = address(disputes).call(data);
        if (ok && amount < disputes.CHALLENGE_BOND()) broken = "a challenge was opened for less than its bond";
    }

    function answer(uint256 id) external {
        vm.prank(providers[0]);
        try disputes.answer(_some(id), bytes32(id), "https://evidence.example") {} catch {}
    }

    // Auditors

    function enroll(uint256 who, uint128 amount) external {
        amount = uint128(bound(amount, 100e6, 300e6));
        token.mint(_auditor(who), amount);
        vm.prank(_auditor(who));
        token.approve(address(disputes), amount);
        vm.prank(_auditor(who));
        try disputes.enroll(amount) {} catch {}
    }

    /// @dev Seldom, or there is never a panel.
    function retire(uint256 who, bool withdrawn) external {
        if ((who / AUDITORS) % 4 != 0) return;
        vm.prank(_auditor(who));
        try disputes.retire() {} catch {}
        if (!withdrawn) return;
        vm.prank(_auditor(who));
        try disputes.withdrawBond(_auditor(who)) {} catch {}
    }

    /// @dev What the phases of the last challenges ask for.
    function proceed(uint256 who, uint256 convicting, bytes32 randomness) external {
        uint256 last = disputes.challenges();
        for (uint256 id = last; id > 0 && id + 4 > last; --id) _proceed(id, who, convicting, randomness);
    }

    function resolve(uint256 which) external {
        uint256 id = _some(which);
        uint256 staked = staking.stakeOf(providers[0]);
        try disputes.resolve(id) returns (Verdict verdict) {
            reached[verdict] += 1;
            bool convicted = verdict == Verdict.Convicted;
            if (!convicted && staking.stakeOf(providers[0]) != staked) broken = "slashed without a verdict";
            Challenge memory ended = disputes.challengeOf(id);
            if (convicted && (ended.revealed < 3 || ended.convicting * 2 <= ended.revealed)) broken = "too few votes";
        } catch {}
    }

    function collectCredit(uint256 who) external {
        _collectCredit(_party(who));
    }

    // Time

    function wait(uint32 time) external {
        _pass(bound(time, 1 minutes, 14 hours));
    }

    // What must hold

    /// @return holds what Disputes holds of the token
    /// @return owes bonds of auditors, bonds of open challenges and credits
    function money() external view returns (uint256 holds, uint256 owes) {
        holds = token.balanceOf(address(disputes));
        for (uint256 i = 0; i < AUDITORS; ++i) owes += disputes.auditorOf(_auditor(i)).bond;
        for (uint256 i = 0; i < 12; ++i) owes += disputes.creditOf(_party(i));
        for (uint256 id = 1; id <= disputes.challenges(); ++id) {
            Challenge memory one = disputes.challengeOf(id);
            if (one.verdict == Verdict.Open) owes += one.bond;
        }
    }

    /// @return seats how many an auditor has by its own account
    /// @return found on how many open panels it is
    /// @return fines what it would lose if it opened no vote on any
    /// @return bond what it can lose
    function auditorAt(uint256 i) external view returns (uint256 seats, uint256 found, uint256 fines, uint256 bond) {
        (seats, bond) = (disputes.auditorOf(_auditor(i)).seats, disputes.auditorOf(_auditor(i)).bond);
        fines = (seats * disputes.AUDITOR_BOND()) / disputes.FINES_PER_BOND();
        for (uint256 id = 1; id <= disputes.challenges(); ++id) {
            if (disputes.challengeOf(id).verdict != Verdict.Open) continue;
            Seat[] memory panel = disputes.panelOf(id);
            for (uint256 k = 0; k < panel.length; ++k) if (panel[k].auditor == _auditor(i)) ++found;
        }
    }

    /// @notice Each verdict is reached at most once, and no two convictions slash for the same receipt.
    function look() external {
        if (msg.sender != TEST) return;
        for (uint256 id = 1; id <= disputes.challenges(); ++id) {
            Verdict verdict = disputes.challengeOf(id).verdict;
            if (seen[id] != Verdict.Open && verdict != seen[id]) broken = "a verdict changed";
            seen[id] = verdict;
        }
    }

    /// @notice Everything ends by itself, and everybody has their money back.
    function close() external {
        if (msg.sender != TEST) return;
        _pass(4 * PHASE);
        for (uint256 id = 1; id <= disputes.challenges(); ++id) {
            if (disputes.challengeOf(id).verdict == Verdict.Open) disputes.resolve(id);
        }
        for (uint256 i = 0; i < AUDITORS; ++i) {
            if (disputes.auditorOf(_auditor(i)).enrolledAt != 0) {
                vm.prank(_auditor(i));
                disputes.retire();
            }
            if (disputes.auditorOf(_auditor(i)).bond == 0) continue;
            vm.prank(_auditor(i));
            disputes.withdrawBond(_auditor(i));
        }
        for (uint256 i = 0; i < 12; ++i) _collectCredit(_party(i));
    }

    function _enroll(address who, uint128 amount) private {
        token.mint(who, amount);
        vm.prank(who);
        token.approve(address(disputes), amount);
        vm.prank(who);
        disputes.enroll(amount);
    }

    function _collectCredit(address who) private {
        if (disputes.creditOf(who) == 0) return;
        vm.prank(who);
        disputes.collectCredit(who);
    }

    /// @dev A header with this randomness, as the chain would have had it.
    function _draw(uint256 id, uint64 seedBlock, bytes32 randomness) private {
        if (height <= seedBlock) _pass(12 * (seedBlock + 1 - height));
        bytes memory header = _header(randomness);
        if (height - seedBlock <= 256) vm.setBlockhash(seedBlock, keccak256(header));
        try disputes.drawSeed(id, header) {} catch {}
    }

    function _proceed(uint256 id, uint256 who, uint256 convicting, bytes32 randomness) private {
        Challenge memory open = disputes.challengeOf(id);
        if (open.openedAt == 0 || open.verdict != Verdict.Open) return;
        uint256 phase = (clock - open.openedAt) / PHASE;
        if (phase == 0 && open.seed == 0) _draw(id, open.seedBlock, randomness);
        for (uint256 i = 0; i < AUDITORS; ++i) {
            // Three of four go on.
            if ((who >> (2 * i)) % 4 == 0) continue;
            bool convict = (convicting >> i) % 2 == 1;
            if (phase == 0) _nominate(id, _auditor(i));
            else if (phase == 1) _commit(id, _auditor(i), convict);
            else _reveal(id, _auditor(i), who % 7 == 0 ? convict : votes[id][_auditor(i)]);
        }
    }

    function _nominate(uint256 id, address auditor) private {
        try disputes.nominate(id, auditor) {} catch {}
    }

    function _commit(uint256 id, address auditor, bool convict) private {
        vm.prank(auditor);
        try disputes.commitVote(id, keccak256(abi.encode(id, auditor, convict, bytes32(id)))) {
            votes[id][auditor] = convict;
        } catch {}
    }

    function _reveal(uint256 id, address auditor, bool convict) private {
        vm.prank(auditor);
        try disputes.revealVote(id, convict, bytes32(id)) {
            if (convict != votes[id][auditor]) broken = "a vote was opened that wasn't committed";
        } catch {}
    }

    /// @dev A list of fifteen strings, the randomness at its place.
    function _header(bytes32 randomness) private pure returns (bytes memory) {
        bytes memory word = abi.encodePacked(hex"a0", bytes32(0));
        bytes memory body = abi.encodePacked(word, word, hex"94", address(0), word, word, word);
        body = abi.encodePacked(body, hex"b90100", new bytes(256), hex"8080808080", hex"80");
        body = abi.encodePacked(body, hex"a0", randomness, hex"80");
        return abi.encodePacked(hex"f9", uint16(body.length), body);
    }

    /// @dev A challenge, a late one most often.
    function _some(uint256 which) private view returns (uint256) {
        uint256 count = disputes.challenges();
        return count == 0 ? 1 : count - ((which % count) / 2);
    }

    function _pass(uint256 time) private {
        (clock, height) = (clock + time, height + time / 12 + 1);
        vm.warp(clock);
        vm.roll(height);
    }

    function _auditor(uint256 i) private pure returns (address) {
        return address(uint160(0xa0d1_0000 + (i % AUDITORS)));
    }

    /// @dev A stranger, or somebody who is a party already: the payer, an auditor.
    function _challenger(uint256 i) private view returns (address) {
        return
            i % 4 == 0
                ? payers[0]
                : i % 4 == 1
                    ? _auditor(0)
                    : address(uint160(0xc0de));
    }

    /// @dev Everybody to whom a challenge can give something.
    function _party(uint256 i) private view returns (address) {
        if (i % 12 < AUDITORS) return _auditor(i % 12);
        address[4] memory others = [providers[0], TREASURY, payers[0], address(uint160(0xc0de))];
        return others[(i % 12) - AUDITORS];
    }
}
