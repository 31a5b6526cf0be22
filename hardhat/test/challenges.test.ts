import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { encodeAbiParameters, getAddress, keccak256, parseAbiParameters, zeroAddress, zeroHash, type Hex } from "viem";
import { day, keyOf, usdt } from "../lib/deployment.ts";
import { headerOf } from "../lib/header.ts";
import { openMarket, sampleReceipt, split, type Receipt } from "../lib/market.ts";
import { types } from "../lib/messages.ts";
import { feeOf } from "../lib/pricing.ts";

const m = await openMarket();
const { disputes, staking, settlement, token, provider, payer, anyone, treasury, networkHelpers } = m;
const challenger = anyone;
const auditors = m.wallets.slice(3, 11);
const late = m.wallets[11];
type Wallet = typeof provider;
const as = (wallet: Wallet) => ({ account: wallet.account });
const at = (wallet: Wallet) => getAddress(wallet.account.address);
const node = getAddress(m.node.address);
const bond = usdt(200);
const evidence = keccak256("0x1234");
const place = "https://evidence.example/1";
const verdicts = ["Open", "NoPanel", "NoQuorum", "Acquitted", "Convicted"];

// Three settled receipts of one payer, who paid for them.
const made = (sequence: bigint): Receipt => {
  const receipt = { ...sampleReceipt(payer.account.address, at(provider), sequence), completionTokens: 500_000 };
  return { ...receipt, fee: feeOf(receipt) };
};
const receipts = [1n, 2n, 3n].map(made);
const { item, proofs } = await m.statement(m.node, receipts);
await m.settle([], [], [item]);
const settledAt = BigInt(await networkHelpers.time.latest());
for (const wallet of auditors) {
  await m.fund(wallet, disputes.address, usdt(500));
  await disputes.write.enroll([usdt(500)], as(wallet));
}
await networkHelpers.time.increase(60);

let snapshot: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
beforeEach(async () => void (snapshot = await networkHelpers.takeSnapshot()));
afterEach(() => snapshot.restore());

type Changes = { receipt?: Receipt; amount?: bigint; place?: string; index?: number };
const challengeArgs = async (changes: Changes = {}) => {
  const index = changes.index ?? 0;
  const receipt = changes.receipt ?? receipts[index];
  const signature = await m.signReceipt(m.node, receipts[index]);
  const last = [changes.amount ?? bond, evidence, changes.place ?? place];
  return [receipt, signature, item.statement, proofs[index], ...last];
};
const open = async (changes: Changes = {}, wallet = challenger): Promise<bigint> => {
  await m.fund(wallet, disputes.address, changes.amount ?? bond);
  await m.report("challenge", await challengeArgs(changes), wallet);
  return disputes.read.challenges();
};
const challengeOf = (id: bigint) => disputes.read.challengeOf([id]);
const phase = async (id: bigint, number: bigint) =>
  networkHelpers.time.increaseTo((await challengeOf(id)).openedAt + number * day);
const header = async (number: bigint) =>
  headerOf(
    (await m.connection.provider.request({
      method: "eth_getBlockByNumber",
      params: [`0x${number.toString(16)}`, false],
    })) as Record<string, Hex>,
  );
const seed = async (id: bigint) => {
  await networkHelpers.mine(33);
  await disputes.write.drawSeed([id, await header((await challengeOf(id)).seedBlock)]);
};
/** Those whom the seed draws, the lowest score first. */
const ranked = async (id: bigint) => {
  const scores = await Promise.all(auditors.map((wallet) => disputes.read.scoreOf([id, at(wallet)])));
  return auditors.map((wallet, i) => ({ wallet, score: scores[i] })).sort((a, b) => (a.score < b.score ? -1 : 1));
};
const seat = async (id: bigint) => {
  await seed(id);
  const panel = (await ranked(id)).slice(0, 5).map(({ wallet }) => wallet);
  for (const wallet of panel) await disputes.write.nominate([id, at(wallet)]);
  return panel;
};
const salt = keccak256("0xabcd");
const commitment = (id: bigint, wallet: Wallet, convict: boolean) =>
  keccak256(
    encodeAbiParameters(parseAbiParameters("uint256, address, bool, bytes32"), [id, at(wallet), convict, salt]),
  );
const commit = (id: bigint, wallet: Wallet, convict: boolean) =>
  disputes.write.commitVote([id, commitment(id, wallet, convict)], as(wallet));
