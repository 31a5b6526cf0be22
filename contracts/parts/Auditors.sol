// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Auditor, IChallenges} from "../interfaces/IChallenges.sol";
import {TokenIn} from "../libraries/TokenIn.sol";

/// @title The part of Disputes that holds tokens: auditors' bonds, and what challenges gave to whom
/// @notice See IChallenges, which is the document.
abstract contract Auditors is IChallenges, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice The least that a bond can be set to: a fine of it is one unit.
    uint128 public constant LEAST_BOND = 10;
    /// @notice The most that a bond can be set to.
    uint128 public constant MOST_BOND = 1e12;
    /// @notice The part of the least bond that an auditor loses for a vote that it doesn't open.
    uint128 public constant FINES_PER_BOND = 10;
    /// @notice On how many panels an auditor can sit at once: as many as its bond can pay fines for.
    uint32 public constant MOST_SEATS = 10;

    /// @inheritdoc IChallenges
    address public immutable TOKEN;
    /// @inheritdoc IChallenges
    uint128 public immutable AUDITOR_BOND;

    /// @inheritdoc IChallenges
    mapping(address owner => uint128) public creditOf;

    mapping(address auditor => Auditor) internal _auditors;

    constructor(address token, uint128 auditorBond) {
        _checkBond(auditorBond);
        (TOKEN, AUDITOR_BOND) = (token, auditorBond);
    }

    // Auditor

    /// @inheritdoc IChallenges
    function enroll(uint128 amount) external nonReentrant returns (uint128 bond) {
        require(amount != 0, ZeroAmount());
        Auditor storage auditor = _auditors[msg.sender];
        bond = auditor.bond + TokenIn.pull(IERC20(TOKEN), msg.sender, amount);
        require(bond >= AUDITOR_BOND, BondTooSmall(bond, AUDITOR_BOND));
        auditor.bond = bond;
        if (auditor.enrolledAt == 0) auditor.enrolledAt = uint64(block.timestamp);
        emit AuditorEnrolled(msg.sender, bond);
    }

    /// @inheritdoc IChallenges
    function retire() external {
        Auditor storage auditor = _auditors[msg.sender];
        require(auditor.enrolledAt != 0, NotEnrolled(msg.sender));
        auditor.enrolledAt = 0;
        emit AuditorRetired(msg.sender);
    }

    /// @inheritdoc IChallenges
    function withdrawBond(address to) external nonReentrant returns (uint128 bond) {
        require(to != address(0), ZeroAddress());
        Auditor storage auditor = _auditors[msg.sender];
        require(auditor.enrolledAt == 0, StillEnrolled(msg.sender));
        require(auditor.seats == 0, OnPanel(msg.sender, auditor.seats));
        bond = auditor.bond;
        require(bond != 0, ZeroAmount());
        auditor.bond = 0;
        emit BondWithdrawn(msg.sender, to, bond);
        IERC20(TOKEN).safeTransfer(to, bond);
    }

    // Anybody to whom a challenge gave something

    /// @inheritdoc IChallenges
    function collectCredit(address to) external nonReentrant returns (uint128 amount) {
        require(to != address(0), ZeroAddress());
        amount = creditOf[msg.sender];
        require(amount != 0, ZeroAmount());
        creditOf[msg.sender] = 0;
        emit CreditCollected(msg.sender, to, amount);
        IERC20(TOKEN).safeTransfer(to, amount);
    }

    // Views

    /// @inheritdoc IChallenges
    function auditorOf(address auditor) external view returns (Auditor memory) {
        return _auditors[auditor];
    }

    // Internal

    /// @dev Whoever can't pay for a seat any more can't be drawn until it bonds more.
    /// @return amount what was taken
    function _fine(uint256 id, address who) internal returns (uint128 amount) {
        Auditor storage auditor = _auditors[who];
        amount = AUDITOR_BOND / FINES_PER_BOND;
        // Never more than there is: at most ten seats, each a tenth of the least bond.
        auditor.bond -= amount;
        emit AuditorFined(id, who, amount);
        if (auditor.bond >= AUDITOR_BOND || auditor.enrolledAt == 0) return amount;
        auditor.enrolledAt = 0;
        emit AuditorRetired(who);
    }

    function _checkBond(uint128 bond) internal pure {
        require(bond >= LEAST_BOND && bond <= MOST_BOND, BondOutOfBounds(bond, LEAST_BOND, MOST_BOND));
    }
}
