// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ClaimFault, GrantFault, IEscrow} from "./interfaces/IEscrow.sol";
import {Grant, ProofStep, Receipt, Reserve, Signature, Statement, Totals, Voucher} from "./interfaces/Messages.sol";
import {
    Claim,
    ISettlement,
    NodeClaims,
    ReceiptFault,
    Reputation,
    SignedGrant,
    SignedStatement,
    StatementFault
} from "./interfaces/ISettlement.sol";
import {IStaking} from "./interfaces/IStaking.sol";
import {Exposure} from "./libraries/Exposure.sol";
import {MessageHash} from "./libraries/MessageHash.sol";
import {PaymentList} from "./libraries/PaymentList.sol";
import {Pricing} from "./libraries/Pricing.sol";
import {Proposal} from "./libraries/Proposal.sol";
import {ReceiptForm} from "./libraries/ReceiptForm.sol";
import {Recover} from "./libraries/Recover.sol";
import {SumTree} from "./libraries/SumTree.sol";

/// @title Settlement
/// @notice See ISettlement, which is the document.
contract Settlement is ISettlement, Ownable2Step, EIP712 {
    using Exposure for Exposure.Window;
    using Proposal for Proposal.Change;

    struct Node {
        uint64 lastSequence;
        uint64 statements;
    }

    /// @dev One slot: 216 bits of the statement's struct hash are plenty against collisions.
    struct Entry {
        uint40 settledAt;
        uint216 digest;
    }

    /// @notice The highest protocol fee: 5 %.
    uint16 public constant MOST_FEE_BASIS_POINTS = 500;
    /// @notice The least stake multiple.
    uint32 public constant LEAST_STAKE_MULTIPLE = 1;
    /// @notice The highest stake multiple.
    uint32 public constant MOST_STAKE_MULTIPLE = 10_000;
    /// @notice The least dispute window, in seconds.
    uint64 public constant LEAST_WINDOW = 1 minutes;
    /// @notice The longest dispute window, in seconds.
    uint64 public constant MOST_WINDOW = 90 days;
    /// @notice How many statements of a node stay checkable on chain. A slot is written again only after its statement's
    /// dispute window, so statements may come at most this often within one window.
    uint64 public constant RING = 128;

    /// @inheritdoc ISettlement
    address public immutable ESCROW;
    /// @inheritdoc ISettlement
    address public immutable STAKING;
    /// @inheritdoc ISettlement
    address public immutable DISPUTES;
    /// @inheritdoc ISettlement
    address public immutable TREASURY;
    /// @inheritdoc ISettlement
    uint64 public immutable DISPUTE_WINDOW;

    /// @inheritdoc ISettlement
    uint16 public feeBasisPoints;
    /// @inheritdoc ISettlement
    uint32 public stakeMultiple;
    /// @notice The fee that was proposed, and when it can be applied.
    Proposal.Change public nextFee;
    /// @notice The stake multiple that was proposed, and when it can be applied.
    Proposal.Change public nextStakeMultiple;

    mapping(address provider => Reputation) private _reputations;
    mapping(address provider => Exposure.Window) private _exposures;
    mapping(address node => Node) private _nodes;
    mapping(address node => bytes32) private _runningHashes;
    mapping(address node => mapping(uint64 slot => Entry)) private _rings;

    constructor(
        address escrow,
        address staking,
        address disputes,
        address treasury,
        address owner_,
        uint64 disputeWindow,
        uint16 feeBasisPoints_,
        uint32 stakeMultiple_
    ) Ownable(owner_) EIP712("ProofMesh", "1") {
        require(disputes != address(0) && treasury != address(0), ZeroAddress());
        _checkPeer(escrow, address(this), IEscrow(escrow).SETTLEMENT());
        _checkPeer(staking, disputes, IStaking(staking).DISPUTES());
        _checkPeer(staking, IEscrow(escrow).TOKEN(), IStaking(staking).TOKEN());
        // Stake can be slashed for everything that can be disputed.
        uint64 unbonding = IStaking(staking).UNBONDING_PERIOD();
        uint64 most = unbonding < MOST_WINDOW ? unbonding : MOST_WINDOW;
        require(
            disputeWindow >= LEAST_WINDOW && disputeWindow <= most,
            PeriodOutOfBounds(disputeWindow, LEAST_WINDOW, most)
        );
        (ESCROW, STAKING, DISPUTES, TREASURY) = (escrow, staking, disputes, treasury);
        DISPUTE_WINDOW = disputeWindow;
        _setFee(feeBasisPoints_);
        _setStakeMultiple(stakeMultiple_);
    }

    // Settler

    /// @inheritdoc ISettlement
    function settle(
        SignedGrant[] calldata grants,
        NodeClaims[] calldata claims,
        SignedStatement[] calldata statements
    ) external {
        bytes32 domain = _domainSeparatorV4();
        for (uint256 i = 0; i < grants.length; ++i) _registerGrant(domain, i, grants[i]);
        uint256 paid = 0;
        for (uint256 i = 0; i < claims.length; ++i) paid = _payNode(domain, paid, claims[i]);
        for (uint256 i = 0; i < statements.length; ++i) _settleStatement(domain, i, statements[i]);
    }

    /// @inheritdoc ISettlement
    function reserve(Reserve calldata reserve_, Signature calldata signature) external {
        address signer = Recover.signer(reserveDigest(reserve_), signature);
        require(signer != address(0), BadSignature(signature.s, signature.v));
        IEscrow(ESCROW).reserve(reserve_, signer);
    }

    // Anyone

    /// @inheritdoc ISettlement
    function applyFee() external {
        _setFee(uint16(nextFee.take()));
    }

    /// @inheritdoc ISettlement
    function applyStakeMultiple() external {
        _setStakeMultiple(uint32(nextStakeMultiple.take()));
    }

    // Owner

    /// @inheritdoc ISettlement
    function proposeFee(uint16 basisPoints) external onlyOwner {
        _checkFee(basisPoints);
        emit FeeProposed(basisPoints, nextFee.propose(basisPoints));
    }

    /// @inheritdoc ISettlement
    function proposeStakeMultiple(uint32 multiple) external onlyOwner {
        _checkStakeMultiple(multiple);
        emit StakeMultipleProposed(multiple, nextStakeMultiple.propose(multiple));
    }

    // Disputes

    /// @inheritdoc ISettlement
    function recordSlash(address provider) external {
        require(msg.sender == DISPUTES, NotDisputes(msg.sender));
        Reputation storage reputation = _reputations[provider];
        if (reputation.slashes < type(uint32).max) ++reputation.slashes;
        emit SlashRecorded(provider, reputation.slashes);
    }

    // Views

    /// @inheritdoc ISettlement
    function verifyReceipt(
        Receipt calldata receipt,
        Signature calldata signature,
        Statement calldata statement,
        ProofStep[] calldata proof
    ) external view returns (bool) {
        return checkReceipt(receipt, signature, statement, proof) == ReceiptFault.None;
    }

    /// @inheritdoc ISettlement
    function checkReceipt(
        Receipt calldata receipt,
        Signature calldata signature,
        Statement calldata statement,
        ProofStep[] calldata proof
    ) public view returns (ReceiptFault) {
        address node = Recover.signer(receiptDigest(receipt), signature);
        if (node == address(0)) return ReceiptFault.BadSignature;
        if (!_belongs(node, receipt.provider)) return ReceiptFault.WrongNode;
        if (receipt.provider != statement.provider) return ReceiptFault.WrongProvider;
        if (receipt.cachedTokens > receipt.promptTokens) return ReceiptFault.CachedAbovePrompt;
        if (receipt.status > Pricing.STATUS_LAST) return ReceiptFault.UnknownStatus;
        if (receipt.fee != Pricing.fee(receipt)) return ReceiptFault.WrongFee;
        (uint64 first, uint64 last) = (statement.firstSequence, statement.lastSequence);
        if (receipt.sequence < first || receipt.sequence > last) return ReceiptFault.OutOfRange;
        if (last - first >= SumTree.MOST_LEAVES) return ReceiptFault.StatementUnknown;
        if (proof.length != SumTree.depth(last - first + 1)) return ReceiptFault.WrongDepth;
        Totals memory totals = Pricing.totals(receipt);
        bytes32 leaf = SumTree.leaf(MessageHash.ofReceipt(receipt), totals);
        bytes32 root = SumTree.climb(leaf, totals, receipt.sequence - first, proof);
        if (root != statement.root) return ReceiptFault.RootMismatch;
        return settledAt(node, statement) == 0 ? ReceiptFault.StatementUnknown : ReceiptForm.fault(receipt);
    }

    /// @inheritdoc ISettlement
    function settledAt(address node, Statement calldata statement) public view returns (uint64) {
        uint216 digest = uint216(uint256(MessageHash.ofStatement(statement)));
        uint64 count = _nodes[node].statements;
        for (uint64 slot = 0; slot < RING && slot < count; ++slot) {
            Entry memory entry = _rings[node][slot];
            if (entry.digest == digest) return entry.settledAt;
        }
        return 0;
    }

    /// @inheritdoc ISettlement
    function grantDigest(Grant calldata grant) external view returns (bytes32) {
        return _hashTypedDataV4(MessageHash.ofGrant(grant));
    }

    /// @inheritdoc ISettlement
    function reserveDigest(Reserve calldata reserve_) public view returns (bytes32) {
        return _hashTypedDataV4(MessageHash.ofReserve(reserve_));
    }

    /// @inheritdoc ISettlement
    function voucherDigest(Voucher calldata voucher) external view returns (bytes32) {
        return _hashTypedDataV4(MessageHash.ofVoucher(voucher));
    }

    /// @inheritdoc ISettlement
    function receiptDigest(Receipt calldata receipt) public view returns (bytes32) {
        return _hashTypedDataV4(MessageHash.ofReceipt(receipt));
    }

    /// @inheritdoc ISettlement
    function statementDigest(Statement calldata statement) external view returns (bytes32) {
        return _hashTypedDataV4(MessageHash.ofStatement(statement));
    }

    /// @inheritdoc ISettlement
    function ceilingOf(address provider) public view returns (uint128) {
        uint256 used = _exposures[provider].used(DISPUTE_WINDOW);
        unchecked {
            // 128 bits times 32
            uint256 most = uint256(IStaking(STAKING).stakeOf(provider)) * stakeMultiple;
            if (most <= used) return 0;
            return most - used > type(uint128).max ? type(uint128).max : uint128(most - used);
        }
    }

    /// @inheritdoc ISettlement
    function reputationOf(address provider) external view returns (Reputation memory) {
        return _reputations[provider];
    }

    /// @inheritdoc ISettlement
    function nodeOf(address node) external view returns (uint64 lastSequence, uint64 statements, bytes32 runningHash) {
        return (_nodes[node].lastSequence, _nodes[node].statements, _runningHashes[node]);
    }

    // Internal

    function _registerGrant(bytes32 domain, uint256 index, SignedGrant calldata item) private {
        bytes32 digest = MessageHash.digest(domain, MessageHash.ofGrant(item.grant));
        GrantFault fault =
            Recover.isSignedBy(item.grant.payer, digest, item.signature)
                ? IEscrow(ESCROW).register(item.grant)
                : GrantFault.BadSignature;
        if (fault != GrantFault.None) emit GrantSkipped(index, item.grant.payer, item.grant.spender, fault);
    }

    /// @dev Pays the claims of one node: its provider is looked up and credited once.
    /// @param index the position of the first of them in the call
    /// @return next the position behind the last
    function _payNode(bytes32 domain, uint256 index, NodeClaims calldata group) private returns (uint256 next) {
        (address node, Claim[] calldata claims) = (group.node, group.claims);
        next = index + claims.length;
        address provider = IStaking(STAKING).providerOf(node);
        if (provider == address(0)) {
            for (uint256 i = 0; i < claims.length; ++i) {
                emit ClaimSkipped(index + i, claims[i].payer, node, ClaimFault.UnknownNode);
            }
            return next;
        }
        (uint128 moved, bytes memory faults) = IEscrow(ESCROW).pay(
            provider,
            node,
            ceilingOf(provider),
            feeBasisPoints,
            TREASURY,
            PaymentList.authenticate(domain, node, claims)
        );
        if (moved != 0) _exposures[provider].add(moved, DISPUTE_WINDOW);
        for (uint256 i = 0; i < faults.length; ++i) {
            if (faults[i] == 0) continue;
            emit ClaimSkipped(index + i, claims[i].payer, node, ClaimFault(uint8(faults[i])));
        }
    }

    function _settleStatement(bytes32 domain, uint256 index, SignedStatement calldata item) private {
        Statement calldata statement = item.statement;
        bytes32 hash = MessageHash.ofStatement(statement);
        address node = Recover.signer(MessageHash.digest(domain, hash), item.signature);
        StatementFault fault = _checkStatement(node, item);
        if (fault != StatementFault.None) {
            emit StatementSkipped(index, statement.provider, node, fault);
            return;
        }
        uint64 number = _nodes[node].statements;
        _nodes[node] = Node(statement.lastSequence, number + 1);
        _rings[node][number % RING] = Entry(uint40(block.timestamp), uint216(uint256(hash)));
        _runningHashes[node] = keccak256(abi.encode(_runningHashes[node], hash));
        _addTotals(statement.provider, item.totals);
        emit StatementSettled(
            statement.provider,
            node,
            number,
            statement.firstSequence,
            statement.lastSequence,
            statement.root,
            item.totals
        );
    }

    function _checkStatement(address node, SignedStatement calldata item) private view returns (StatementFault) {
        (uint64 first, uint64 last) = (item.statement.firstSequence, item.statement.lastSequence);
        if (node == address(0)) return StatementFault.BadSignature;
        if (!_belongs(node, item.statement.provider)) return StatementFault.WrongNode;
        Node memory state = _nodes[node];
        if (first != uint256(state.lastSequence) + 1) return StatementFault.OutOfSequence;
        if (last < first) return StatementFault.EmptyRange;
        if (last - first >= SumTree.MOST_LEAVES) return StatementFault.TooManyReceipts;
        uint256 count = uint256(last) - first + 1;
        if (item.totals.completed > count || item.totals.points > count * Pricing.MOST_POINTS) {
            return StatementFault.TotalsImpossible;
        }
        if (SumTree.root(item.top, item.totals) != item.statement.root) return StatementFault.RootMismatch;
        // A slot that was never written has settledAt 0.
        uint256 freeAt = uint256(_rings[node][state.statements % RING].settledAt) + DISPUTE_WINDOW;
        return block.timestamp < freeAt ? StatementFault.RingFull : StatementFault.None;
    }

    /// @dev A key that nobody registered belongs to nobody, not to the provider 0.
    function _belongs(address node, address provider) private view returns (bool) {
        return provider != address(0) && IStaking(STAKING).providerOf(node) == provider;
    }

    /// @dev Sums saturate: a statement that lies must not be able to stop the batch.
    function _addTotals(address provider, Totals calldata totals) private {
        Reputation memory sum = _reputations[provider];
        unchecked {
            uint64 most = type(uint64).max;
            sum.completed = totals.completed > most - sum.completed ? most : sum.completed + totals.completed;
            sum.tokens = totals.tokens > most - sum.tokens ? most : sum.tokens + totals.tokens;
            sum.points = totals.points > most - sum.points ? most : sum.points + totals.points;
            uint128 mostFees = type(uint128).max;
            sum.fees = totals.fees > mostFees - sum.fees ? mostFees : sum.fees + totals.fees;
        }
        _reputations[provider] = sum;
    }

    function _setFee(uint16 basisPoints) private {
        _checkFee(basisPoints);
        feeBasisPoints = basisPoints;
        emit FeeChanged(basisPoints);
    }

    function _setStakeMultiple(uint32 multiple) private {
        _checkStakeMultiple(multiple);
        stakeMultiple = multiple;
        emit StakeMultipleChanged(multiple);
    }

    function _checkFee(uint16 basisPoints) private pure {
        require(basisPoints <= MOST_FEE_BASIS_POINTS, FeeTooHigh(basisPoints, MOST_FEE_BASIS_POINTS));
    }

    function _checkStakeMultiple(uint32 multiple) private pure {
        require(
            multiple >= LEAST_STAKE_MULTIPLE && multiple <= MOST_STAKE_MULTIPLE,
            StakeMultipleOutOfBounds(multiple, LEAST_STAKE_MULTIPLE, MOST_STAKE_MULTIPLE)
        );
    }

    function _checkPeer(address peer, address expected, address found) private pure {
        require(expected == found, WrongPeer(peer, expected, found));
    }
}