const reveal = (id: bigint, wallet: Wallet, convict: boolean) =>
  disputes.write.revealVote([id, convict, salt], as(wallet));
/** Lets a panel vote: true convicts, false acquits, null stays silent. */
const vote = async (id: bigint, panel: Wallet[], votes: (boolean | null)[]) => {
  await phase(id, 1n);
  for (const [i, convict] of votes.entries()) if (convict !== null) await commit(id, panel[i], convict);
  await phase(id, 2n);
  for (const [i, convict] of votes.entries()) if (convict !== null) await reveal(id, panel[i], convict);
};
const resolve = async (id: bigint) => {
  const events = await m.eventsOf(await disputes.write.resolve([id]));
  return verdicts[events.find(([name]) => name === "Resolved")![1].verdict];
};
const judge = async (votes: (boolean | null)[], id?: bigint) => {
  id ??= await open();
  const panel = await seat(id);
  await vote(id, panel, votes);
  await phase(id, 3n);
  return { id, panel, verdict: await resolve(id) };
};
const credits = (...wallets: Wallet[]) => Promise.all(wallets.map((wallet) => disputes.read.creditOf([at(wallet)])));
const bonds = (...wallets: Wallet[]) =>
  Promise.all(wallets.map(async (wallet) => (await disputes.read.auditorOf([at(wallet)])).bond));
const compensation = (...wallets: Wallet[]) =>
  Promise.all(wallets.map((wallet) => staking.read.compensationOf([at(wallet), 0])));

/** Everybody takes what is theirs; nothing stays behind. */
const exodus = async () => {
  for (const wallet of [...m.wallets, treasury]) {
    const auditor = await disputes.read.auditorOf([at(wallet)]);
    if (auditor.enrolledAt !== 0n) await disputes.write.retire(as(wallet));
    if (auditor.bond !== 0n) await disputes.write.withdrawBond([at(wallet)], as(wallet));
    if ((await disputes.read.creditOf([at(wallet)])) !== 0n)
      await disputes.write.collectCredit([at(wallet)], as(wallet));
  }
  assert.equal(await token.read.balanceOf([disputes.address]), 0n);
};

describe("An auditor", () => {
  it("can't enroll with nothing, or with less than the bond", async () => {
    await m.refuses(disputes.write.enroll([0n], as(late)), disputes, "ZeroAmount", []);
    await m.fund(late, disputes.address, usdt(500));
    const call = disputes.write.enroll([usdt(499)], as(late));
    await m.refuses(call, disputes, "BondTooSmall", [usdt(499), usdt(500)]);
  });
  it("can't retire before it enrolled", () =>
    m.refuses(disputes.write.retire(as(late)), disputes, "NotEnrolled", [at(late)]));
  it("can't take its bond to nobody, before it retired, twice, or while it sits on a panel", async () => {
    const [one] = auditors;
    await m.refuses(disputes.write.withdrawBond([zeroAddress], as(one)), disputes, "ZeroAddress", []);
    await m.refuses(disputes.write.withdrawBond([at(one)], as(one)), disputes, "StillEnrolled", [at(one)]);
    const id = await open();
    const [seated] = await seat(id);
    await disputes.write.retire(as(seated));
    const call = disputes.write.withdrawBond([at(seated)], as(seated));
    await m.refuses(call, disputes, "OnPanel", [at(seated), 1]);
    await phase(id, 3n);
    await resolve(id);
    await disputes.write.withdrawBond([at(seated)], as(seated));
    await m.refuses(disputes.write.withdrawBond([at(seated)], as(seated)), disputes, "ZeroAmount", []);
  });
  it("that nothing was given to collects nothing, and nobody collects to nobody", async () => {
    await m.refuses(disputes.write.collectCredit([at(late)], as(late)), disputes, "ZeroAmount", []);
    await m.refuses(disputes.write.collectCredit([zeroAddress], as(late)), disputes, "ZeroAddress", []);
  });
  it("leaves with its bond whenever it sits nowhere", exodus);
});

