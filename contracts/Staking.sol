// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Exit} from "./interfaces/IEscrow.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {Signature} from "./interfaces/Messages.sol";
import {ExitQueue} from "./libraries/ExitQueue.sol";
import {MessageHash} from "./libraries/MessageHash.sol";
import {Proposal} from "./libraries/Proposal.sol";
import {Recover} from "./libraries/Recover.sol";
import {TokenIn} from "./libraries/TokenIn.sol";

/// @title Staking
/// @notice See IStaking, which is the document.
contract Staking is IStaking, Ownable2Step, EIP712, ReentrancyGuardTransient {
    using ExitQueue for ExitQueue.Queue;
    using Proposal for Proposal.Change;
    using SafeERC20 for IERC20;

    uint64 public constant LEAST_PERIOD = 1 minutes;
    uint64 public constant MOST_PERIOD = 180 days;
    uint128 public constant LEAST_MINIMUM_STAKE = 1;
    uint128 public constant MOST_MINIMUM_STAKE = 1e12;
    uint256 public constant MOST_ENDPOINT_BYTES = 2_048;
    uint256 public constant MOST_OFFERS_BYTES = 8_192;
    /// @notice The reporter's share of what is left after the payer was made whole. Below one half, so that a provider
    /// that reports itself always loses.
    uint256 public constant REPORTER_BASIS_POINTS = 2_000;

    uint256 private constant BASIS_POINTS = 10_000;

    /// @inheritdoc IStaking
    address public immutable TOKEN;
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

    mapping(address provider => uint128) private _stakes;
    mapping(address provider => ExitQueue.Queue) private _unbonding;
    mapping(address owner => uint128) private _compensation;

    constructor(
        address token,
        address disputes,
        address treasury,
        address owner_,
        uint64 unbondingPeriod,
        uint128 minimumStake_
    ) Ownable(owner_) EIP712("ProofMesh", "1") {
        require(token != address(0) && disputes != address(0) && treasury != address(0), ZeroAddress());
        require(
            unbondingPeriod >= LEAST_PERIOD && unbondingPeriod <= MOST_PERIOD,
            PeriodOutOfBounds(unbondingPeriod, LEAST_PERIOD, MOST_PERIOD)
        );
        (TOKEN, DISPUTES, TREASURY, UNBONDING_PERIOD) = (token, disputes, treasury, unbondingPeriod);
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
        credited = TokenIn.pull(IERC20(TOKEN), msg.sender, amount);
        _stakes[provider] += credited;
        emit Staked(provider, msg.sender, credited);
    }

    /// @inheritdoc IStaking
    function unstake(uint128 amount) external returns (uint64 readyAt) {
        require(amount != 0, ZeroAmount());
        uint128 free = _stakes[msg.sender];
        require(amount <= free, InsufficientStake(amount, free));
        readyAt = uint64(block.timestamp) + UNBONDING_PERIOD;
        _stakes[msg.sender] = free - amount;
        _unbonding[msg.sender].push(amount, readyAt);
        emit Unbonding(msg.sender, amount, readyAt);
    }

    /// @inheritdoc IStaking
    function withdraw(address to) external nonReentrant returns (uint128 amount) {
        require(to != address(0), ZeroAddress());
        uint64 readyAt = _unbonding[msg.sender].nextReadyAt();
        amount = _unbonding[msg.sender].popReady();
        require(amount != 0, NothingToWithdraw(readyAt));
        emit Unstaked(msg.sender, to, amount);
        IERC20(TOKEN).safeTransfer(to, amount);
    }

    /// @inheritdoc IStaking
    function addNode(address node, Signature calldata possession) external {
        require(node != address(0), ZeroAddress());
        require(providerOf[node] == address(0), NodeTaken(node, providerOf[node]));
        require(isActive(msg.sender), StakeBelowMinimum(_stakes[msg.sender], minimumStake));
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
        require(isActive(msg.sender), StakeBelowMinimum(_stakes[msg.sender], minimumStake));
        _checkText(endpoint, MOST_ENDPOINT_BYTES);
        _checkText(offers, MOST_OFFERS_BYTES);
        emit Announced(msg.sender, endpoint, offers);
    }

    // Whoever a slash compensated

    /// @inheritdoc IStaking
    function collectCompensation(address to) external nonReentrant returns (uint128 amount) {
        require(to != address(0), ZeroAddress());
        amount = _compensation[msg.sender];
        require(amount != 0, ZeroAmount());
        _compensation[msg.sender] = 0;
        emit CompensationCollected(msg.sender, to, amount);
        IERC20(TOKEN).safeTransfer(to, amount);
    }

    // Disputes

    /// @inheritdoc IStaking
    function slash(
        address provider,
        uint128 amount,
        address payer,
        uint128 harm,
        address reporter
    ) external returns (uint128 taken) {
        require(msg.sender == DISPUTES, NotDisputes(msg.sender));
        taken = _unbonding[provider].take(amount);
        uint128 free = _stakes[provider];
        uint128 more = amount - taken < free ? amount - taken : free;
        if (more != 0) _stakes[provider] = free - more;
        taken += more;

        // Half at most: a provider that reports itself, and is its own payer, must lose.
        uint128 toPayer = payer == address(0) ? 0 : (harm < taken / 2 ? harm : taken / 2);
        uint128 toReporter = uint128((uint256(taken - toPayer) * REPORTER_BASIS_POINTS) / BASIS_POINTS);
        _compensation[payer] += toPayer;
        _compensation[reporter] += toReporter;
        _compensation[TREASURY] += taken - toPayer - toReporter;
        emit Slashed(provider, payer, reporter, taken, toPayer, toReporter);
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
        return _stakes[provider] >= minimumStake;
    }

    /// @inheritdoc IStaking
    function stakeOf(address provider) external view returns (uint128) {
        return _stakes[provider];
    }

    /// @inheritdoc IStaking
    function unbondingOf(address provider) external view returns (uint128 total, Exit[] memory exits) {
        return (_unbonding[provider].total, _unbonding[provider].toList());
    }

    /// @inheritdoc IStaking
    function compensationOf(address owner_) external view returns (uint128) {
        return _compensation[owner_];
    }

    // Internal

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
