// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ProofStep, Receipt, Signature, Statement} from "./Messages.sol";

/// @notice How far an auditor on a panel has come, and then how it voted.
enum Vote {
    None,
    Committed,
    Acquit,
    Convict
}

/// @notice How a challenge ended. Only `Convicted` slashes.
enum Verdict {
    Open,
    NoPanel,
    NoQuorum,
    Acquitted,
    Convicted
}

/// @notice Somebody who bonded tokens to judge challenges.
struct Auditor {
    uint128 bond;
    uint64 enrolledAt;
    uint32 seats;
}

/// @notice One place on the panel of a challenge.
struct Seat {
    address auditor;
    Vote vote;
    bytes32 commitment;
}

/// @notice That a settled receipt doesn't say how its answer was made, and how far judging that has come.
struct Challenge {
    address challenger;
    uint64 openedAt;
    Verdict verdict;
    uint8 revealed;
    uint8 convicting;
    bool answered;
    address provider;
    uint64 sequence;
    address node;
    uint64 seedBlock;
    address payer;
    uint128 bond;
    uint128 fee;
    bytes32 seed;
}

/// @title Challenges
/// @notice Judges what no proof can show on chain: that an answer was made by another model, or at another precision, than its
/// receipt says. A challenger bonds tokens against one settled receipt; a panel of auditors, who bonded theirs before,
/// re-runs the inference off chain and votes.
///
/// A challenge takes three phases of equal length, counted from its opening, whatever anybody does:
///
/// 1. *Answer and draw.* The provider may answer, once: a hash of its evidence (what opens the receipt's commitments) and
///    where that is. Silence is no guilt, since a node that is down is not a liar: the panel then judges what the challenger
///    showed alone. Meanwhile the panel is drawn (below).
/// 2. *Commit.* Each auditor on the panel commits to its vote by a hash.
/// 3. *Reveal.* Each opens its vote.
///
/// Then anybody resolves it: convicted if more than half of the votes that were opened convict, and at least three of the five
/// were; acquitted otherwise, a tie included. No full panel by the end of the first phase, or fewer than three votes by the
/// end of the third, is no verdict: nothing happens to the provider, and the challenger has all of its bond back.
///
/// *The draw.* Its seed is the randomness (prevrandao) of the 32nd block after the challenge, shown by that block's header:
/// nobody knows it when the challenge opens, and who builds the block can't choose it, as it could choose a hash; it can only
/// skip the block. If the header is shown too late for the chain to know its hash (256 blocks), another block 32 further on takes its place.
/// Each auditor's score follows from the seed and its address. Anybody may nominate any auditor; the five lowest scores of
/// those who were nominated are the panel. There is no list to walk or to fill up, and nobody can be kept off the panel by
/// many others who join or leave: only who enrolled before the challenge can sit on it, never its provider, its challenger or
/// its payer.
///
/// *Who pays.* Convicted: the provider is slashed by the penalty and the harm; the payer comes first, then the challenger has
/// its share and those who voted to convict theirs together (Staking has the numbers), and the bond goes back. Acquitted: half
/// of the bond goes to those who voted to acquit, in equal parts, the rest and the remainder to the provider. An auditor on a
/// full panel who opens no vote loses a tenth of the least bond; these fines go, in equal parts, to those who voted with the
/// verdict (or who opened a vote, when there is none), the remainder to the treasury. A receipt that was convicted already
/// isn't slashed again: then auditors share fines alone.
///
/// @dev Assumes an honest majority of panels, and of what is bonded by auditors, since an auditor can be one of many.
///
/// A provider can't outrun a challenge. It can be opened until the dispute window after the settlement ends, and can be
/// resolved three phases later; unbonding lasts at least the window and four phases. So what was at stake when the receipt
/// settled is still there for a whole phase in which anybody can resolve, and no lock is needed: a challenge touches nobody's
/// timers. An auditor is free to leave once the challenges on whose panels it sits are resolved, which anybody can do.
interface IChallenges {
    /// @notice `auditor` can be drawn; its bond is `bond` now.
    event AuditorEnrolled(address indexed auditor, uint128 bond);
    /// @notice `auditor` can't be drawn any more.
    event AuditorRetired(address indexed auditor);
    /// @notice `auditor` took its `bond` to `to`.
    event BondWithdrawn(address indexed auditor, address indexed to, uint128 bond);
    /// @notice `owner` took `amount` of what challenges gave it to `to`.
    event CreditCollected(address indexed owner, address indexed to, uint128 amount);
    /// @notice `challenger` bonded `bond` against a receipt of `node`; what it shows is at `location` and has the hash
    /// `evidence`.
    event Challenged(
        uint256 indexed id,
        address indexed node,
        address indexed challenger,
        bytes32 receipt,
        uint128 bond,
        uint64 seedBlock,
        bytes32 evidence,
        string location
    );
    /// @notice The provider answered; what it shows is at `location` and has the hash `evidence`.
    event Answered(uint256 indexed id, bytes32 evidence, string location);
    /// @notice The seed was not shown in time; it will be the randomness of `seedBlock`.
    event SeedMoved(uint256 indexed id, uint64 seedBlock);
    /// @notice The seed of the draw is known.
    event SeedDrawn(uint256 indexed id, bytes32 seed);
    /// @notice `auditor` sits on the panel, in the place of `evicted` if that isn't 0.
    event Seated(uint256 indexed id, address indexed auditor, address indexed evicted);
    /// @notice `auditor` committed to a vote.
    event VoteCommitted(uint256 indexed id, address indexed auditor, bytes32 commitment);
    /// @notice `auditor` voted.
    event VoteRevealed(uint256 indexed id, address indexed auditor, bool convict);
    /// @notice `auditor` lost `amount` of its bond because it opened no vote.
    event AuditorFined(uint256 indexed id, address indexed auditor, uint128 amount);
    /// @notice A challenge ended, with `convicting` of `revealed` votes.
    event Resolved(uint256 indexed id, Verdict verdict, uint8 convicting, uint8 revealed);