describe("A challenge", () => {
  const refused = async (changes: Changes, error: string, args: unknown[], wallet = challenger) =>
    m.refuses(open(changes, wallet), disputes, error, args);

  it("that was not announced is refused", async () => {
    await m.fund(challenger, disputes.address, bond);
    const call = disputes.write.challenge((await challengeArgs()) as never, as(challenger));
    await m.refuses(call, disputes, "NotCommitted", [at(challenger), () => true]);
  });
  it("of a receipt that was changed, or isn't settled there, is refused", async () => {
    await refused({ receipt: { ...receipts[0], durationMs: 1 } }, "StatementUnknown", [(who: Hex) => who !== node]);
    await refused({ receipt: receipts[0], index: 1 }, "StatementUnknown", [(who: Hex) => who !== node]);
    const [args, wrong] = [await challengeArgs(), await challengeArgs({ index: 1 })];
    const root = [() => true, item.statement.root];
    await m.refuses(m.report("challenge", args.with(3, wrong[3])), disputes, "RootMismatch", root);
    await m.refuses(m.report("challenge", args.with(3, [])), disputes, "WrongDepth", [0n, 2n]);
    const unsettled = { ...item.statement, lastSequence: 9n };
    await m.refuses(m.report("challenge", args.with(2, unsettled)), disputes, "StatementUnknown", [node]);
  });
  it("with too small a bond is refused, also when the token's fee made it so", async () => {
    await refused({ amount: bond - 1n }, "BondTooSmall", [bond - 1n, bond]);
    await token.write.setParams([10n, 49n]);
    await m.fund(challenger, disputes.address, bond);
    const call = m.report("challenge", await challengeArgs());
    await m.refuses(call, disputes, "BondTooSmall", [bond - bond / 1_000n, bond]);
  });
  it("that shows a novel is refused", () => refused({ place: "x".repeat(513) }, "LocationTooLong", [513n, 512n]));
  it("after the dispute window is refused, a second before is not", async () => {
    await m.fund(challenger, disputes.address, bond);
    const args = await challengeArgs();
    await disputes.write.commitReport([m.commitmentOf("challenge", args)], as(challenger));
    await networkHelpers.mine(4);
    const endedAt = settledAt + 3n * day;
    await networkHelpers.time.setNextBlockTimestamp(endedAt);
    const call = disputes.write.challenge(args as never, as(challenger));
    await m.refuses(call, disputes, "DisputeWindowOver", [endedAt]);
  });
  it("that doesn't exist has no phases", async () => {
    const unknown = (call: Promise<unknown>) => m.refuses(call, disputes, "UnknownChallenge", [7n]);
    await unknown(disputes.write.answer([7n, evidence, place], as(provider)));
    await unknown(disputes.write.drawSeed([7n, "0x"]));
    await unknown(disputes.write.nominate([7n, at(late)]));
    await unknown(disputes.write.commitVote([7n, zeroHash]));
    await unknown(disputes.write.revealVote([7n, true, zeroHash]));
    await unknown(disputes.write.resolve([7n]));
  });
  it("is answered by its provider alone, once, briefly, and in time", async () => {
    const id = await open();
    const answer = (wallet: Wallet, where = place) => disputes.write.answer([id, evidence, where], as(wallet));
    await m.refuses(answer(late), disputes, "NotChallenged", [id, at(late), at(provider)]);
    await m.refuses(answer(provider, "x".repeat(513)), disputes, "LocationTooLong", [513n, 512n]);
    await answer(provider);
    await m.refuses(answer(provider), disputes, "AnsweredAlready", [id]);
    const { openedAt } = await challengeOf(id);
    await phase(id, 1n);
    await m.refuses(answer(provider), disputes, "WrongPhase", [id, openedAt, openedAt + day]);
  });
});

