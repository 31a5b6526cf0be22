// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IEarnings} from "./IEarnings.sol";
import {Grant, Reserve} from "./Messages.sol";
import {ISignatureTransfer} from "./ISignatureTransfer.sol";

/// @notice Why a grant was not registered.
enum GrantFault {
    None,
    BadSignature,
    ZeroAddress,
    Expired,
    WrongEpoch,
    NotNewer
}

/// @notice Why a claim moved no money.
enum ClaimFault {
    None,
    BadSignature,
    UnknownNode,
    NoGrant,
    GrantExpired,
    GrantRevoked,
    NothingNew,
    NoFunds,
    GrantExhausted,
    StakeTooLow
}

/// @notice Money of a payer on its way out.
struct Exit {
    uint128 amount;
    uint64 readyAt;
}

/// @title Escrow
/// @notice Holds the payers' money and what the providers have earned.
/// @dev Assumes of the token: a transfer moves at most what was asked, and balances change only through transfers. A fee on
/// transfers, missing return values, a pause and a blacklist are all borne: they can block the one who moves tokens, nobody
/// else, since settling moves internal balances only.
interface IEscrow is IEarnings {
    /// @notice `amount` (what really arrived) was credited to `payer`; `from` sent it.
    event Deposited(address indexed payer, address indexed from, uint128 amount);
    /// @notice `amount` of `payer` may be withdrawn from `readyAt` on.
    event Thawing(address indexed payer, uint128 amount, uint64 readyAt);
    /// @notice `payer` took back all its thaws; `amount` is their sum.
    event ThawCancelled(address indexed payer, uint128 amount);
    /// @notice `payer` sent `amount` of its balance to `to`.
    event Withdrawn(address indexed payer, address indexed to, uint128 amount);
    /// @notice A voucher moved `amount` from `payer` to the node's provider; `claimed` is the pair's new total.
    event Claimed(address indexed payer, address node, uint128 amount, uint128 claimed);
    /// @notice `provider` earned `amount` from claims on one node, after `fee` went to the treasury.
    event Earned(address indexed provider, address indexed node, uint128 amount, uint128 fee);
    /// @notice `spender` may sign for `payer` until `validUntil` and a thaw period more, while the total that the payer has
    /// ever paid is at most `limit`.
    event GrantRegistered(
        address indexed payer,
        address indexed spender,
        uint128 cap,
        uint128 limit,
        uint64 validUntil,
        uint32 epoch
    );
    /// @notice Grants of `payer` with an epoch below `epoch` end at `endsAt`.
    event EpochRaised(address indexed payer, uint32 epoch, uint64 endsAt);
    /// @notice `amount` of `payer` can be claimed by `provider` alone until `until`.
    event Reserved(address indexed payer, address indexed provider, uint128 amount, uint64 until);
    /// @notice `amount` of an expired reserve is free again.
    event ReserveReleased(address indexed payer, address indexed provider, uint128 amount);
    /// @notice Deposits were paused or allowed again. Nothing else can be paused.
    event DepositsPaused(bool paused);

    /// @notice Only Settlement may call this.
    error NotSettlement(address caller);
    /// @notice Deposits are paused.
    error DepositsArePaused();
    /// @notice What an account holds and has ever paid would be above the most that can be accounted for.
    error TurnoverTooLarge(uint256 turnover, uint256 most);
    /// @notice No thaw is ready; the first one is at `readyAt` (0: there is none).
    error NothingToWithdraw(uint64 readyAt);
    /// @notice A period must lie within hard bounds.
    error PeriodOutOfBounds(uint64 period, uint64 least, uint64 most);
    /// @notice Permit2 was asked for another token.
    error WrongToken(address token, address expected);
    /// @notice The signer may not act for the payer.
    error NotAuthorized(address payer, address signer, ClaimFault reason);
    /// @notice A reserve must end within (`earliest`, `latest`].
    error ReserveEndOutOfBounds(uint64 until, uint64 earliest, uint64 latest);
    /// @notice A reserve for the same provider that lasts as long or longer exists already.
    error ReserveNotNewer(uint64 until, uint64 existing);
    /// @notice A payer can have only so many open reserves.
    error TooManyReserves(uint256 most);

    /// @notice Takes `amount` of the token from the caller and credits what arrives.
    /// @param amount how much to ask the token for, in base units
    /// @return credited the difference of the token balance
    function deposit(uint128 amount) external returns (uint128 credited);

