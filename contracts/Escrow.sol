// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ClaimFault, Exit, GrantFault, IEscrow} from "./interfaces/IEscrow.sol";
import {Grant, Reserve} from "./interfaces/Messages.sol";
import {AccountWord, AccountWords} from "./libraries/AccountWord.sol";
import {ExitQueue} from "./libraries/ExitQueue.sol";
import {PaymentList} from "./libraries/PaymentList.sol";
import {Deposits} from "./parts/Deposits.sol";
import {Earnings} from "./parts/Earnings.sol";

/// @title Escrow
/// @notice See IEscrow, which is the document.
contract Escrow is Deposits {
    using ExitQueue for ExitQueue.Queue;
    using PaymentList for bytes;
    using SafeERC20 for IERC20;

    /// @dev A struct, so that a reference to the slot can be kept.
    struct Account {
        AccountWord word;
    }

    /// @dev A whole word, so that writing it needs no reading.
    struct Total {
        uint256 value;
    }

    /// @dev `limit` is compared with the account's `spent`.
    struct Permission {
        uint104 limit;
        uint64 validUntil;
        uint32 epoch;
    }

    struct Hold {
        uint128 amount;
        uint64 until;
    }

    /// @notice The least thaw period, in seconds.
    uint64 public constant LEAST_PERIOD = 1 minutes;
    /// @notice The longest thaw period, in seconds.
    uint64 public constant MOST_PERIOD = 90 days;
    /// @notice How far ahead a reserve can end, in seconds.
    uint64 public constant MOST_RESERVE_PERIOD = 30 days;
    /// @notice How many open reserves a payer can have.
    uint16 public constant MOST_RESERVES = 64;

    uint128 private constant UNLIMITED = type(uint104).max;
    uint256 private constant BASIS_POINTS = 10_000;

    /// @inheritdoc IEscrow
    address public immutable SETTLEMENT;
    /// @inheritdoc IEscrow
    uint64 public immutable THAW_PERIOD;

    mapping(address payer => Account) private _accounts;
    mapping(address payer => ExitQueue.Queue) private _thaws;
    mapping(address node => mapping(address payer => Total)) private _claimed;
    mapping(address payer => mapping(address spender => Permission)) private _permissions;
    mapping(address payer => mapping(uint32 epoch => uint64)) private _epochEnds;
    mapping(address payer => mapping(address provider => Hold)) private _holds;
    mapping(address payer => uint128) private _held;

    constructor(
        address token,
        address permit2,
        address settlement,
        address owner_,
        uint64 thawPeriod
    ) Earnings(token) Deposits(permit2) Ownable(owner_) {
        require(settlement != address(0), ZeroAddress());
        require(
            thawPeriod >= LEAST_PERIOD && thawPeriod <= MOST_PERIOD,
            PeriodOutOfBounds(thawPeriod, LEAST_PERIOD, MOST_PERIOD)
        );
        (SETTLEMENT, THAW_PERIOD) = (settlement, thawPeriod);
    }

    modifier onlySettlement() {
        require(msg.sender == SETTLEMENT, NotSettlement(msg.sender));
        _;
    }

    // Payer

    /// @inheritdoc IEscrow
    function thaw(uint128 amount) external returns (uint64 readyAt) {
        require(amount != 0, ZeroAmount());
        uint128 free = _less(_accounts[msg.sender].word.balance(), _thaws[msg.sender].total);
        require(amount <= free, InsufficientBalance(amount, free));
        readyAt = uint64(block.timestamp) + THAW_PERIOD;
        _thaws[msg.sender].push(amount, readyAt);
        emit Thawing(msg.sender, amount, readyAt);
    }

    /// @inheritdoc IEscrow
    function cancelThaw() external {
        uint128 amount = _thaws[msg.sender].clear();
        require(amount != 0, ZeroAmount());
        emit ThawCancelled(msg.sender, amount);
    }

    /// @inheritdoc IEscrow
    function withdraw(address to) external nonReentrant returns (uint128 amount) {
        require(to != address(0), ZeroAddress());
        uint64 readyAt = _thaws[msg.sender].nextReadyAt();
        uint128 ready = _thaws[msg.sender].popReady();
        require(ready != 0, NothingToWithdraw(readyAt));
        AccountWord account = _accounts[msg.sender].word;
        uint128 free = _less(account.balance(), _held[msg.sender]);
        require(free != 0, InsufficientBalance(ready, 0));
        amount = ready < free ? ready : free;
        _accounts[msg.sender].word = account.debit(amount);
        emit Withdrawn(msg.sender, to, amount);
        IERC20(TOKEN).safeTransfer(to, amount);
    }

    /// @inheritdoc IEscrow
    function revokeGrants() external returns (uint32 epoch) {
        AccountWord account = _accounts[msg.sender].word;
        uint64 endsAt = uint64(block.timestamp) + THAW_PERIOD;
        epoch = account.epoch() + 1;
        _accounts[msg.sender].word = account.nextEpoch();
        _epochEnds[msg.sender][epoch - 1] = endsAt;
        emit EpochRaised(msg.sender, epoch, endsAt);
    }

    /// @inheritdoc IEscrow
    function releaseReserves(address payer, address[] calldata providers) external {
        for (uint256 i = 0; i < providers.length; ++i) {
            Hold storage hold = _holds[payer][providers[i]];
            if (hold.amount != 0 && hold.until <= block.timestamp) _reduceHold(payer, providers[i], hold.amount, true);
        }
    }

    // Settlement

    /// @inheritdoc IEscrow
    function pay(
        address provider,
        address node,
        uint128 ceiling,
        uint16 feeBasisPoints,
        address treasury,
        bytes calldata payments
    ) external onlySettlement returns (uint128 moved, bytes memory faults) {
        mapping(address => Total) storage totals = _claimed[node];
        uint256 count = payments.length / PaymentList.SIZE;
        for (uint256 i = 0; i < count; ++i) {
            (address payer, address signer, uint128 cumulative) = payments.nth(i);
            Total storage total = totals[payer];
            uint256 claimed = total.value;
            unchecked {
                // moved ≤ ceiling, claimed + amount ≤ cumulative
                (uint256 amount, ClaimFault fault) = signer == address(0)
                    ? (0, ClaimFault.BadSignature)
                    : cumulative > claimed
                        ? _take(payer, signer, provider, cumulative - claimed, ceiling - moved)
                        : (0, ClaimFault.NothingNew);
                if (amount == 0) {
                    if (faults.length == 0) faults = new bytes(count);
                    faults[i] = bytes1(uint8(fault));
                    continue;
                }
                total.value = claimed + amount;
                moved += uint128(amount);
                emit Claimed(payer, node, uint128(amount), uint128(claimed + amount));
            }
        }
        if (moved == 0) return (0, faults);
        unchecked {
            // The share rounds down: in favour of the provider. Settlement bounds it: fee ≤ moved < 2¹⁰⁴.
            uint128 fee = uint128((uint256(moved) * feeBasisPoints) / BASIS_POINTS);
            uint128 net = moved - fee;
            _earn(provider, net);
            if (fee != 0) _earn(treasury, fee);
            emit Earned(provider, node, net, fee);
        }
    }

    /// @inheritdoc IEscrow
    function register(Grant calldata grant) external onlySettlement returns (GrantFault) {
        if (grant.payer == address(0) || grant.spender == address(0)) return GrantFault.ZeroAddress;
        if (block.timestamp >= uint256(grant.validUntil) + THAW_PERIOD) return GrantFault.Expired;
        AccountWord account = _accounts[grant.payer].word;
        if (!_isAlive(grant.payer, grant.epoch, account.epoch())) return GrantFault.WrongEpoch;
        Permission storage old = _permissions[grant.payer][grant.spender];
        if (!_isNewer(grant, old)) return GrantFault.NotNewer;
        uint256 limit = uint256(account.spent()) + grant.cap;
        if (limit > UNLIMITED) limit = UNLIMITED;
        (old.limit, old.validUntil, old.epoch) = (uint104(limit), grant.validUntil, grant.epoch);
        emit GrantRegistered(grant.payer, grant.spender, grant.cap, uint128(limit), grant.validUntil, grant.epoch);
        return GrantFault.None;
    }

    /// @inheritdoc IEscrow
    function reserve(Reserve calldata reserve_, address signer) external onlySettlement {
        (address payer, address provider, uint128 amount) = (reserve_.payer, reserve_.provider, reserve_.amount);
        require(payer != address(0) && provider != address(0), ZeroAddress());
        require(amount != 0, ZeroAmount());
        uint64 latest = uint64(block.timestamp) + MOST_RESERVE_PERIOD;
        require(
            reserve_.until > block.timestamp && reserve_.until <= latest,
            ReserveEndOutOfBounds(reserve_.until, uint64(block.timestamp), latest)
        );
        uint128 most = UNLIMITED;
        if (signer != payer) {
            ClaimFault fault;
            (most, fault) = _allowance(payer, signer, _accounts[payer].word);
            require(fault == ClaimFault.None, NotAuthorized(payer, signer, fault));
        }
        Hold storage hold = _holds[payer][provider];
        require(reserve_.until > hold.until, ReserveNotNewer(reserve_.until, hold.until));
        if (hold.amount != 0) _reduceHold(payer, provider, hold.amount, false);
        AccountWord account = _accounts[payer].word;
        uint128 free = _less(account.balance(), _thaws[payer].total + _held[payer]);
        if (most < free) free = most;
        require(amount <= free, InsufficientBalance(amount, free));
        require(account.reserves() < MOST_RESERVES, TooManyReserves(MOST_RESERVES));
        (hold.amount, hold.until) = (amount, reserve_.until);
        _held[payer] += amount;
        _accounts[payer].word = account.addReserve();
        emit Reserved(payer, provider, amount, reserve_.until);
    }

    // Views

    /// @inheritdoc IEscrow
    function accountOf(
        address payer
    ) external view returns (uint128 balance, uint128 thawing, uint128 reserved, uint128 spent, uint32 epoch) {
        AccountWord account = _accounts[payer].word;
        return (account.balance(), _thaws[payer].total, _held[payer], account.spent(), account.epoch());
    }

    /// @inheritdoc IEscrow
    function availableOf(address payer) external view returns (uint128) {
        return _less(_accounts[payer].word.balance(), _thaws[payer].total + _held[payer]);
    }

    /// @inheritdoc IEscrow
    function thawsOf(address payer) external view returns (Exit[] memory) {
        return _thaws[payer].toList();
    }

    /// @inheritdoc IEscrow
    function grantOf(
        address payer,
        address spender
    ) external view returns (uint128 left, uint64 validUntil, uint32 epoch, ClaimFault fault) {
        Permission storage permission = _permissions[payer][spender];
        (left, fault) = _allowance(payer, spender, _accounts[payer].word);
        return (left, permission.validUntil, permission.epoch, fault);
    }

    /// @inheritdoc IEscrow
    function reserveOf(address payer, address provider) external view returns (uint128 amount, uint64 until) {
        return (_holds[payer][provider].amount, _holds[payer][provider].until);
    }

    /// @inheritdoc IEscrow
    function claimedOf(address payer, address node) external view returns (uint128) {
        return uint128(_claimed[node][payer].value);
    }

    // Internal

    /// @dev Takes `due` as far as the payer's money, its spender's grant and the provider's stake reach.
    /// @return amount what was taken; 0 with the reason in `fault`
    function _take(
        address payer,
        address signer,
        address provider,
        uint256 due,
        uint256 ceiling
    ) private returns (uint256 amount, ClaimFault fault) {
        Account storage account = _accounts[payer];
        AccountWord word = account.word;
        amount = due;
        if (signer != payer) {
            uint256 most;
            (most, fault) = _allowance(payer, signer, word);
            if (fault != ClaimFault.None) return (0, fault);
            if (most < amount) amount = most;
            if (most == 0) return (0, ClaimFault.GrantExhausted);
        }
        bool holding = word.reserves() != 0;
        uint256 free = holding ? _freeFor(payer, provider, word.balance()) : word.balance();
        if (free < amount) {
            amount = free;
            if (free == 0) return (0, ClaimFault.NoFunds);
        }
        if (ceiling < amount) {
            amount = ceiling;
            if (ceiling == 0) return (0, ClaimFault.StakeTooLow);
        }
        // amount ≤ free ≤ balance
        account.word = word.pay(amount);
        if (holding) _useHold(payer, provider, uint128(amount));
    }

    /// @return most how much a spender can still move
    function _allowance(
        address payer,
        address spender,
        AccountWord account
    ) private view returns (uint128 most, ClaimFault fault) {
        Permission storage permission = _permissions[payer][spender];
        (uint256 limit, uint256 validUntil, uint32 epoch) = (permission.limit, permission.validUntil, permission.epoch);
        if (validUntil == 0) return (0, ClaimFault.NoGrant);
        unchecked {
            // What was served while the grant was valid can be claimed for a thaw period more.
            if (block.timestamp >= validUntil + THAW_PERIOD) return (0, ClaimFault.GrantExpired);
            if (!_isAlive(payer, epoch, account.epoch())) return (0, ClaimFault.GrantRevoked);
            uint256 spent = account.spent();
            return (limit > spent ? uint128(limit - spent) : 0, ClaimFault.None);
        }
    }

    /// @dev An epoch below the account's lives on until the thaw period after its revocation; a higher one is not yet.
    function _isAlive(address payer, uint32 epoch, uint32 current) private view returns (bool) {
        return epoch == current || block.timestamp < _epochEnds[payer][epoch];
    }

    /// @dev Without an order among grants of one spender anybody could bring an old one back, and its cap with it.
    function _isNewer(Grant calldata grant, Permission storage old) private view returns (bool) {
        if (old.validUntil == 0) return true;
        return grant.epoch > old.epoch || (grant.epoch == old.epoch && grant.validUntil > old.validUntil);
    }

    /// @dev What one provider can take: all that isn't reserved, and its own reserve while it lasts.
    function _freeFor(address payer, address provider, uint128 balance) private view returns (uint128) {
        Hold storage hold = _holds[payer][provider];
        uint128 own = hold.until > block.timestamp ? hold.amount : 0;
        return _less(balance, _held[payer] - own);
    }

    /// @dev A claim uses the provider's own reserve up first; an expired one is freed on the way.
    function _useHold(address payer, address provider, uint128 amount) private {
        Hold storage hold = _holds[payer][provider];
        if (hold.amount == 0) return;
        bool expired = hold.until <= block.timestamp;
        _reduceHold(payer, provider, expired || amount > hold.amount ? hold.amount : amount, expired);
    }

    function _reduceHold(address payer, address provider, uint128 amount, bool expired) private {
        Hold storage hold = _holds[payer][provider];
        hold.amount -= amount;
        _held[payer] -= amount;
        if (hold.amount == 0) _accounts[payer].word = _accounts[payer].word.dropReserve();
        if (expired) emit ReserveReleased(payer, provider, amount);
    }

    function _credit(address payer, uint128 amount) internal override {
        AccountWord account = _accounts[payer].word;
        uint256 turnover = uint256(account.balance()) + account.spent() + amount;
        require(turnover <= AccountWords.MOST, TurnoverTooLarge(turnover, AccountWords.MOST));
        _accounts[payer].word = account.credit(amount);
    }

    function _less(uint128 a, uint128 b) private pure returns (uint128) {
        return a > b ? a - b : 0;
    }
}
