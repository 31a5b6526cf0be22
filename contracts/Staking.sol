// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Exit} from "./interfaces/IEscrow.sol";
import {IStaking, Vault} from "./interfaces/IStaking.sol";
import {Signature} from "./interfaces/Messages.sol";
import {ExitQueue} from "./libraries/ExitQueue.sol";
import {MessageHash} from "./libraries/MessageHash.sol";
import {Proposal} from "./libraries/Proposal.sol";
import {Recover} from "./libraries/Recover.sol";
import {TokenIn} from "./libraries/TokenIn.sol";
import {VaultCalls} from "./libraries/VaultCalls.sol";
import {Vaults} from "./parts/Vaults.sol";

/// @title Staking
/// @notice See IStaking, which is the document.
contract Staking is Vaults, EIP712, ReentrancyGuardTransient {
    using ExitQueue for ExitQueue.Queue;
    using Proposal for Proposal.Change;
    using SafeERC20 for IERC20;

    /// @dev What a provider has at stake and isn't unbonding, in units: base units of the token, or shares of vault number
    /// `vault` when that isn't 0. `cost` is what went into the vault for all that the provider has there, unbonding units
    /// included. One slot, so that a provider without a vault is looked up at the price of one.
    struct Position {
        uint120 units;
        uint120 cost;
        uint16 vault;
    }

    /// @notice The least unbonding period, in seconds.
    uint64 public constant LEAST_PERIOD = 1 minutes;
    /// @notice The longest unbonding period, in seconds.
    uint64 public constant MOST_PERIOD = 180 days;
    /// @notice The least minimum stake, in base units.
    uint128 public constant LEAST_MINIMUM_STAKE = 1;
    /// @notice The highest minimum stake, in base units.
    uint128 public constant MOST_MINIMUM_STAKE = 1e12;
    /// @notice How long an announced endpoint can be.
    uint256 public constant MOST_ENDPOINT_BYTES = 2_048;
    /// @notice How long announced offers can be.
    uint256 public constant MOST_OFFERS_BYTES = 8_192;
    /// @notice The reporter's share of what is left after the payer was made whole. Below one half, so that a provider
    /// that reports itself always loses.
    uint256 public constant REPORTER_BASIS_POINTS = 2_000;
    /// @notice The share of the auditors who judged, together, of the same.
    uint256 public constant AUDITOR_BASIS_POINTS = 1_000;

    uint256 private constant BASIS_POINTS = 10_000;

    /// @inheritdoc IStaking
    address public immutable DISPUTES;
    /// @inheritdoc IStaking
    address public immutable TREASURY;
    /// @inheritdoc IStaking
    uint64 public immutable UNBONDING_PERIOD;

    /// @inheritdoc IStaking
    uint128 public minimumStake;
    /// @notice The minimum stake that was proposed, and when it can be applied.
    Proposal.Change public nextMinimumStake;

    /// @inheritdoc IStaking
    mapping(address node => address) public providerOf;

    mapping(address provider => Position) private _positions;
    mapping(address provider => ExitQueue.Queue) private _unbonding;
    mapping(address owner => mapping(uint16 vault => uint128)) private _compensation;

    constructor(
        address token,
        address disputes,
        address treasury,
        address owner_,
        uint64 unbondingPeriod,
        uint128 minimumStake_
    ) Vaults(token) Ownable(owner_) EIP712("ProofMesh", "1") {
        require(disputes != address(0) && treasury != address(0), ZeroAddress());
        require(
            unbondingPeriod >= LEAST_PERIOD && unbondingPeriod <= MOST_PERIOD,
            PeriodOutOfBounds(unbondingPeriod, LEAST_PERIOD, MOST_PERIOD)
        );
        (DISPUTES, TREASURY, UNBONDING_PERIOD) = (disputes, treasury, unbondingPeriod);
        _checkMinimum(minimumStake_);
        minimumStake = minimumStake_;
        emit MinimumStakeChanged(minimumStake_);
    }

    // Provider

    /// @inheritdoc IStaking
    function stake(uint128 amount) external returns (uint128) {
        return stakeFor(msg.sender, amount);
    }

    /// @inheritdoc IStaking
    function stakeFor(address provider, uint128 amount) public nonReentrant returns (uint128 credited) {
        require(provider != address(0), ZeroAddress());
        require(amount != 0, ZeroAmount());
        Position storage position = _positions[provider];
        require(position.vault == 0, InVault(provider, position.vault));
        credited = TokenIn.pull(IERC20(TOKEN), msg.sender, amount);
        position.units += uint120(credited);
        emit Staked(provider, msg.sender, credited);
    }

    /// @inheritdoc IStaking
    function enterVault(uint16 number, uint128 leastUnits) external nonReentrant returns (uint128 units) {
        Position storage position = _positions[msg.sender];
        uint128 amount = position.units;
        require(position.vault == 0, InVault(msg.sender, position.vault));
        _checkNothingUnbonding();
        require(amount != 0, ZeroAmount());
        Vault memory vault = _find(number);
        require(block.timestamp >= vault.openAt, VaultNotOpen(number, vault.openAt));
        // Stake that is on its way counts nowhere.
        delete _positions[msg.sender];
        units = VaultCalls.deposit(vault.vault, IERC20(TOKEN), amount);
        require(units >= leastUnits, TooLittle(units, leastUnits));
        _positions[msg.sender] = Position(uint120(units), uint120(amount), number);
        emit VaultEntered(msg.sender, number, amount, units);
    }

    /// @inheritdoc IStaking
    function leaveVault(uint128 leastAmount) external nonReentrant returns (uint128 amount) {
        Position memory position = _positions[msg.sender];
        require(position.vault != 0, NotInVault(msg.sender));
        _checkNothingUnbonding();
        delete _positions[msg.sender];
        amount = VaultCalls.redeem(_find(position.vault).vault, IERC20(TOKEN), position.units);
        require(amount >= leastAmount, TooLittle(amount, leastAmount));
        _positions[msg.sender].units = uint120(amount);
        emit VaultLeft(msg.sender, position.vault, position.units, amount);
    }

    /// @inheritdoc IStaking
    function unstake(uint128 units) external returns (uint64 readyAt) {
        require(units != 0, ZeroAmount());
        uint128 free = _positions[msg.sender].units;
        require(units <= free, InsufficientStake(units, free));
        readyAt = uint64(block.timestamp) + UNBONDING_PERIOD;
        _positions[msg.sender].units = uint120(free - units);
        _unbonding[msg.sender].push(units, readyAt);
        emit Unbonding(msg.sender, units, readyAt);
    }

    /// @inheritdoc IStaking
    function withdraw(address to) external nonReentrant returns (uint128 units) {
        require(to != address(0), ZeroAddress());
        ExitQueue.Queue storage queue = _unbonding[msg.sender];
        (uint64 readyAt, uint128 unbonding) = (queue.nextReadyAt(), queue.total);
        units = queue.popReady();
        require(units != 0, NothingToWithdraw(readyAt));
        Position memory position = _positions[msg.sender];
        if (position.vault != 0) _shrink(msg.sender, position, unbonding + position.units, units);
        emit Unstaked(msg.sender, to, units);
        _payOut(position.vault, to, units);
    }

    /// @inheritdoc IStaking
    function addNode(address node, Signature calldata possession) external {
        require(node != address(0), ZeroAddress());
        require(providerOf[node] == address(0), NodeTaken(node, providerOf[node]));
        require(isActive(msg.sender), StakeBelowMinimum(stakeOf(msg.sender), minimumStake));
        address signer = Recover.signer(_hashTypedDataV4(MessageHash.ofNodeKey(msg.sender, node)), possession);
        require(signer == node, BadNodeSignature(node, signer));
        providerOf[node] = msg.sender;
        emit NodeAdded(msg.sender, node);
    }

    /// @inheritdoc IStaking
    function retireNode(address node) external {
        require(providerOf[node] == msg.sender, NotYourNode(node, providerOf[node]));
        emit NodeRetired(msg.sender, node);
    }

    /// @inheritdoc IStaking
    function announce(string calldata endpoint, string calldata offers) external {
        require(isActive(msg.sender), StakeBelowMinimum(stakeOf(msg.sender), minimumStake));
        _checkText(endpoint, MOST_ENDPOINT_BYTES);
        _checkText(offers, MOST_OFFERS_BYTES);
        emit Announced(msg.sender, endpoint, offers);
    }

    // Whoever a slash compensated

    /// @inheritdoc IStaking
    function collectCompensation(address to, uint16 vault) external nonReentrant returns (uint128 units) {
        require(to != address(0), ZeroAddress());
        units = _compensation[msg.sender][vault];
        require(units != 0, ZeroAmount());
        _compensation[msg.sender][vault] = 0;
        emit CompensationCollected(msg.sender, to, units);
        _payOut(vault, to, units);
    }

    // Disputes

    /// @inheritdoc IStaking
    function slash(
        address provider,
        uint128 amount,
        address payer,
        uint128 harm,
        address reporter,
        address[] calldata auditors
    ) external nonReentrant returns (uint128 taken) {
        require(msg.sender == DISPUTES, NotDisputes(msg.sender));
        Position memory position = _positions[provider];
        uint128 all = position.units + _unbonding[provider].total;
        uint128 value = all;
        if (position.vault != 0) {
            value = _sureValue(position, all);
            (amount, harm) = (_unitsFor(amount, all, value), _unitsFor(harm, all, value));
        }
        uint128 units = _unbonding[provider].take(amount);
        uint128 more = amount - units < position.units ? amount - units : position.units;
        position.units -= uint120(more);
        units += more;
        _shrink(provider, position, all, units);
        _compensate(provider, position.vault, units, payer, harm, reporter, auditors);
        return all == 0 ? 0 : uint128((uint256(value) * units) / all);
    }

    // Owner

    /// @inheritdoc IStaking
    function proposeMinimumStake(uint128 amount) external onlyOwner {
        _checkMinimum(amount);
        emit MinimumStakeProposed(amount, nextMinimumStake.propose(amount));
    }

    /// @inheritdoc IStaking
    function applyMinimumStake() external {
        minimumStake = nextMinimumStake.take();
        emit MinimumStakeChanged(minimumStake);
    }

    // Views

    /// @inheritdoc IStaking
    function isActive(address provider) public view returns (bool) {
        return stakeOf(provider) >= minimumStake;
    }

    /// @inheritdoc IStaking
    function stakeOf(address provider) public view returns (uint128) {
        Position storage position = _positions[provider];
        (uint256 units, uint16 vault) = (position.units, position.vault);
        if (vault == 0 || units == 0) return uint128(units);
        uint256 cost = (position.cost * units) / (units + _unbonding[provider].total);
        (bool known, uint256 worth) = VaultCalls.worth(_find(vault).vault, units);
        return !known ? 0 : uint128(worth < cost ? worth : cost);
    }

    /// @inheritdoc IStaking
    function positionOf(address provider) external view returns (uint16 vault, uint128 units, uint128 cost) {
        Position memory position = _positions[provider];
        return (position.vault, position.units, position.cost);
    }

    /// @inheritdoc IStaking
    function unbondingOf(address provider) external view returns (uint128 total, Exit[] memory exits) {
        return (_unbonding[provider].total, _unbonding[provider].toList());
    }

    /// @inheritdoc IStaking
    function compensationOf(address owner_, uint16 vault) external view returns (uint128) {
        return _compensation[owner_][vault];
    }

    // Internal

    /// @dev Takes `removed` of `all` units out of a provider's books, and their part of the cost. One that has nothing left
    /// is in no vault.
    function _shrink(address provider, Position memory position, uint128 all, uint128 removed) private {
        if (position.vault != 0) {
            uint128 left = all - removed;
            position.cost = left == 0 ? 0 : uint120((uint256(position.cost) * left) / all);
            if (left == 0) {
                delete _positions[provider];
                return;
            }
        }
        _positions[provider] = position;
    }

    /// @dev Shares what a slash took: the payer first, then the reporter and the auditors, and the rest to the treasury.
    function _compensate(
        address provider,
        uint16 vault,
        uint128 taken,
        address payer,
        uint128 harm,
        address reporter,
        address[] calldata auditors
    ) private {
        // Half at most: a provider that reports itself, and is its own payer, must lose.
        uint128 toPayer = payer == address(0) ? 0 : (harm < taken / 2 ? harm : taken / 2);
        uint256 rest = taken - toPayer;
        uint128 toReporter = uint128((rest * REPORTER_BASIS_POINTS) / BASIS_POINTS);
        uint128 toEach = 0;
        if (auditors.length != 0) {
            toEach = uint128((rest * AUDITOR_BASIS_POINTS) / (BASIS_POINTS * auditors.length));
            for (uint256 i = 0; i < auditors.length; ++i) _compensation[auditors[i]][vault] += toEach;
            emit AuditorsCompensated(provider, auditors, toEach);
        }
        _compensation[payer][vault] += toPayer;
        _compensation[reporter][vault] += toReporter;
        _compensation[TREASURY][vault] += uint128(rest - toReporter - uint256(toEach) * auditors.length);
        emit Slashed(provider, payer, reporter, taken, toPayer, toReporter);
    }

    /// @dev What all units of a provider count for when it is slashed: what the vault says, at most what went in, and just
    /// that when the vault doesn't answer, so that a vault which is stuck for a while doesn't cost its provider everything.
    function _sureValue(Position memory position, uint128 all) private view returns (uint128) {
        (bool known, uint256 worth) = VaultCalls.worth(_find(position.vault).vault, all);
        return known && worth < position.cost ? uint128(worth) : position.cost;
    }

    /// @dev Rounded up; nothing for nothing, and else all of them when they are worth nothing.
    function _unitsFor(uint128 amount, uint128 all, uint128 value) private pure returns (uint128) {
        if (amount == 0) return 0;
        if (amount >= value) return all;
        return uint128((uint256(amount) * all + value - 1) / value);
    }

    function _payOut(uint16 number, address to, uint128 units) private {
        if (number == 0) return IERC20(TOKEN).safeTransfer(to, units);
        address vault = _find(number).vault;
        emit PaidFromVault(number, to, units, VaultCalls.payOut(vault, to, units));
    }

    function _checkNothingUnbonding() private view {
        uint128 total = _unbonding[msg.sender].total;
        require(total == 0, StillUnbonding(total));
    }

    function _checkMinimum(uint128 amount) private pure {
        require(
            amount >= LEAST_MINIMUM_STAKE && amount <= MOST_MINIMUM_STAKE,
            MinimumStakeOutOfBounds(amount, LEAST_MINIMUM_STAKE, MOST_MINIMUM_STAKE)
        );
    }

    function _checkText(string calldata text, uint256 most) private pure {
        require(bytes(text).length <= most, TextTooLong(bytes(text).length, most));
    }
}
