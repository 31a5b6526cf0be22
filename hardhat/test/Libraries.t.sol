// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Exit} from "../../contracts/interfaces/IEscrow.sol";
import {ProofStep, Receipt, Totals} from "../../contracts/interfaces/Messages.sol";
import {AccountWord} from "../../contracts/libraries/AccountWord.sol";
import {ExitQueue} from "../../contracts/libraries/ExitQueue.sol";
import {Exposure} from "../../contracts/libraries/Exposure.sol";
import {Pricing} from "../../contracts/libraries/Pricing.sol";
import {SumTree} from "../../contracts/libraries/SumTree.sol";
import {Test} from "./support/Test.sol";

contract LibrariesTest is Test {
    using ExitQueue for ExitQueue.Queue;
    using Exposure for Exposure.Window;

    ExitQueue.Queue private queue;
    Exposure.Window private window;

    function testFuzz_an_account_word_keeps_its_fields_apart(
        uint104 balance,
        uint104 spent,
        uint32 epoch,
        uint16 reserves,
        uint256 amount
    ) external pure {
        vm.assume(uint256(balance) + spent <= type(uint104).max && epoch < type(uint32).max);
        vm.assume(reserves != 0 && reserves < type(uint16).max);
        uint256 raw = uint256(balance) | (uint256(spent) << 104) | (uint256(epoch) << 208);
        AccountWord word = AccountWord.wrap(raw | (uint256(reserves) << 240));
        amount = bound(amount, 0, balance);
        check(word, balance, spent, epoch, reserves);
        check(word.pay(amount), balance - amount, spent + amount, epoch, reserves);
        check(word.debit(amount), balance - amount, spent, epoch, reserves);
        uint256 room = type(uint104).max - uint256(balance) - spent;
        check(word.credit(room), balance + room, spent, epoch, reserves);
        check(word.nextEpoch(), balance, spent, uint256(epoch) + 1, reserves);
        check(word.addReserve(), balance, spent, epoch, uint256(reserves) + 1);
        check(word.dropReserve(), balance, spent, epoch, uint256(reserves) - 1);
    }

    function testFuzz_an_exit_queue_pays_each_exit_once_and_in_time(
        uint16[12] memory amounts,
        uint8[12] memory waits
    ) external {
        uint256 clock = 1_000_000;
        uint256 put = 0;
        uint256 got = 0;
        for (uint256 i = 0; i < amounts.length; ++i) {
            if (queue.count < ExitQueue.LENGTH) {
                queue.push(amounts[i], uint64(clock) + 100);
                put += amounts[i];
            }
            clock += waits[i];
            vm.warp(clock);
            uint256 due = 0;
            Exit[] memory exits = queue.toList();
            for (uint256 j = 0; j < exits.length; ++j) {
                if (exits[j].readyAt <= clock) due += exits[j].amount;
            }
            uint256 popped = this.popReady();
            equal(popped, due, "what is ready");
            got += popped;
            if (i % 3 == 2) got += queue.take(uint128(amounts[i]) / 2);
            equal(queue.total, put - got, "what is left");
        }
        vm.warp(clock + 100);
        equal(this.popReady() + got, put, "all in all");
        equal(queue.count, 0, "nothing is left");
    }

    function testFuzz_a_window_never_forgets_what_lies_within_it(
        uint32[10] memory amounts,
        uint16[10] memory waits
    ) external {
        uint64 length = 10_000;
        uint256 clock = 1_000_000;
        uint256[10] memory times;
        for (uint256 i = 0; i < amounts.length; ++i) {
            clock += waits[i];
            vm.warp(clock);
            times[i] = clock;
            this.add(amounts[i], length);
            uint256 within = 0;
            uint256 twice = 0;
            for (uint256 j = 0; j <= i; ++j) {
                if (times[j] + length > clock) within += amounts[j];
                if (times[j] + 2 * length > clock) twice += amounts[j];
            }
            uint256 counted = this.used(length);
            atMost(within, counted, "what was added within the window");
            atMost(counted, twice, "nothing older than two windows counts");
        }
    }

    function test_a_window_that_is_full_stays_full() external {
        vm.warp(1_000_000);
        this.add(type(uint104).max, 10_000);
        this.add(1, 10_000);
        equal(this.used(10_000), type(uint104).max, "what was used");
    }

    function testFuzz_points_are_at_most_eleven(uint32 durationMs, uint32 promptTokens, uint8 status) external view {
        Receipt memory receipt;
        (receipt.durationMs, receipt.promptTokens, receipt.status) = (durationMs, promptTokens, status);
        uint64 points = this.pointsOf(receipt);
        atMost(points, Pricing.MOST_POINTS, "points");
        if (status > 1) equal(points, 0, "points of a failure");
        else atMost(3, points, "points of a success");
    }

    function testFuzz_a_fee_is_rounded_up_once(
        uint32 promptTokens,
        uint32 cachedTokens,
        uint32 completionTokens,
        uint64[3] memory prices
    ) external view {
        Receipt memory receipt;
        receipt.promptTokens = promptTokens;
        receipt.cachedTokens = uint32(bound(cachedTokens, 0, promptTokens));
        receipt.completionTokens = completionTokens;
        (receipt.inputPrice, receipt.cachedPrice, receipt.outputPrice) = (prices[0], prices[1], prices[2]);
        uint256 exact = uint256(promptTokens - receipt.cachedTokens) * prices[0];
        exact += uint256(receipt.cachedTokens) * prices[1] + uint256(completionTokens) * prices[2];
        uint256 fee = this.feeOf(receipt);
        if (completionTokens == 0) return equal(fee, 0, "fee of nothing");
        atMost(exact, fee * 1e6, "never below the price");
        if (fee != 0) atMost((fee - 1) * 1e6 + 1, exact, "less than one unit above it");
    }

    function testFuzz_every_leaf_is_proven_and_no_other_total_is(
        uint256 seed,
        uint8 size,
        uint8 position
    ) external view {
        uint256 count = bound(size, 1, 33);
        uint256 index = bound(position, 0, count - 1);
        (bytes32 root, ProofStep[] memory proof, bytes32 leaf, Totals memory totals) = _prove(seed, count, index);
        require(this.climb(leaf, totals, uint64(index), proof) == root, "the leaf is proven");
        totals.fees += 1;
        require(this.climb(leaf, totals, uint64(index), proof) != root, "another total is not");
        totals.fees -= 1;
        if (proof.length == 0) return;
        require(this.climb(leaf, totals, uint64(index ^ 1), proof) != root, "another place is not");
        proof[seed % proof.length].totals.points += 1;
        require(this.climb(leaf, totals, uint64(index), proof) != root, "another sibling is not");
    }

    function testFuzz_depth_is_the_logarithm_rounded_up(uint64 leaves) external pure {
        leaves = uint64(bound(leaves, 1, SumTree.MOST_LEAVES));
        uint256 depth = SumTree.depth(leaves);
        atMost(leaves, 2 ** depth, "the tree is large enough");
        if (depth != 0) atMost(2 ** (depth - 1) + 1, leaves, "and no larger");
    }

    function check(AccountWord word, uint256 balance, uint256 spent, uint256 epoch, uint256 reserves) private pure {
        equal(word.balance(), balance, "balance");
        equal(word.spent(), spent, "spent");
        equal(word.epoch(), epoch, "epoch");
        equal(word.reserves(), reserves, "reserves");
    }

    function _prove(
        uint256 seed,
        uint256 count,
        uint256 index
    ) private pure returns (bytes32 root, ProofStep[] memory proof, bytes32 leaf, Totals memory totals) {
        uint256 depth = SumTree.depth(uint64(count));
        ProofStep[] memory level = new ProofStep[](2 ** depth);
        for (uint256 i = 0; i < count; ++i) {
            bytes32 random = keccak256(abi.encode(seed, i));
            uint64 part = uint64(uint256(random));
            Totals memory sums = Totals(part & 1, part >> 16, uint128(part), part & 15);
            level[i] = ProofStep(SumTree.leaf(random, sums), sums);
        }
        (leaf, totals) = (level[index].hash, level[index].totals);
        proof = new ProofStep[](depth);
        for (uint256 k = 0; k < depth; ++k) {
            proof[k] = level[(index >> k) ^ 1];
            for (uint256 i = 0; i < level.length >> (k + 1); ++i) {
                (ProofStep memory left, ProofStep memory right) = (level[2 * i], level[2 * i + 1]);
                bytes32 hash = SumTree.inner(left.hash, left.totals, right.hash, right.totals);
                level[i] = ProofStep(hash, SumTree.add(left.totals, right.totals));
            }
        }
        root = SumTree.root(level[0].hash, level[0].totals);
    }

    // Calldata needs a call, and so does the time: within one call the optimizer reads it once.

    function popReady() external returns (uint128) {
        return queue.popReady();
    }

    function add(uint128 amount, uint64 length) external {
        window.add(amount, length);
    }

    function used(uint64 length) external view returns (uint128) {
        return Exposure.used(window, length);
    }

    function pointsOf(Receipt calldata receipt) external pure returns (uint64) {
        return Pricing.points(receipt);
    }

    function feeOf(Receipt calldata receipt) external pure returns (uint128) {
        return Pricing.fee(receipt);
    }

    function climb(
        bytes32 hash,
        Totals calldata totals,
        uint64 index,
        ProofStep[] calldata proof
    ) external pure returns (bytes32) {
        return SumTree.climb(hash, totals, index, proof);
    }
}
