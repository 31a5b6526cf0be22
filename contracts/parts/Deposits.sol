// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IEscrow} from "../interfaces/IEscrow.sol";
import {ISignatureTransfer} from "../interfaces/ISignatureTransfer.sol";
import {TokenIn} from "../libraries/TokenIn.sol";
import {Earnings} from "./Earnings.sol";

/// @title The part of Escrow that takes money in, and the one thing that its owner can do
/// @notice See IEscrow, which is the document.
abstract contract Deposits is IEscrow, Earnings, Ownable2Step {
    /// @notice Uniswap's Permit2 on this chain.
    address public immutable PERMIT2;

    /// @notice Whether deposits are refused.
    bool public depositsPaused;

    constructor(address permit2) {
        PERMIT2 = permit2;
    }

    // Payer

    /// @inheritdoc IEscrow
    function deposit(uint128 amount) external returns (uint128) {
        return depositFor(msg.sender, amount);
    }

    /// @inheritdoc IEscrow
    function depositFor(address payer, uint128 amount) public nonReentrant returns (uint128 credited) {
        require(!depositsPaused, DepositsArePaused());
        require(payer != address(0), ZeroAddress());
        require(amount != 0, ZeroAmount());
        credited = TokenIn.pull(IERC20(TOKEN), msg.sender, amount);
        _credit(payer, credited);
        emit Deposited(payer, msg.sender, credited);
    }

    /// @inheritdoc IEscrow
    function depositWithPermit2(
        address payer,
        ISignatureTransfer.PermitTransferFrom calldata permit,
        bytes calldata signature
    ) external nonReentrant returns (uint128 credited) {
        require(!depositsPaused, DepositsArePaused());
        require(payer != address(0), ZeroAddress());
        require(permit.permitted.token == TOKEN, WrongToken(permit.permitted.token, TOKEN));
        uint256 before = IERC20(TOKEN).balanceOf(address(this));
        ISignatureTransfer(PERMIT2).permitTransferFrom(
            permit,
            ISignatureTransfer.SignatureTransferDetails(address(this), permit.permitted.amount),
            payer,
            signature
        );
        credited = TokenIn.arrived(IERC20(TOKEN), before);
        _credit(payer, credited);
        emit Deposited(payer, payer, credited);
    }

    // Owner

    /// @inheritdoc IEscrow
    function pauseDeposits(bool paused) external onlyOwner {
        depositsPaused = paused;
        emit DepositsPaused(paused);
    }
}
