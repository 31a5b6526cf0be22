// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Auditor, Challenge, IChallenges, Seat, Verdict, Vote} from "../interfaces/IChallenges.sol";
import {Offence} from "../interfaces/IDisputes.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {ProofStep, Receipt, Signature, Statement, Totals} from "../interfaces/Messages.sol";
import {Header} from "../libraries/Header.sol";
import {MessageHash} from "../libraries/MessageHash.sol";
import {Pricing} from "../libraries/Pricing.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {TokenIn} from "../libraries/TokenIn.sol";
import {Auditors} from "./Auditors.sol";
import {Reporting} from "./Reporting.sol";

/// @title The part of Disputes where a panel judges
/// @notice See IChallenges, which is the document.
abstract contract Challenges is Reporting, Auditors {
    /// @notice How many auditors sit on a panel.
    uint256 public constant PANEL = 5;
    /// @notice How many of them have to vote.
    uint8 public constant QUORUM = 3;
    /// @notice How far ahead the block of the seed is: nobody knows who will propose it, or how.
    uint64 public constant SEED_BLOCKS = 32;
    /// @notice The least length of a phase, in seconds.
    uint64 public constant LEAST_PHASE = 1 minutes;
    /// @notice How long the location of evidence can be.
    uint256 public constant MOST_LOCATION_BYTES = 512;

    /// @inheritdoc IChallenges
    uint128 public immutable CHALLENGE_BOND;
    /// @inheritdoc IChallenges
    uint64 public immutable PHASE;
    /// @notice Who gets what nobody else can claim.
    address public immutable TREASURY;

    /// @inheritdoc IChallenges
    uint256 public challenges;

    mapping(uint256 id => Challenge) private _challenges;
    mapping(uint256 id => Seat[]) private _panels;

    constructor(uint128 challengeBond, uint64 phase) {
        _checkBond(challengeBond);
        // Three phases, and one more in which to resolve, before what was at stake can leave.
        uint64 most = (IStaking(STAKING).UNBONDING_PERIOD() - ISettlement(SETTLEMENT).DISPUTE_WINDOW()) / 4;
        require(phase >= LEAST_PHASE && phase <= most, PhaseOutOfBounds(phase, LEAST_PHASE, most));
        (CHALLENGE_BOND, PHASE, TREASURY) = (challengeBond, phase, IStaking(STAKING).TREASURY());
    }

    // Challenger

    /// @inheritdoc IChallenges
    function challenge(
        Receipt calldata receipt,
        Signature calldata signature,
        Statement calldata statement,
        ProofStep[] calldata proof,
        uint128 amount,
        bytes32 evidence,
        string calldata location
    ) external committed nonReentrant returns (uint256 id) {
        _checkLocation(location);
        address node = _checkChallengeable(receipt, signature, statement, proof);
        uint128 bond = TokenIn.pull(IERC20(TOKEN), msg.sender, amount);
        require(bond >= CHALLENGE_BOND, BondTooSmall(bond, CHALLENGE_BOND));
        id = ++challenges;
        Challenge storage opened = _challenges[id];
        uint64 seedBlock = uint64(block.number) + SEED_BLOCKS;
        (opened.challenger, opened.openedAt, opened.bond) = (msg.sender, uint64(block.timestamp), bond);
        (opened.node, opened.sequence, opened.seedBlock) = (node, receipt.sequence, seedBlock);
        (opened.provider, opened.payer, opened.fee) = (_providerOf(node), receipt.payer, receipt.fee);
        bytes32 hash = MessageHash.ofReceipt(receipt);
        emit Challenged(id, node, msg.sender, hash, bond, seedBlock, evidence, location);
    }

    // Provider

    /// @inheritdoc IChallenges
    function answer(uint256 id, bytes32 evidence, string calldata location) external {
        Challenge storage open = _inPhase(id, 0);
        require(msg.sender == open.provider, NotChallenged(id, msg.sender, open.provider));
        require(!open.answered, AnsweredAlready(id));
        _checkLocation(location);
        open.answered = true;
        emit Answered(id, evidence, location);
    }

    // Anyone: the draw

    /// @inheritdoc IChallenges
    function drawSeed(uint256 id, bytes calldata header) external {
        Challenge storage open = _inPhase(id, 0);
        require(open.seed == 0, SeedKnown(id, open.seed));
        uint64 seedBlock = open.seedBlock;
        require(block.number > seedBlock, SeedUnknown(id, seedBlock));
        bytes32 expected = blockhash(seedBlock);
        if (expected == 0) {
            open.seedBlock = uint64(block.number) + SEED_BLOCKS;
            emit SeedMoved(id, open.seedBlock);
            return;
        }
        bytes32 found = keccak256(header);
        require(found == expected, WrongHeader(id, found, expected));
        open.seed = keccak256(abi.encode(Header.prevrandao(header), id));
        emit SeedDrawn(id, open.seed);
    }

    /// @inheritdoc IChallenges
    function nominate(uint256 id, address auditor) external {
        Challenge storage open = _inPhase(id, 0);
        require(open.seed != 0, SeedUnknown(id, open.seedBlock));
        _checkEligible(id, open, auditor);
        Seat[] storage panel = _panels[id];
        uint256 score = _score(open.seed, auditor);
        (uint256 highest, uint256 place) = (0, panel.length);
        for (uint256 i = 0; i < panel.length; ++i) {
            address seated = panel[i].auditor;
            require(seated != auditor, SeatedAlready(id, auditor));
            uint256 other = _score(open.seed, seated);
            if (panel.length == PANEL && other > highest) (highest, place) = (other, i);
        }
        address evicted = address(0);
        if (place == panel.length) {
            panel.push(Seat(auditor, Vote.None, 0));
        } else {
            require(score < highest, NotDrawn(id, auditor, score, highest));
            evicted = panel[place].auditor;
            _auditors[evicted].seats -= 1;
            panel[place].auditor = auditor;
        }
        _auditors[auditor].seats += 1;
        emit Seated(id, auditor, evicted);
    }

    // Auditor

    /// @inheritdoc IChallenges
    function commitVote(uint256 id, bytes32 commitment) external {
        _inPhase(id, 1);
        Seat storage seat = _seatOf(id, Vote.None);
        (seat.vote, seat.commitment) = (Vote.Committed, commitment);
        emit VoteCommitted(id, msg.sender, commitment);
    }

    /// @inheritdoc IChallenges
    function revealVote(uint256 id, bool convict, bytes32 salt) external {
        Challenge storage open = _inPhase(id, 2);
        Seat storage seat = _seatOf(id, Vote.Committed);
        bytes32 found = keccak256(abi.encode(id, msg.sender, convict, salt));
        require(found == seat.commitment, CommitmentMismatch(found, seat.commitment));
        seat.vote = convict ? Vote.Convict : Vote.Acquit;
        open.revealed += 1;
        if (convict) open.convicting += 1;
        emit VoteRevealed(id, msg.sender, convict);
    }

    // Anyone: the end

    /// @inheritdoc IChallenges
    function resolve(uint256 id) external nonReentrant returns (Verdict verdict) {
        Challenge storage ended = _find(id);
        require(ended.verdict == Verdict.Open, ResolvedAlready(id, ended.verdict));
        verdict = _verdictOf(id, ended);
        ended.verdict = verdict;
        uint128 fines = _dismiss(id, verdict != Verdict.NoPanel);
        address[] memory paid = _whoVoted(id, verdict);
        emit Resolved(id, verdict, ended.convicting, ended.revealed);
        if (verdict == Verdict.Acquitted) {
            // At least one auditor voted to acquit: at least three voted, and no more than half to convict.
            uint128 wages = ended.bond / 2;
            creditOf[ended.provider] += ended.bond - wages + _share(wages, paid);
        } else {
            creditOf[ended.challenger] += ended.bond;
        }
        creditOf[TREASURY] += _share(fines, paid);
        if (verdict != Verdict.Convicted) return verdict;
        if (isPunished[Offence.WrongInference][ended.node][ended.sequence]) return verdict;
        _punish(Offence.WrongInference, ended.node, ended.sequence, ended.payer, ended.fee, ended.challenger, paid);
    }

    // Views

    /// @inheritdoc IChallenges
    function challengeOf(uint256 id) external view returns (Challenge memory) {
        return _challenges[id];
    }

    /// @inheritdoc IChallenges
    function panelOf(uint256 id) external view returns (Seat[] memory) {
        return _panels[id];
    }

    /// @inheritdoc IChallenges
    function scoreOf(uint256 id, address auditor) external view returns (uint256) {
        bytes32 seed = _challenges[id].seed;
        return seed == 0 ? 0 : _score(seed, auditor);
    }

    // Internal

    function _verdictOf(uint256 id, Challenge storage ended) private view returns (Verdict) {
        bool full = _panels[id].length == PANEL;
        if (ended.revealed < PANEL) {
            uint64 from = ended.openedAt + PHASE * (full ? 3 : 1);
            require(block.timestamp >= from, StillOpen(id, from));
        }
        if (!full) return Verdict.NoPanel;
        if (ended.revealed < QUORUM) return Verdict.NoQuorum;
        return ended.convicting * 2 > ended.revealed ? Verdict.Convicted : Verdict.Acquitted;
    }

    /// @dev Frees the panel, and fines those of it who opened no vote if they had to.
    function _dismiss(uint256 id, bool fining) private returns (uint128 fines) {
        Seat[] storage panel = _panels[id];
        for (uint256 i = 0; i < panel.length; ++i) {
            address auditor = panel[i].auditor;
            _auditors[auditor].seats -= 1;
            if (fining && panel[i].vote < Vote.Acquit) fines += _fine(id, auditor);
        }
    }

    /// @return voters those who voted with the verdict, or at all when there is none
    function _whoVoted(uint256 id, Verdict verdict) private view returns (address[] memory voters) {
        Seat[] storage panel = _panels[id];
        voters = new address[](panel.length);
        uint256 count = 0;
        for (uint256 i = 0; i < panel.length; ++i) {
            Vote vote = panel[i].vote;
            bool counts =
                verdict == Verdict.Convicted
                    ? vote == Vote.Convict
                    : vote == Vote.Acquit || (verdict == Verdict.NoQuorum && vote == Vote.Convict);
            if (counts) voters[count++] = panel[i].auditor;
        }
        assembly ("memory-safe") {
            mstore(voters, count)
        }
    }

    /// @return left what can't be shared in equal parts
    function _share(uint128 amount, address[] memory among) private returns (uint128 left) {
        if (among.length == 0) return amount;
        uint128 each = amount / uint128(among.length);
        for (uint256 i = 0; i < among.length; ++i) creditOf[among[i]] += each;
        return amount - each * uint128(among.length);
    }

    function _checkChallengeable(
        Receipt calldata receipt,
        Signature calldata signature,
        Statement calldata statement,
        ProofStep[] calldata proof
    ) private view returns (address node) {
        node = _signerOf(receipt, signature);
        uint64 endedAt = _checkSettled(node, statement) + ISettlement(SETTLEMENT).DISPUTE_WINDOW();
        require(block.timestamp < endedAt, DisputeWindowOver(endedAt));
        Totals memory totals = Pricing.totals(receipt);
        bytes32 leaf = SumTree.leaf(MessageHash.ofReceipt(receipt), totals);
        _checkLeaf(statement, leaf, totals, _indexOf(receipt, statement), proof);
        _checkUnpunished(Offence.WrongInference, node, receipt.sequence);
    }

    function _checkEligible(uint256 id, Challenge storage open, address who) private view {
        Auditor memory auditor = _auditors[who];
        bool party = who == open.provider || who == open.challenger || who == open.payer;
        require(
            auditor.enrolledAt != 0 && auditor.enrolledAt < open.openedAt && !party,
            NotEligible(id, who, auditor.enrolledAt)
        );
        require(auditor.seats < MOST_SEATS, TooManySeats(who, MOST_SEATS));
    }

    function _checkLocation(string calldata location) private pure {
        uint256 length = bytes(location).length;
        require(length <= MOST_LOCATION_BYTES, LocationTooLong(length, MOST_LOCATION_BYTES));
    }

    function _find(uint256 id) private view returns (Challenge storage found) {
        found = _challenges[id];
        require(found.openedAt != 0, UnknownChallenge(id));
    }

    /// @param phase 0 answer and draw, 1 commit, 2 reveal
    function _inPhase(uint256 id, uint64 phase) private view returns (Challenge storage found) {
        found = _find(id);
        uint64 from = found.openedAt + PHASE * phase;
        require(block.timestamp >= from && block.timestamp < from + PHASE, WrongPhase(id, from, from + PHASE));
    }

    /// @dev A challenge without a full panel is over after its first phase, resolved or not.
    function _seatOf(uint256 id, Vote expected) private view returns (Seat storage seat) {
        Seat[] storage panel = _panels[id];
        require(panel.length == PANEL, NotOnPanel(id, msg.sender));
        for (uint256 i = 0; i < PANEL; ++i) {
            seat = panel[i];
            if (seat.auditor != msg.sender) continue;
            require(seat.vote == expected, WrongVote(id, msg.sender, seat.vote, expected));
            return seat;
        }
        revert NotOnPanel(id, msg.sender);
    }

    function _score(bytes32 seed, address auditor) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, auditor)));
    }
}