    /// @notice An address must not be zero.
    error ZeroAddress();
    /// @notice An amount must not be zero.
    error ZeroAmount();
    /// @notice A bond must lie within hard bounds.
    error BondOutOfBounds(uint128 bond, uint128 least, uint128 most);
    /// @notice A phase must lie within hard bounds: four of them fit between the dispute window and the end of unbonding.
    error PhaseOutOfBounds(uint64 phase, uint64 least, uint64 most);
    /// @notice What was bonded is less than what is needed.
    error BondTooSmall(uint128 bond, uint128 least);
    /// @notice The caller is not enrolled.
    error NotEnrolled(address auditor);
    /// @notice An auditor has to retire before it can take its bond.
    error StillEnrolled(address auditor);
    /// @notice An auditor sits on panels that aren't resolved.
    error OnPanel(address auditor, uint32 seats);
    /// @notice The receipt could be challenged until `endedAt`.
    error DisputeWindowOver(uint64 endedAt);
    /// @notice A location is longer than `most` bytes.
    error LocationTooLong(uint256 length, uint256 most);
    /// @notice There is no such challenge.
    error UnknownChallenge(uint256 id);
    /// @notice This can be done from `from` to before `until`.
    error WrongPhase(uint256 id, uint64 from, uint64 until);
    /// @notice Only the challenged provider can answer.
    error NotChallenged(uint256 id, address caller, address provider);
    /// @notice The provider answered already.
    error AnsweredAlready(uint256 id);
    /// @notice The seed is known already.
    error SeedKnown(uint256 id, bytes32 seed);
    /// @notice The seed can't be known before block `seedBlock` has passed.
    error SeedUnknown(uint256 id, uint64 seedBlock);
    /// @notice This is not the header of the block.
    error WrongHeader(uint256 id, bytes32 found, bytes32 expected);
    /// @notice An auditor can't sit on this panel: it enrolled too late (0: not at all), or is a party.
    error NotEligible(uint256 id, address auditor, uint64 enrolledAt);
    /// @notice An auditor sits on as many panels as its bond is good for.
    error TooManySeats(address auditor, uint32 most);
    /// @notice An auditor sits on this panel already.
    error SeatedAlready(uint256 id, address auditor);
    /// @notice An auditor's score is above each on the full panel.
    error NotDrawn(uint256 id, address auditor, uint256 score, uint256 highest);
    /// @notice The caller has no seat on the panel, or the panel was never full.
    error NotOnPanel(uint256 id, address auditor);
    /// @notice A seat isn't at this point: it has voted already, or has not committed.
    error WrongVote(uint256 id, address auditor, Vote vote, Vote expected);
    /// @notice The vote isn't the one that was committed to.
    error CommitmentMismatch(bytes32 found, bytes32 expected);
    /// @notice The challenge ended already.
    error ResolvedAlready(uint256 id, Verdict verdict);
    /// @notice The challenge can be resolved from `from` on, or once all five have voted.
    error StillOpen(uint256 id, uint64 from);

