// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

// The money of Escrow, Staking and Disputes, reduced to what a model checker can follow. scripts/prove has solc's checker (CHC) show
// each assert for every sequence of calls with every argument.
//
// What was left out, and why that can't matter:
// - Everybody but one. Each model follows one payer (or one provider); the money of all others is one sum, which calls change
//   by any amount that it allows. The one is anyone: the contracts treat no address in a way of its own (but for the
//   treasury, an earner like others), and write the words of those alone whom the call names. So what holds for one holds for
//   each, and for their sum.
// - Signatures, grants, epochs, the ceiling of stake. They only bound how much a claim moves. Here the bounds are arguments,
//   so the models allow each claim that the contracts allow, and more.
// - Time. Whether a thaw is ready, a reserve lives, a period is over: arguments too. All timings are covered, and impossible
//   ones.
// - The queue of exits. Only its total reaches the money; that each exit is paid once, in time, is fuzzed by itself.
// - The fee. A share of 5 % at most in Settlement; here any share up to all: earnings are one sum of provider and treasury.
// - The token. What arrives is an argument, since a token may take a fee; what leaves is what the contract asks for. A token
//   that lies about its balances harms those who chose it: tests show that it harms nobody else.
// - The packed account word. Its fields are variables here. Turnover shows that they never run into each other; that the
//   word then counts as the variables do is fuzzed (Libraries.t.sol).
// - Vaults. Stake in a vault is counted in its shares, by the same rules as in tokens, and its provider has no other: so Stake
//   holds for the token and for each vault's shares alike. Entering a vault is a withdrawal from one and a stake in the other.
// - Pools. Dividing moves earnings among earners, whose sum is one variable; that it adds up is fuzzed and tested.
// - Escrow's parts that don't share a variable stand in a model each, since the checker's effort grows with the product:
//   what one takes from another (`free`, `most`) is an argument, hence any value.

/// @title No sequence of calls pays out more than came in
contract Money {
    uint256 private balance;
    uint256 private others;
    uint256 private earned;
    uint256 private cameIn;
    uint256 private wentOut;

    function deposit(uint104 arrived) external {
        balance += arrived;
        cameIn += arrived;
    }

    function depositOfOthers(uint104 arrived) external {
        others += arrived;
        cameIn += arrived;
    }

    /// @param ready the sum of the exits that are ready
    /// @param free the balance less what is reserved, or anything below it
    function withdraw(uint128 ready, uint256 free) external {
        require(free <= balance);
        uint256 amount = ready < free ? ready : free;
        balance -= amount;
        wentOut += amount;
    }

    function withdrawOfOthers(uint128 amount) external {
        others -= amount;
        wentOut += amount;
    }

    /// @param due the voucher less what was claimed
    /// @param most what the grant and the stake leave
    function pay(uint128 due, uint256 most, uint256 free) external {
        require(free <= balance);
        uint256 amount = due < most ? due : most;
        if (free < amount) amount = free;
        balance -= amount;
        earned += amount;
    }

    function payOfOthers(uint128 amount) external {
        others -= amount;
        earned += amount;
    }

    function collect(uint128 amount) external {
        require(amount <= earned);
        earned -= amount;
        wentOut += amount;
    }

    function recycle(uint128 amount, bool own) external {
        require(amount <= earned);
        earned -= amount;
        if (own) balance += amount;
        else others += amount;
    }

    function check() external view {
        assert(wentOut + balance + others + earned == cameIn);
    }
}

/// @title A pair's `claimed` never falls, never exceeds its highest voucher, and adds up to what was spent
/// @notice Two nodes of one payer: `claimed` and `elsewhere`, which is the sum of its pairs with all other nodes.
contract Turnover {
    uint256 private constant MOST = type(uint104).max;

    uint256 private balance;
    uint256 private spent;
    uint256 private claimed;
    uint256 private elsewhere;
    uint256 private voucher;
    bool private fell;

    /// @dev A deposit, or earnings that are recycled.
    function credit(uint128 amount) external {
        require(balance + spent + amount <= MOST);
        balance += amount;
    }

    function withdraw(uint128 amount) external {
        balance -= amount;
    }

    /// @param most the least of what the grant, the stake and the money leave
    function pay(uint128 cumulative, uint256 most) external {
        require(most <= balance);
        uint256 before = claimed;
        if (cumulative > voucher) voucher = cumulative;
        if (cumulative > claimed) {
            uint256 amount = cumulative - claimed;
            if (most < amount) amount = most;
            balance -= amount;
            spent += amount;
            claimed = claimed + amount;
        }
        if (claimed < before) fell = true;
    }

    function payElsewhere(uint256 amount) external {
        balance -= amount;
        spent += amount;
        elsewhere += amount;
    }

    function check() external view {
        assert(!fell && claimed <= voucher && spent == claimed + elsewhere && balance + spent <= MOST);
    }
}