    /// @notice Takes `amount` from the caller and credits what arrives to `payer`.
    /// @param payer whose balance grows
    /// @param amount how much to ask the token for, in base units
    /// @return credited the difference of the token balance
    function depositFor(address payer, uint128 amount) external returns (uint128 credited);

    /// @notice Deposits through Permit2; anyone may submit it, the money is credited to the one who signed.
    /// @param payer who signed the permit
    /// @param permit token, amount, nonce and deadline as signed
    /// @param signature the signature under the permit
    /// @return credited the difference of the token balance
    function depositWithPermit2(
        address payer,
        ISignatureTransfer.PermitTransferFrom calldata permit,
        bytes calldata signature
    ) external returns (uint128 credited);

    /// @notice Announces that `amount` of the caller's balance shall leave; it can still be claimed until it left.
    /// @dev Each thaw has its own time: a later one never delays an earlier one.
    /// @param amount at most the balance that isn't thawing yet
    /// @return readyAt when it can be withdrawn
    function thaw(uint128 amount) external returns (uint64 readyAt);

    /// @notice Takes back all thaws of the caller.
    function cancelThaw() external;

    /// @notice Sends all that has thawed, and is still there and not reserved, to `to`.
    /// @dev Release expired reserves first: a thaw that finds its money reserved is used up.
    /// @param to who receives the tokens
    /// @return amount how much was sent
    function withdraw(address to) external returns (uint128 amount);

    /// @notice Raises the caller's epoch: grants of lower epochs end after the thaw period.
    /// @return epoch the new epoch
    function revokeGrants() external returns (uint32 epoch);

    /// @notice Frees reserves of `payer` that expired.
    /// @param payer whose reserves
    /// @param providers for whom they were
    function releaseReserves(address payer, address[] calldata providers) external;

    /// @notice Pauses deposits or allows them again. Only the owner.
    /// @param paused whether deposits are refused
    function pauseDeposits(bool paused) external;

    /// @notice Moves money for the vouchers of one node. Only Settlement.
    /// @param provider who owns the node
    /// @param node for whom the vouchers are
    /// @param ceiling the most that may be moved in all
    /// @param feeBasisPoints the share that goes to `treasury`
    /// @param treasury who earns the fee
    /// @param payments the authenticated vouchers, as `PaymentList` has them
    /// @return moved how much was moved in all, the fee included
    /// @return faults a `ClaimFault` in one byte for each payment, or nothing when none failed
    function pay(
        address provider,
        address node,
        uint128 ceiling,
        uint16 feeBasisPoints,
        address treasury,
        bytes calldata payments
    ) external returns (uint128 moved, bytes memory faults);

    /// @notice Registers a grant whose signature was checked. Only Settlement.
    /// @param grant the grant
    /// @return fault why it was not registered, or `None`
    function register(Grant calldata grant) external returns (GrantFault fault);

    /// @notice Sets money aside for a provider. Only Settlement.
    /// @param reserve_ the reserve
    /// @param signer who signed it
    function reserve(Reserve calldata reserve_, address signer) external;

    /// @notice The one contract that may move money between accounts.
    function SETTLEMENT() external view returns (address);

    /// @notice Seconds between a thaw (or a revocation) and its effect.
    function THAW_PERIOD() external view returns (uint64);

    /// @notice Everything about a payer.
    /// @param payer whose account
    /// @return balance all of its money, thawing and reserved included
    /// @return thawing how much of it was announced to leave
    /// @return reserved how much of it is set aside for single providers
    /// @return spent how much it has paid since ever
    /// @return epoch the epoch that new grants must carry
    function accountOf(
        address payer
    ) external view returns (uint128 balance, uint128 thawing, uint128 reserved, uint128 spent, uint32 epoch);

    /// @notice What any provider may count on: the balance less what is thawing or reserved.
    function availableOf(address payer) external view returns (uint128);

    /// @notice The thaws of a payer, oldest first.
    function thawsOf(address payer) external view returns (Exit[] memory);

    /// @notice A registered grant.
    /// @return left how much more vouchers of this spender can move, whatever the balance
    /// @return validUntil as signed (0: there is no grant)
    /// @return epoch as signed
    /// @return fault why a claim would be refused now, or `None`
    function grantOf(
        address payer,
        address spender
    ) external view returns (uint128 left, uint64 validUntil, uint32 epoch, ClaimFault fault);

    /// @notice A reserve.
    function reserveOf(address payer, address provider) external view returns (uint128 amount, uint64 until);

    /// @notice How much of the vouchers of `payer` to `node` was paid.
    function claimedOf(address payer, address node) external view returns (uint128);
}