describe("The draw", () => {
  let id: bigint;
  beforeEach(async () => void (id = await open()));

  it("has no seed before its block has passed", async () => {
    const { seedBlock } = await challengeOf(id);
    await m.refuses(disputes.write.drawSeed([id, "0x"]), disputes, "SeedUnknown", [id, seedBlock]);
    await m.refuses(disputes.write.nominate([id, at(auditors[0])]), disputes, "SeedUnknown", [id, seedBlock]);
    assert.equal(await disputes.read.scoreOf([id, at(auditors[0])]), 0n);
  });
  it("refuses another block's header, a second seed, and one that comes late", async () => {
    await networkHelpers.mine(33);
    const { seedBlock } = await challengeOf(id);
    const [right, wrong] = [await header(seedBlock), await header(seedBlock - 1n)];
    const found = [id, keccak256(wrong), keccak256(right)];
    await m.refuses(disputes.write.drawSeed([id, wrong]), disputes, "WrongHeader", found);
    await disputes.write.drawSeed([id, right]);
    await m.refuses(disputes.write.drawSeed([id, right]), disputes, "SeedKnown", [id, () => true]);
    await phase(id, 1n);
    await m.refuses(disputes.write.drawSeed([id, right]), disputes, "WrongPhase", [id, () => true, () => true]);
  });
  it("takes another block when the chain has forgotten the first", async () => {
    await networkHelpers.mine(300);
    await disputes.write.drawSeed([id, "0x"]);
    const now = BigInt(await networkHelpers.time.latestBlock());
    assert.equal((await challengeOf(id)).seedBlock, now + 32n);
    await seed(id);
  });
  it("refuses whoever isn't enrolled, enrolled too late, or is a party", async () => {
    for (const party of [late, challenger, payer, provider]) {
      await m.fund(party, disputes.address, usdt(500));
      await disputes.write.enroll([usdt(500)], as(party));
    }
    await seed(id);
    const refused = (wallet: Wallet, of = id) =>
      m.refuses(disputes.write.nominate([of, at(wallet)]), disputes, "NotEligible", [of, at(wallet), () => true]);
    await refused(m.wallets[12]);
    await refused(late);
    await disputes.write.retire(as(auditors[0]));
    await refused(auditors[0]);
    const next = await open({ index: 1 });
    await seed(next);
    for (const party of [challenger, payer, provider]) await refused(party, next);
    await disputes.write.nominate([next, at(late)]);
  });
  it("seats the five lowest scores, whoever was nominated first", async () => {
    await seed(id);
    const order = await ranked(id);
    for (const { wallet } of order.slice(3).reverse()) await disputes.write.nominate([id, at(wallet)]);
    for (const { wallet } of order.slice(0, 3)) await disputes.write.nominate([id, at(wallet)]);
    const panel = (await disputes.read.panelOf([id])).map(({ auditor }) => auditor);
    assert.deepEqual(
      panel.toSorted(),
      order
        .slice(0, 5)
        .map(({ wallet }) => at(wallet))
        .toSorted(),
    );
    const [fifth, sixth] = [order[4], order[5]];
    const call = disputes.write.nominate([id, at(sixth.wallet)]);
    await m.refuses(call, disputes, "NotDrawn", [id, at(sixth.wallet), sixth.score, fifth.score]);
    assert.equal((await disputes.read.auditorOf([at(sixth.wallet)])).seats, 0);
    assert.equal((await disputes.read.auditorOf([at(fifth.wallet)])).seats, 1);
  });
  it("seats nobody twice, nor after the first phase", async () => {
    await seed(id);
    const [{ wallet }] = await ranked(id);
    await disputes.write.nominate([id, at(wallet)]);
    await m.refuses(disputes.write.nominate([id, at(wallet)]), disputes, "SeatedAlready", [id, at(wallet)]);
    await phase(id, 1n);
    const call = disputes.write.nominate([id, at(auditors[1])]);
    await m.refuses(call, disputes, "WrongPhase", [id, () => true, () => true]);
  });
  it("seats nobody on more panels than its bond can pay fines for", async () => {
    const [one] = auditors;
    for (let i = 0; i <= 10; i++) {
      const each = i === 0 ? id : await open({ index: i % 3 });
      await seed(each);
      const call = disputes.write.nominate([each, at(one)]);
      if (i < 10) await call;
      else await m.refuses(call, disputes, "TooManySeats", [at(one), 10]);
    }
  });
});

describe("A vote", () => {
  let id: bigint;
  let panel: Wallet[];
  beforeEach(async () => {
    id = await open();
    panel = await seat(id);
  });
  const wrongPhase = (call: Promise<unknown>) => m.refuses(call, disputes, "WrongPhase", [id, () => true, () => true]);

  it("can't be committed early or late, nor opened so", async () => {
    await wrongPhase(commit(id, panel[0], true));
    await phase(id, 1n);
    await commit(id, panel[0], true);
    await wrongPhase(reveal(id, panel[0], true));
    await phase(id, 2n);
    await wrongPhase(commit(id, panel[1], true));
    await phase(id, 3n);
    await wrongPhase(reveal(id, panel[0], true));
  });
  it("of a stranger, or twice, is refused", async () => {
    await phase(id, 1n);
    await m.refuses(commit(id, late, true), disputes, "NotOnPanel", [id, at(late)]);
    await commit(id, panel[0], true);
    await m.refuses(commit(id, panel[0], false), disputes, "WrongVote", [id, at(panel[0]), 1, 0]);
    await phase(id, 2n);
    await m.refuses(reveal(id, late, true), disputes, "NotOnPanel", [id, at(late)]);
    await m.refuses(reveal(id, panel[1], true), disputes, "WrongVote", [id, at(panel[1]), 0, 1]);
    await reveal(id, panel[0], true);
    await m.refuses(reveal(id, panel[0], true), disputes, "WrongVote", [id, at(panel[0]), 3, 1]);
  });
  it("other than the one that was committed to is refused, and so is another's commitment", async () => {
    await phase(id, 1n);
    await commit(id, panel[0], true);
    const copied = commitment(id, panel[0], true);
    await disputes.write.commitVote([id, copied], as(panel[1]));
    await phase(id, 2n);
    const mismatch = (wallet: Wallet, convict: boolean) =>
      m.refuses(reveal(id, wallet, convict), disputes, "CommitmentMismatch", [commitment(id, wallet, convict), copied]);
    await mismatch(panel[0], false);
    await mismatch(panel[1], true);
  });
  it("on a panel that never was full is refused", async () => {
    const next = await open({ index: 1 });
    await seed(next);
    await disputes.write.nominate([next, at(auditors[0])]);
    await phase(next, 1n);
    await m.refuses(commit(next, auditors[0], true), disputes, "NotOnPanel", [next, at(auditors[0])]);
  });
});