    /// @notice Adds to the caller's bond; with the least bond it can be drawn for challenges that are opened from then on.
    /// @param amount how much to ask the token for, in base units
    /// @return bond all of the caller's bond
    function enroll(uint128 amount) external returns (uint128 bond);

    /// @notice Lets the caller be drawn no more. Where it sits, it still has to judge.
    function retire() external;

    /// @notice Sends all of the caller's bond to `to`, after it retired and when it sits on no panel.
    /// @param to who receives the tokens
    /// @return bond how much was sent
    function withdrawBond(address to) external returns (uint128 bond);

    /// @notice Sends all that challenges gave to the caller to `to`.
    /// @param to who receives the tokens
    /// @return amount how much was sent
    function collectCredit(address to) external returns (uint128 amount);

    /// @notice Challenges a settled receipt. It has to be announced by `commitReport`, like a report.
    /// @param receipt the receipt
    /// @param signature the node's signature under it
    /// @param statement a statement of the node over it, settled no longer ago than the dispute window
    /// @param proof siblings from its leaf up
    /// @param amount how much to bond, in base units; what arrives must be the least bond or more
    /// @param evidence hash of what the challenger shows
    /// @param location where that is, at most 512 bytes
    /// @return id the challenge's number, from 1 on
    function challenge(
        Receipt calldata receipt,
        Signature calldata signature,
        Statement calldata statement,
        ProofStep[] calldata proof,
        uint128 amount,
        bytes32 evidence,
        string calldata location
    ) external returns (uint256 id);

    /// @notice Answers a challenge, in its first phase. Only the provider.
    /// @param id the challenge
    /// @param evidence hash of what the provider shows
    /// @param location where that is, at most 512 bytes
    function answer(uint256 id, bytes32 evidence, string calldata location) external;

    /// @notice Shows the seed of the draw, or moves it on when the chain has forgotten its block. Anyone, in the first phase.
    /// @param id the challenge
    /// @param header the RLP encoding of block `seedBlock`'s header (empty when it is forgotten)
    function drawSeed(uint256 id, bytes calldata header) external;

    /// @notice Nominates an auditor for a panel. Anyone, in the first phase, once the seed is known.
    /// @param id the challenge
    /// @param auditor who enrolled before the challenge
    function nominate(uint256 id, address auditor) external;

    /// @notice Commits to a vote, in the second phase. Only an auditor on the full panel.
    /// @param id the challenge
    /// @param commitment keccak256(abi.encode(id, caller, convict, salt))
    function commitVote(uint256 id, bytes32 commitment) external;

    /// @notice Opens a vote, in the third phase. Only an auditor who committed to it.
    /// @param id the challenge
    /// @param convict whether the receipt is wrong
    /// @param salt what nobody could guess
    function revealVote(uint256 id, bool convict, bytes32 salt) external;

    /// @notice Ends a challenge: after the third phase, when all five have voted, or after the first without a full panel.
    /// @param id the challenge
    /// @return verdict how it ended
    function resolve(uint256 id) external returns (Verdict verdict);

    /// @notice The token of this rail.
    function TOKEN() external view returns (address);

    /// @notice The least that a challenger bonds.
    function CHALLENGE_BOND() external view returns (uint128);

    /// @notice The least that an auditor bonds.
    function AUDITOR_BOND() external view returns (uint128);

    /// @notice Seconds of each phase.
    function PHASE() external view returns (uint64);

    /// @notice How many challenges were opened; the last one has this number.
    function challenges() external view returns (uint256);

    /// @notice A challenge.
    /// @param id its number
    function challengeOf(uint256 id) external view returns (Challenge memory);

    /// @notice The panel of a challenge, in no order; final after the first phase, and void unless it is full.
    /// @param id the challenge
    function panelOf(uint256 id) external view returns (Seat[] memory);

    /// @notice What decides whether an auditor is drawn: the lowest scores are. 0 before the seed is known.
    /// @param id the challenge
    /// @param auditor anybody
    function scoreOf(uint256 id, address auditor) external view returns (uint256);

    /// @notice An auditor's bond, since when it can be drawn (0: it can't), and on how many panels it sits.
    /// @param auditor anybody
    function auditorOf(address auditor) external view returns (Auditor memory);

    /// @notice What challenges gave to `owner` and it has not collected.
    /// @param owner anybody
    function creditOf(address owner) external view returns (uint128);
}
