// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Exit} from "./IEscrow.sol";
import {Signature} from "./Messages.sol";

/// @notice An ERC-4626 vault over the rail's token, and from when on it can be entered.
struct Vault {
    address vault;
    uint64 openAt;
}

/// @title Staking
/// @notice Holds what providers lose when they cheat, and says which node key belongs to whom.
///
/// A provider may hold its stake in a vault that the owner listed, all of it and only while nothing is unbonding. From then on
/// it is counted in units, which are shares of that vault (without one they are base units of the token): it unbonds, is
/// slashed and compensates others in units, so all of that works whatever the vault is worth and whether or not it pays. Who
/// takes units out is paid by the vault, or with the shares themselves when the vault refuses.
///
/// What such a stake counts for is what the vault says it is worth, at most what the provider put in, and nothing while the
/// vault doesn't answer: a vault can't make stake grow by lying, and when it fails its providers can claim less until it
/// answers again. A slash takes units at the same price, and at what was put in while the vault doesn't answer.
/// @dev The same assumptions about the token as in Escrow. Nothing is assumed of a vault but that it can't move our tokens
/// beyond what it is approved for: one that reverts, lies, calls back or loses everything harms those who entered it, and who
/// are compensated out of their stake. That harm is why the list is the owner's, and why all can see an addition two days
/// before.
interface IStaking {
    /// @notice `provider` has `amount` (what really arrived) more at stake; `from` sent it.
    event Staked(address indexed provider, address indexed from, uint128 amount);
    /// @notice `amount` units of `provider` may be withdrawn from `readyAt` on, and can be slashed until it is.
    event Unbonding(address indexed provider, uint128 amount, uint64 readyAt);
    /// @notice `provider` sent `amount` units of its former stake to `to`.
    event Unstaked(address indexed provider, address indexed to, uint128 amount);
    /// @notice `provider` lost `amount` units: `toPayer` to `payer`, `toReporter` to `reporter`, the rest to the treasury.
    event Slashed(
        address indexed provider,
        address indexed payer,
        address indexed reporter,
        uint128 amount,
        uint128 toPayer,
        uint128 toReporter
    );
    /// @notice Each of `auditors` was given `toEach` units of what `provider` lost, out of the treasury's rest.
    event AuditorsCompensated(address indexed provider, address[] auditors, uint128 toEach);
    /// @notice `owner` sent `amount` units of what a slash gave it to `to`.
    event CompensationCollected(address indexed owner, address indexed to, uint128 amount);
    /// @notice `vault` is number `number`, and can be entered from `openAt` on.
    event VaultProposed(uint16 indexed number, address indexed vault, uint64 openAt);
    /// @notice A vault can't be entered any more. Who is in it stays there as long as it likes.
    event VaultClosed(uint16 indexed number);
    /// @notice `provider` holds its stake in a vault: `amount` tokens became `units` shares.
    event VaultEntered(address indexed provider, uint16 indexed number, uint128 amount, uint128 units);
    /// @notice `provider` holds its stake in the token again: `units` shares became `amount` tokens.
    event VaultLeft(address indexed provider, uint16 indexed number, uint128 units, uint128 amount);
    /// @notice `units` of a vault were paid to `to`, by the vault or in kind.
    event PaidFromVault(uint16 indexed number, address indexed to, uint128 units, bool inKind);
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
    /// @notice Only so many vaults can be listed.
    error TooManyVaults(uint256 most);
    /// @notice A vault must hold the rail's token, and not be it.
    error WrongAsset(address vault, address asset, address expected);
    /// @notice No vault has this number; they count from 1.
    error UnknownVault(uint16 number, uint256 count);
    /// @notice A vault can't be entered before `openAt` (2⁶⁴ − 1: it was closed).
    error VaultNotOpen(uint16 number, uint64 openAt);
    /// @notice A provider holds its stake in a vault: it has to leave that first.
    error InVault(address provider, uint16 number);
    /// @notice The caller's stake is in no vault.
    error NotInVault(address provider);
    /// @notice A vault can't be entered or left while units are unbonding.
    error StillUnbonding(uint128 units);
    /// @notice A vault gave less than the caller wanted.
    error TooLittle(uint128 found, uint128 least);

    /// @notice Takes `amount` of the token from the caller and adds what arrives to its stake.
    /// @param amount how much to ask the token for, in base units
    /// @return credited the difference of the token balance
    function stake(uint128 amount) external returns (uint128 credited);

