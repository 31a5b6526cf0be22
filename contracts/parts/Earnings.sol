// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IEarnings, Member} from "../interfaces/IEarnings.sol";
import {Proposal} from "../libraries/Proposal.sol";

/// @title The part of Escrow that keeps what was earned
/// @notice See IEarnings, which is the document.
abstract contract Earnings is IEarnings, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev One slot, so that paying a provider with a pool costs no more than paying one without. `undivided` is its own as
    /// long as `members` is 0; `own` is what pools gave, or what was undivided when a pool began.
    struct Purse {
        uint120 undivided;
        uint120 own;
        uint16 members;
    }

    struct PoolProposal {
        bytes32 pool;
        uint64 readyAt;
        uint64 number;
    }

    /// @notice How many wallets a pool can have.
    uint256 public constant MOST_MEMBERS = 16;
    /// @notice What the shares of a pool sum up to.
    uint256 public constant WHOLE = 10_000;

    /// @inheritdoc IEarnings
    address public immutable TOKEN;

    /// @inheritdoc IEarnings
    mapping(bytes32 pool => mapping(address wallet => bool)) public hasAccepted;

    mapping(address earner => Purse) private _purses;
    mapping(address provider => Member[]) private _pools;
    mapping(address provider => PoolProposal) private _proposals;

    constructor(address token) {
        require(token != address(0), ZeroAddress());
        TOKEN = token;
    }

    // Earner

    /// @inheritdoc IEarnings
    function collect(address to, uint128 amount) external nonReentrant {
        require(to != address(0), ZeroAddress());
        _takeEarned(amount);
        emit Collected(msg.sender, to, amount);
        IERC20(TOKEN).safeTransfer(to, amount);
    }

    /// @inheritdoc IEarnings
    function recycle(uint128 amount) external {
        _takeEarned(amount);
        _credit(msg.sender, amount);
        emit Recycled(msg.sender, amount);
    }

    // Provider

    /// @inheritdoc IEarnings
    function proposePool(Member[] calldata members) external returns (bytes32 pool) {
        _checkShares(members);
        PoolProposal storage proposal = _proposals[msg.sender];
        // The number keeps what was accepted once from counting for the same shares later.
        uint64 number = proposal.number + 1;
        uint64 readyAt = uint64(block.timestamp) + Proposal.DELAY;
        pool = _nameOf(msg.sender, number, members);
        (proposal.pool, proposal.readyAt, proposal.number) = (pool, readyAt, number);
        hasAccepted[pool][msg.sender] = true;
        emit PoolProposed(msg.sender, pool, members, readyAt);
    }

    // Member

    /// @inheritdoc IEarnings
    function acceptPool(address provider, bytes32 pool) external {
        bytes32 expected = _proposals[provider].pool;
        require(pool != 0 && pool == expected, PoolUnknown(provider, pool, expected));
        hasAccepted[pool][msg.sender] = true;
        emit PoolAccepted(provider, pool, msg.sender);
    }

    // Anyone

    /// @inheritdoc IEarnings
    function applyPool(address provider, Member[] calldata members) external {
        PoolProposal storage proposal = _proposals[provider];
        (bytes32 expected, uint64 readyAt) = (proposal.pool, proposal.readyAt);
        bytes32 pool = _nameOf(provider, proposal.number, members);
        require(pool == expected, PoolUnknown(provider, pool, expected));
        require(block.timestamp >= readyAt, PoolTooEarly(readyAt));
        require(block.timestamp <= readyAt + Proposal.LIFE, PoolTooLate(readyAt + Proposal.LIFE));
        _divide(provider);
        proposal.pool = 0;
        delete _pools[provider];
        for (uint256 i = 0; i < members.length; ++i) {
            require(hasAccepted[pool][members[i].wallet], NotAccepted(pool, members[i].wallet));
            _pools[provider].push(members[i]);
        }
        _purses[provider].members = uint16(members.length);
        emit PoolApplied(provider, pool);
    }

    /// @inheritdoc IEarnings
    function divide(address provider) external {
        _divide(provider);
    }

    // Views

    /// @inheritdoc IEarnings
    function earnedOf(address earner) external view returns (uint128) {
        Purse memory purse = _purses[earner];
        return _collectable(purse);
    }

    /// @inheritdoc IEarnings
    function poolOf(address provider) external view returns (Member[] memory members, uint128 undivided) {
        Purse memory purse = _purses[provider];
        return (_pools[provider], purse.members == 0 ? 0 : purse.undivided);
    }

    /// @inheritdoc IEarnings
    function proposedPoolOf(address provider) external view returns (bytes32 pool, uint64 readyAt) {
        pool = _proposals[provider].pool;
        readyAt = pool == 0 ? 0 : _proposals[provider].readyAt;
    }

    // Internal

    /// @dev Credits a payer; Escrow knows how.
    function _credit(address payer, uint128 amount) internal virtual;

    /// @dev 120 bits hold more than 65,000 times what a payer can ever have paid.
    function _earn(address earner, uint128 amount) internal {
        Purse storage purse = _purses[earner];
        purse.undivided += uint120(amount);
    }

    function _takeEarned(uint128 amount) private {
        require(amount != 0, ZeroAmount());
        Purse memory purse = _purses[msg.sender];
        uint128 available = _collectable(purse);
        require(amount <= available, InsufficientBalance(amount, available));
        // What pools gave goes first; what is undivided is the caller's only when `available` counts it.
        uint120 fromOwn = amount < purse.own ? uint120(amount) : purse.own;
        purse.own -= fromOwn;
        purse.undivided -= uint120(amount - fromOwn);
        _purses[msg.sender] = purse;
    }

    function _divide(address provider) private {
        Purse memory purse = _purses[provider];
        uint256 undivided = purse.undivided;
        uint256 left = purse.members == 0 ? 0 : undivided;
        if (purse.members == 0) _purses[provider].own += uint120(undivided);
        Member[] storage members = _pools[provider];
        for (uint256 i = 0; i < purse.members; ++i) {
            (address wallet, uint256 basisPoints) = (members[i].wallet, members[i].basisPoints);
            uint120 part = uint120((undivided * basisPoints) / WHOLE);
            if (part == 0) continue;
            left -= part;
            _purses[wallet].own += part;
            emit Divided(provider, wallet, part);
        }
        _purses[provider].undivided = uint120(left);
    }

    function _collectable(Purse memory purse) private pure returns (uint128) {
        return uint128(purse.own) + (purse.members == 0 ? purse.undivided : 0);
    }

    function _checkShares(Member[] calldata members) private pure {
        require(members.length <= MOST_MEMBERS, TooManyMembers(members.length, MOST_MEMBERS));
        uint256 sum = 0;
        for (uint256 i = 0; i < members.length; ++i) {
            require(members[i].wallet != address(0), ZeroAddress());
            require(members[i].basisPoints != 0, ZeroAmount());
            for (uint256 k = 0; k < i; ++k) {
                require(members[k].wallet != members[i].wallet, MemberTwice(members[i].wallet));
            }
            sum += members[i].basisPoints;
        }
        require(members.length == 0 || sum == WHOLE, SharesDontSum(sum, WHOLE));
    }

    function _nameOf(address provider, uint64 number, Member[] calldata members) private pure returns (bytes32) {
        return keccak256(abi.encode(provider, number, members));
    }
}
