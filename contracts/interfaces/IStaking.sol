// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Exit} from "./IEscrow.sol";
import {Signature} from "./Messages.sol";

/// @title Staking
/// @notice Holds what providers lose when they cheat, and says which node key belongs to whom.
/// @dev The same assumptions about the token as in Escrow.
interface IStaking {
    /// @notice `provider` has `amount` (what really arrived) more at stake; `from` sent it.
    event Staked(address indexed provider, address indexed from, uint128 amount);
    /// @notice `amount` of `provider` may be withdrawn from `readyAt` on, and can be slashed until it is.
    event Unbonding(address indexed provider, uint128 amount, uint64 readyAt);
    /// @notice `provider` sent `amount` of its former stake to `to`.
    event Unstaked(address indexed provider, address indexed to, uint128 amount);
    /// @notice `provider` lost `amount`: `toPayer` to `payer`, `toReporter` to `reporter`, the rest to the treasury.
    event Slashed(
        address indexed provider,
        address indexed payer,
        address indexed reporter,
        uint128 amount,
        uint128 toPayer,
        uint128 toReporter
    );
    /// @notice `owner` sent `amount` of what a slash gave it to `to`.
    event CompensationCollected(address indexed owner, address indexed to, uint128 amount);
    /// @notice `node` belongs to `provider`, for ever.
    event NodeAdded(address indexed provider, address indexed node);
    /// @notice `provider` doesn't use `node` any more; what it signed stays valid.
    event NodeRetired(address indexed provider, address indexed node);
    /// @notice Where `provider` can be reached, and what it offers (JSON).
    event Announced(address indexed provider, string endpoint, string offers);
    /// @notice The minimum stake will be `amount` from `readyAt` on, once applied.
    event MinimumStakeProposed(uint128 amount, uint64 readyAt);
    /// @notice The minimum stake is `amount`.
    event MinimumStakeChanged(uint128 amount);

    /// @notice Only Disputes may call this.
    error NotDisputes(address caller);
    /// @notice An address must not be zero.
    error ZeroAddress();
    /// @notice An amount must not be zero.
    error ZeroAmount();
    /// @notice `wanted` is more than what is `available`.
    error InsufficientStake(uint256 wanted, uint256 available);
    /// @notice Nothing has unbonded; the first exit is ready at `readyAt` (0: there is none).
    error NothingToWithdraw(uint64 readyAt);
    /// @notice A period must lie within hard bounds.
    error PeriodOutOfBounds(uint64 period, uint64 least, uint64 most);
    /// @notice The minimum stake must lie within hard bounds.
    error MinimumStakeOutOfBounds(uint128 amount, uint128 least, uint128 most);
    /// @notice A provider has less at stake than the minimum.
    error StakeBelowMinimum(uint128 stake, uint128 minimum);
    /// @notice The node key belongs to `provider` already.
    error NodeTaken(address node, address provider);
    /// @notice The node key is not one of the caller's.
    error NotYourNode(address node, address provider);
    /// @notice The signature isn't the node's; it recovers to `signer` (0: malformed).
    error BadNodeSignature(address node, address signer);
    /// @notice A text is longer than `most` bytes.
    error TextTooLong(uint256 length, uint256 most);

    /// @notice Takes `amount` of the token from the caller and adds what arrives to its stake.
    /// @param amount how much to ask the token for, in base units
    /// @return credited the difference of the token balance
    function stake(uint128 amount) external returns (uint128 credited);

    /// @notice Takes `amount` from the caller and adds what arrives to the stake of `provider`.
    /// @param provider whose stake grows
    /// @param amount how much to ask the token for, in base units
    /// @return credited the difference of the token balance
    function stakeFor(address provider, uint128 amount) external returns (uint128 credited);

    /// @notice Starts to take `amount` out of the caller's stake.
    /// @param amount at most the free stake
    /// @return readyAt when it can be withdrawn
    function unstake(uint128 amount) external returns (uint64 readyAt);

    /// @notice Sends all that has unbonded to `to`.
    /// @param to who receives the tokens
    /// @return amount how much was sent
    function withdraw(address to) external returns (uint128 amount);

    /// @notice Binds a node key to the caller for ever.
    /// @param node the address of the key
    /// @param possession the key's signature under `NodeKey(provider, node)`
    function addNode(address node, Signature calldata possession) external;

    /// @notice Says that a node key isn't used any more.
    /// @param node a key of the caller
    function retireNode(address node) external;

    /// @notice Says where the caller can be reached and what it offers.
    /// @param endpoint a URL, at most 2,048 bytes
    /// @param offers JSON, at most 8,192 bytes
    function announce(string calldata endpoint, string calldata offers) external;

    /// @notice Takes up to `amount` from `provider`, unbonding stake first. Only Disputes.
    /// @param provider who loses it
    /// @param amount how much, in base units; what isn't there can't be taken
    /// @param payer who was harmed, and is made whole first, with at most half of what is taken (0: nobody)
    /// @param harm how much it is owed
    /// @param reporter who proved it, and earns a bounded share of the rest
    /// @return taken how much was taken
    function slash(
        address provider,
        uint128 amount,
        address payer,
        uint128 harm,
        address reporter
    ) external returns (uint128 taken);

    /// @notice Sends all that slashes gave to the caller to `to`.
    /// @param to who receives the tokens
    /// @return amount how much was sent
    function collectCompensation(address to) external returns (uint128 amount);

    /// @notice Proposes another minimum stake. Only the owner.
    function proposeMinimumStake(uint128 amount) external;

    /// @notice Applies the proposed minimum stake after the delay. Anyone.
    function applyMinimumStake() external;

    /// @notice The token of this rail.
    function TOKEN() external view returns (address);

    /// @notice The one contract that may slash.
    function DISPUTES() external view returns (address);

    /// @notice Who gets what is left of a slash.
    function TREASURY() external view returns (address);

    /// @notice Seconds between `unstake` and `withdraw`.
    function UNBONDING_PERIOD() external view returns (uint64);

    /// @notice What a provider must have at stake to add a node.
    function minimumStake() external view returns (uint128);

    /// @notice The provider that a node key belongs to, or 0.
    function providerOf(address node) external view returns (address);

    /// @notice Whether a provider has the minimum at stake.
    function isActive(address provider) external view returns (bool);

    /// @notice The free stake of a provider, what is unbonding not counted.
    function stakeOf(address provider) external view returns (uint128);

    /// @notice Everything of a provider that can be slashed, and its exits, oldest first.
    function unbondingOf(address provider) external view returns (uint128 total, Exit[] memory exits);

    /// @notice What slashes gave to `owner` and it has not collected.
    function compensationOf(address owner) external view returns (uint128);
}