    /// @notice Takes `amount` from the caller and adds what arrives to the stake of `provider`.
    /// @param provider whose stake grows
    /// @param amount how much to ask the token for, in base units
    /// @return credited the difference of the token balance
    function stakeFor(address provider, uint128 amount) external returns (uint128 credited);

    /// @notice Moves all of the caller's stake into a vault.
    /// @param number the vault's number in the list
    /// @param leastUnits fewer shares than these are refused
    /// @return units how many shares came
    function enterVault(uint16 number, uint128 leastUnits) external returns (uint128 units);

    /// @notice Moves all of the caller's stake out of its vault. If the vault refuses, `unstake` still works.
    /// @param leastAmount fewer tokens than these are refused
    /// @return amount how many tokens came
    function leaveVault(uint128 leastAmount) external returns (uint128 amount);

    /// @notice Starts to take units out of the caller's stake.
    /// @param units at most the free stake: base units of the token, or shares of the caller's vault
    /// @return readyAt when they can be withdrawn
    function unstake(uint128 units) external returns (uint64 readyAt);

    /// @notice Sends all that has unbonded to `to`.
    /// @param to who receives the tokens (or the shares, when the vault refuses to pay)
    /// @return units how much was sent
    function withdraw(address to) external returns (uint128 units);

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
    /// @dev Of what is left after the payer, a fifth goes to the reporter and a tenth to the auditors together, in equal
    /// parts, each rounded down; the rest goes to the treasury. So a provider that pays, reports and judges itself loses.
    /// @param provider who loses it
    /// @param amount how much, in tokens; what isn't there can't be taken
    /// @param payer who was harmed, and is made whole first, with at most half of what is taken (0: nobody)
    /// @param harm how much it is owed, in tokens
    /// @param reporter who proved it
    /// @param auditors who judged it, if anybody had to
    /// @return taken how much was taken, in tokens
    function slash(
        address provider,
        uint128 amount,
        address payer,
        uint128 harm,
        address reporter,
        address[] calldata auditors
    ) external returns (uint128 taken);

    /// @notice Sends all that slashes gave to the caller, of one kind, to `to`.
    /// @param to who receives the tokens (or the shares, when the vault refuses to pay)
    /// @param vault which units: 0 for the token, or the number of a vault
    /// @return units how much was sent
    function collectCompensation(address to, uint16 vault) external returns (uint128 units);

    /// @notice Lists a vault: it can be entered two days later. Only the owner.
    /// @param vault an ERC-4626 vault over the rail's token
    /// @return number its number
    function proposeVault(address vault) external returns (uint16 number);

    /// @notice Lets nobody enter a vault any more, at once. Only the owner.
    /// @param number the vault's number
    function closeVault(uint16 number) external;

    /// @notice Proposes another minimum stake. Only the owner.
    /// @param amount in base units, within hard bounds
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
    /// @param node the address of the key
    function providerOf(address node) external view returns (address);

    /// @notice Whether a provider has the minimum at stake.
    /// @param provider whose stake
    function isActive(address provider) external view returns (bool);

    /// @notice What the free stake of a provider counts for, in tokens; what is unbonding isn't part of it.
    /// @param provider whose stake
    function stakeOf(address provider) external view returns (uint128);

    /// @notice The free stake of a provider, in units.
    /// @param provider whose stake
    /// @return vault the number of the vault that it is held in, 0 for the token itself
    /// @return units shares of that vault, or base units of the token
    /// @return cost what went into the vault for them and for what is unbonding, in tokens
    function positionOf(address provider) external view returns (uint16 vault, uint128 units, uint128 cost);

    /// @notice A vault of the list.
    /// @param number from 1 on
    /// @return vault its address
    /// @return openAt from when on it can be entered (2⁶⁴ − 1: it was closed)
    function vaultAt(uint16 number) external view returns (address vault, uint64 openAt);

    /// @notice The units of a provider that are on their way out and can be slashed until they are.
    /// @param provider whose exits
    /// @return total how many
    /// @return exits the exits, oldest first
    function unbondingOf(address provider) external view returns (uint128 total, Exit[] memory exits);

    /// @notice What slashes gave to `owner` and it has not collected.
    /// @param owner to whom
    /// @param vault which units: 0 for the token, or the number of a vault
    function compensationOf(address owner, uint16 vault) external view returns (uint128);
}