/// @title What is reserved is there, adds up, and blocks nothing
/// @notice The reserves of one payer: `own` for one provider, `rest` for all others.
contract Reserves {
    uint256 private balance;
    uint256 private held;
    uint256 private own;
    uint256 private rest;

    function credit(uint104 amount) external {
        balance += amount;
    }

    function withdraw(uint128 ready) external {
        uint256 free = balance > held ? balance - held : 0;
        balance -= ready < free ? ready : free;
    }

    function reserve(uint128 amount, uint128 thawing) external {
        uint256 kept = held - own;
        uint256 free = balance > thawing + kept ? balance - thawing - kept : 0;
        require(amount <= free);
        (held, own) = (kept + amount, amount);
    }

    /// @dev One of the others: its old reserve is any part of theirs.
    function reserveOfOthers(uint128 amount, uint128 old, uint128 thawing) external {
        require(old <= rest);
        uint256 kept = held - old;
        uint256 free = balance > thawing + kept ? balance - thawing - kept : 0;
        require(amount <= free);
        (held, rest) = (kept + amount, rest - old + amount);
    }

    function release() external {
        (held, own) = (held - own, 0);
    }

    /// @param alive whether the provider's reserve has not expired
    function pay(uint128 due, bool alive) external {
        uint256 kept = alive ? held - own : held;
        uint256 free = balance > kept ? balance - kept : 0;
        uint256 amount = due < free ? due : free;
        uint256 part = !alive || amount > own ? own : amount;
        balance -= amount;
        (held, own) = (held - part, own - part);
    }

    function payOfOthers(uint128 due, uint128 hold, bool alive) external {
        require(hold <= rest);
        uint256 kept = alive ? held - hold : held;
        uint256 free = balance > kept ? balance - kept : 0;
        uint256 amount = due < free ? due : free;
        uint256 part = !alive || amount > hold ? hold : amount;
        balance -= amount;
        (held, rest) = (held - part, rest - part);
    }

    function check() external view {
        assert(held == own + rest && held <= balance);
    }
}

/// @title Staking pays out what came in, and a slash takes no more than there is and gives away what it took
/// @notice One provider's stake; `others` is the stake, free and unbonding, of all others.
contract Stake {
    uint256 private free;
    uint256 private unbonding;
    uint256 private others;
    uint256 private compensation;
    uint256 private cameIn;
    uint256 private wentOut;

    function stake(uint104 arrived, bool own) external {
        if (own) free += arrived;
        else others += arrived;
        cameIn += arrived;
    }

    function unstake(uint128 amount) external {
        require(amount <= free);
        (free, unbonding) = (free - amount, unbonding + amount);
    }

    function withdraw(uint128 ready, bool own) external {
        if (own) unbonding -= ready;
        else others -= ready;
        wentOut += ready;
    }

    /// @param share what the reporter gets of what is left after the payer, at most all of it
    function slash(uint128 amount, uint128 harm, uint128 share) external {
        uint256 taken = amount < unbonding ? amount : unbonding;
        uint256 more = amount - taken < free ? amount - taken : free;
        (unbonding, free) = (unbonding - taken, free - more);
        taken += more;
        uint256 toPayer = harm < taken / 2 ? harm : taken / 2;
        uint256 toReporter = share < taken - toPayer ? share : taken - toPayer;
        compensation += toPayer;
        compensation += toReporter;
        compensation += taken - toPayer - toReporter;
    }

    function slashOther(uint128 taken) external {
        others -= taken;
        compensation += taken;
    }

    function collect(uint128 amount) external {
        require(amount <= compensation);
        compensation -= amount;
        wentOut += amount;
    }

    function check() external view {
        assert(wentOut + free + unbonding + others + compensation == cameIn);
    }
}

/// @title Disputes pays out what came in, and a challenge gives away its bond and its fines, no more
contract Panel {
    uint256 private bonds;
    uint256 private open;
    uint256 private credit;
    uint256 private cameIn;
    uint256 private wentOut;

    function enroll(uint104 arrived) external {
        bonds += arrived;
        cameIn += arrived;
    }

    function withdrawBond(uint128 bond) external {
        bonds -= bond;
        wentOut += bond;
    }

    function challenge(uint104 arrived) external {
        open += arrived;
        cameIn += arrived;
    }

    /// @param fines what the panel's auditors lose, of their bonds
    /// @param finesPaid how much of that can be shared in equal parts, and `wagesPaid` how much of the wages
    function resolve(uint128 bond, uint128 fines, uint128 finesPaid, uint128 wagesPaid, bool acquitted) external {
        require(bond <= open && fines <= bonds);
        open -= bond;
        bonds -= fines;
        if (acquitted) {
            uint256 wages = bond / 2;
            require(wagesPaid <= wages);
            credit += wagesPaid;
            credit += bond - wages + (wages - wagesPaid);
        } else {
            credit += bond;
        }
        require(finesPaid <= fines);
        credit += finesPaid;
        credit += fines - finesPaid;
    }

    function collect(uint128 amount) external {
        require(amount <= credit);
        credit -= amount;
        wentOut += amount;
    }

    function check() external view {
        assert(wentOut + bonds + open + credit == cameIn);
    }
}
