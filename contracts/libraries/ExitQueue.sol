// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Exit} from "../interfaces/IEscrow.sol";

/// @title Money that leaves after a period, first in, first out
/// @notice Every exit keeps its own time, so that a later one can neither hurry nor delay an earlier one.
library ExitQueue {
    /// @notice Only so many exits can be under way; wait for the first and withdraw it.
    error TooManyExits(uint256 most);

    uint64 internal constant LENGTH = 16;

    /// @dev A ring: exit i of `count` is at (`head` + i) mod LENGTH.
    struct Queue {
        uint128 total;
        uint64 head;
        uint64 count;
        mapping(uint256 slot => Exit) exits;
    }

    function push(Queue storage queue, uint128 amount, uint64 readyAt) internal {
        uint64 count = queue.count;
        require(count < LENGTH, TooManyExits(LENGTH));
        queue.exits[(queue.head + count) % LENGTH] = Exit(amount, readyAt);
        queue.count = count + 1;
        queue.total += amount;
    }

    /// @return amount the sum of the exits that are ready; they are gone from the queue
    function popReady(Queue storage queue) internal returns (uint128 amount) {
        (uint64 head, uint64 count) = (queue.head, queue.count);
        while (count > 0) {
            Exit storage first = queue.exits[head];
            if (first.readyAt > block.timestamp) break;
            amount += first.amount;
            head = (head + 1) % LENGTH;
            count -= 1;
        }
        (queue.head, queue.count) = (head, count);
        queue.total -= amount;
    }

    /// @dev An exit that was taken whole leaves the queue: sixteen empty ones would close it for ever.
    /// @return taken up to `wanted`, from the oldest exits first; what is left of one keeps its time
    function take(Queue storage queue, uint128 wanted) internal returns (uint128 taken) {
        (uint64 head, uint64 count) = (queue.head, queue.count);
        while (count > 0 && taken < wanted) {
            Exit storage first = queue.exits[head];
            uint128 amount = first.amount;
            if (amount > wanted - taken) {
                first.amount = amount - (wanted - taken);
                taken = wanted;
                break;
            }
            taken += amount;
            head = (head + 1) % LENGTH;
            count -= 1;
        }
        (queue.head, queue.count) = (head, count);
        queue.total -= taken;
    }

    /// @return amount the sum of all exits; they are gone from the queue
    function clear(Queue storage queue) internal returns (uint128 amount) {
        amount = queue.total;
        (queue.total, queue.head, queue.count) = (0, 0, 0);
    }

    /// @return when the first exit is ready, 0 if there is none
    function nextReadyAt(Queue storage queue) internal view returns (uint64) {
        return queue.count == 0 ? 0 : queue.exits[queue.head].readyAt;
    }

    /// @return list the exits, oldest first
    function toList(Queue storage queue) internal view returns (Exit[] memory list) {
        list = new Exit[](queue.count);
        for (uint64 i = 0; i < list.length; ++i) list[i] = queue.exits[(queue.head + i) % LENGTH];
    }
}
