// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A wallet of a pool, and its share of what the pool's provider earns, in 1/10,000.
struct Member {
    address wallet;
    uint16 basisPoints;
}

/// @title What was earned, and who shares it
/// @notice A provider's earnings are its own, unless it has a pool: then they are divided by the pool's shares. Dividing is
/// lazy, so that being paid costs the same with a pool as without: earnings gather undivided until anybody calls `divide`,
/// or until other shares take their place, which divides first. So what was earned before a change is divided by the old
/// shares, and what is earned after it by the new ones.
/// @dev Each part is rounded down; the remainder, less than a unit for each member, stays undivided and is part of the next
/// division. Nobody is sent anything: a member that can't be paid, or doesn't want to be, blocks nobody.
///
/// The provider proposes shares; each wallet that would be a member has to accept them; they are applied after a delay, by
/// anybody. Members of the old pool need not agree: a veto would let one of them hold the others for ever. They see a change
/// coming for as long as the delay, and what was earned until it is theirs whatever happens.
interface IEarnings {
    /// @notice `earner` sent `amount` of its earnings to `to`.
    event Collected(address indexed earner, address indexed to, uint128 amount);
    /// @notice `earner` moved `amount` of its earnings into its own payer balance.
    event Recycled(address indexed earner, uint128 amount);
    /// @notice `provider` wants its earnings divided among `members` (none: no pool any more) from `readyAt` on, once each of
    /// them accepted.
    event PoolProposed(address indexed provider, bytes32 indexed pool, Member[] members, uint64 readyAt);
    /// @notice `member` agrees to its share in a pool that was proposed.
    event PoolAccepted(address indexed provider, bytes32 indexed pool, address indexed member);
    /// @notice What `provider` earns from now on is divided by the shares of `pool`.
    event PoolApplied(address indexed provider, bytes32 indexed pool);
    /// @notice `member` can collect `amount` of what `provider` earned.
    event Divided(address indexed provider, address indexed member, uint128 amount);

    /// @notice An address must not be zero.
    error ZeroAddress();
    /// @notice An amount must not be zero.
    error ZeroAmount();
    /// @notice `wanted` is more than what is `available`.
    error InsufficientBalance(uint256 wanted, uint256 available);
    /// @notice A pool can have only so many members.
    error TooManyMembers(uint256 count, uint256 most);
    /// @notice A wallet is twice in a pool.
    error MemberTwice(address wallet);
    /// @notice The shares of a pool must sum up to the whole.
    error SharesDontSum(uint256 found, uint256 expected);
    /// @notice This isn't what `provider` proposes; `expected` is (0: nothing).
    error PoolUnknown(address provider, bytes32 pool, bytes32 expected);
    /// @notice A wallet has not accepted its share.
    error NotAccepted(bytes32 pool, address wallet);
    /// @notice The shares can't be applied before `readyAt`.
    error PoolTooEarly(uint64 readyAt);
    /// @notice The shares could be applied until `lastAt` only: nobody must meet a change that everybody forgot.
    error PoolTooLate(uint64 lastAt);

    /// @notice Sends earnings of the caller to any address.
    /// @param to who receives the tokens
    /// @param amount how much, in base units
    function collect(address to, uint128 amount) external;

    /// @notice Moves earnings of the caller into its own payer balance.
    /// @param amount how much, in base units
    function recycle(uint128 amount) external;

    /// @notice Proposes to divide what the caller earns; an earlier proposal is replaced.
    /// @param members at most 16 wallets with shares that sum up to 10,000; none to end the pool
    /// @return pool names the proposal, for those who accept it
    function proposePool(Member[] calldata members) external returns (bytes32 pool);

    /// @notice Agrees to the caller's share. A provider that is a member of its own pool need not call this.
    /// @param provider whose earnings will be divided
    /// @param pool what it proposes
    function acceptPool(address provider, bytes32 pool) external;

    /// @notice Puts a proposal into effect that each member accepted, after the delay. Anyone.
    /// @param provider whose earnings will be divided
    /// @param members as they were proposed
    function applyPool(address provider, Member[] calldata members) external;

    /// @notice Divides what a provider has earned, so that its members can collect it. Anyone.
    /// @param provider whose earnings; without a pool they were its own already
    function divide(address provider) external;

    /// @notice The token of this rail.
    function TOKEN() external view returns (address);

    /// @notice What an earner can collect; its part of what is undivided in pools isn't counted.
    /// @param earner a provider, a member of a pool, or the treasury
    function earnedOf(address earner) external view returns (uint128);

    /// @notice How the earnings of a provider are divided.
    /// @param provider whose earnings
    /// @return members its pool; none if what it earns is its own
    /// @return undivided what was earned and waits to be divided, 0 without a pool
    function poolOf(address provider) external view returns (Member[] memory members, uint128 undivided);

    /// @notice What a provider proposes.
    /// @param provider whose earnings
    /// @return pool the proposal's name, 0 if there is none
    /// @return readyAt when it can be applied
    function proposedPoolOf(address provider) external view returns (bytes32 pool, uint64 readyAt);

    /// @notice Whether a wallet accepted its share.
    /// @param pool the proposal's name
    /// @param wallet a member
    function hasAccepted(bytes32 pool, address wallet) external view returns (bool);
}