describe("Resolving", () => {
  it("too early, or twice, is refused", async () => {
    const id = await open();
    const { openedAt } = await challengeOf(id);
    await m.refuses(disputes.write.resolve([id]), disputes, "StillOpen", [id, openedAt + day]);
    await seat(id);
    await phase(id, 1n);
    await m.refuses(disputes.write.resolve([id]), disputes, "StillOpen", [id, openedAt + 3n * day]);
    await phase(id, 3n);
    await resolve(id);
    await m.refuses(disputes.write.resolve([id]), disputes, "ResolvedAlready", [id, 2]);
  });
  it("needs no waiting once all have voted", async () => {
    const id = await open();
    await vote(id, await seat(id), [true, true, true, true, true]);
    assert.equal(await resolve(id), "Convicted");
    await m.refuses(open(), disputes, "AlreadyPunished", [6, node, 1n]);
  });
  it("without a full panel acquits after the first phase, and gives the bond back", async () => {
    const id = await open();
    await seed(id);
    for (const wallet of auditors.slice(0, 4)) await disputes.write.nominate([id, at(wallet)]);
    await phase(id, 1n);
    assert.equal(await resolve(id), "NoPanel");
    assert.deepEqual(await credits(challenger, provider, treasury), [bond, 0n, 0n]);
    assert.deepEqual(await bonds(...auditors), Array(8).fill(usdt(500)));
    await exodus();
  });
  it("without a quorum acquits, gives the bond back, and shares the fines among those who voted", async () => {
    const { panel, verdict } = await judge([true, false, null, null, null]);
    assert.equal(verdict, "NoQuorum");
    assert.deepEqual(await credits(challenger, provider, treasury, ...panel), [
      ...[bond, 0n, 0n],
      ...[usdt(75), usdt(75), 0n, 0n, 0n],
    ]);
    assert.deepEqual(await bonds(...panel), [500, 500, 450, 450, 450].map(usdt));
    assert.equal(await staking.read.stakeOf([at(provider)]), usdt(10_000));
    await exodus();
  });
  it("without any vote gives the fines to the treasury", async () => {
    const { panel, verdict } = await judge([null, null, null, null, null]);
    assert.equal(verdict, "NoQuorum");
    assert.deepEqual(await credits(challenger, treasury), [bond, usdt(250)]);
    assert.equal((await disputes.read.auditorOf([at(panel[0])])).enrolledAt, 0n);
    await exodus();
  });
  it("acquits by a majority: the bond goes to those who acquitted and to the provider", async () => {
    const { panel, verdict } = await judge([false, false, false, true, true]);
    assert.equal(verdict, "Acquitted");
    const each = usdt(100) / 3n;
    assert.deepEqual(await credits(challenger, provider, treasury, ...panel), [
      ...[0n, usdt(200) - 3n * each, 0n],
      ...[each, each, each, 0n, 0n],
    ]);
    assert.equal((await settlement.read.reputationOf([at(provider)])).slashes, 0);
    await exodus();
  });
  it("acquits by a tie", async () => {
    const { panel, verdict } = await judge([false, false, true, true, null]);
    assert.equal(verdict, "Acquitted");
    assert.deepEqual(await credits(...panel), [usdt(75), usdt(75), 0n, 0n, 0n]);
    await exodus();
  });
  it("convicts by a majority: payer, challenger and those who convicted are paid by the provider", async () => {
    await m.deposit(payer.account.address, usdt(10));
    const voucher = { payer: payer.account.address, node: m.node.address, cumulative: usdt(10), receipt: zeroHash };
    const raw = await payer.signTypedData({
      domain: m.domain,
      types,
      primaryType: "Voucher",
      message: voucher,
    } as never);
    await m.settle([], [{ ...voucher, signature: split(raw) }]);
    const id = await open();
    await disputes.write.answer([id, evidence, place], as(provider));
    const { panel, verdict } = await judge([true, true, true, false, null], id);
    assert.equal(verdict, "Convicted");
    const harm = receipts[0].fee;
    const each = usdt(10) / 3n;
    assert.equal(await staking.read.stakeOf([at(provider)]), usdt(9_900) - harm);
    assert.deepEqual(await compensation(payer, challenger, ...panel), [harm, usdt(20), each, each, each, 0n, 0n]);
    assert.deepEqual(await compensation(treasury), [usdt(80) - 3n * each]);
    const fine = usdt(50) / 3n;
    assert.deepEqual(await credits(challenger, treasury, ...panel), [
      ...[bond, usdt(50) - 3n * fine],
      ...[fine, fine, fine, 0n, 0n],
    ]);
    assert.equal((await settlement.read.reputationOf([at(provider)])).slashes, 1);
    assert.equal(await disputes.read.isPunished([6, node, 1n]), true);
    await exodus();
  });
  it("convicts a provider that stayed silent, and slashes one receipt once", async () => {
    const ids = [await open(), await open({}, m.wallets[12])];
    const panels = [await seat(ids[0]), await seat(ids[1])];
    const each = async (verb: typeof commit) => {
      for (const [i, id] of ids.entries()) for (const wallet of panels[i]) await verb(id, wallet, true);
    };
    await phase(ids[1], 1n);
    await each(commit);
    await phase(ids[1], 2n);
    await each(reveal);
    assert.deepEqual([await resolve(ids[0]), await resolve(ids[1])], ["Convicted", "Convicted"]);
    assert.equal(await staking.read.stakeOf([at(provider)]), usdt(9_900));
    assert.deepEqual(await credits(challenger, m.wallets[12]), [bond, bond]);
    await exodus();
  });
  it("can't be outrun by a provider that unbonds at once and is challenged in the last second", async () => {
    await m.settle([], [], [(await m.statement(m.node, [made(4n)])).item]);
    const last = await m.statement(m.node, [made(5n)]);
    await m.settle([], [], [last.item]);
    const settled = BigInt(await networkHelpers.time.latest());
    await staking.write.unstake([usdt(10_000)], as(provider));
    const args = [made(5n), await m.signReceipt(m.node, made(5n)), last.item.statement, last.proofs[0]];
    await m.fund(challenger, disputes.address, bond);
    const all = [...args, bond, evidence, place];
    await disputes.write.commitReport([m.commitmentOf("challenge", all)], as(challenger));
    await networkHelpers.mine(4);
    await networkHelpers.time.setNextBlockTimestamp(settled + 3n * day - 1n);
    await disputes.write.challenge(all as never, as(challenger));
    const { verdict } = await judge([true, true, true, true, true], await disputes.read.challenges());
    assert.equal(verdict, "Convicted");
    assert.equal((await staking.read.unbondingOf([at(provider)]))[0], usdt(9_900));
    await networkHelpers.time.increase(2n * day);
    await staking.write.withdraw([at(late)], as(provider));
    assert.equal(await token.read.balanceOf([at(late)]), usdt(9_900));
  });
});

describe("Deploying Disputes", () => {
  const deploy = (...args: [bigint, bigint, bigint]) => {
    const [challengeBond, auditorBond, seconds] = args;
    return openMarket({ challengeBond, auditorBond, phase: seconds });
  };
  for (const [what, args] of [
    ["a challenger's bond below its bound", [9n, 10n, day]],
    ["a challenger's bond above its bound", [10n ** 12n + 1n, 10n, day]],
    ["an auditor's bond below its bound", [10n, 9n, day]],
    ["phases that are too short", [10n, 10n, 59n]],
    ["phases that outlast unbonding", [10n, 10n, day + 1n]],
  ] as [string, Parameters<typeof deploy>][]) {
    it(`with ${what} is refused`, () => assert.rejects(deploy(...args), /OutOfBounds/));
  }
  it("within its bounds works", async () => void (await deploy(10n, 10n ** 12n, 60n)));
});
