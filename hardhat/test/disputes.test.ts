import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { getAddress, zeroAddress, zeroHash, type Hex } from "viem";
import { keyOf, usdt, type Key } from "../lib/deployment.ts";
import { none, openMarket, sampleReceipt, totalsOf, type Receipt } from "../lib/market.ts";
import { structHash } from "../lib/messages.ts";
import { feeOf } from "../lib/pricing.ts";
import { leafOf, levelsOf, noTotals, proofOf, rootOf, type Totals, type TreeNode } from "../lib/sum-tree.ts";

const m = await openMarket();
const { disputes, staking, settlement, provider, anyone, networkHelpers } = m;
const payer = keyOf("a harmed payer");
const stranger = keyOf("a stranger");
const nobody = { r: zeroHash, s: zeroHash, v: 27 };
const node = m.node.address;

let snapshot: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
beforeEach(async () => void (snapshot = await networkHelpers.takeSnapshot()));
afterEach(() => snapshot.restore());

const receipt = (sequence: bigint, changes: Partial<Receipt> = {}): Receipt => {
  const made = { ...sampleReceipt(payer.address, provider.account.address, sequence), completionTokens: 9, ...changes };
  return { ...made, fee: changes.fee ?? feeOf(made) };
};
const signed = async (r: Receipt, key: Key = m.node) => [r, await m.signReceipt(key, r)] as const;
const leafNode = (r: Receipt) => leafOf(structHash("Receipt", r), totalsOf(r));

/** Settles a statement over any leaves, with the levels that are given or the right ones. */
const settleTree = async (leaves: TreeNode[], count = leaves.length, levels = levelsOf(leaves)) => {
  const top = levels.at(-1)![0];
  const statement = {
    provider: provider.account.address,
    firstSequence: 1n,
    lastSequence: BigInt(count),
    root: rootOf(top),
  };
  const signature = await m.signSplit(m.node, "Statement", statement);
  await m.settle([], [], [{ statement, totals: top.totals, top: top.hash, signature }]);
  assert.equal((await settlement.read.nodeOf([node]))[0], BigInt(count));
  return { statement, levels };
};
const proof = (levels: TreeNode[][], index: number) => proofOf(levels, index);
const slashed = async (call: Promise<Hex>, taken: bigint, offence: number, sequence: bigint) => {
  const before = await staking.read.stakeOf([provider.account.address]);
  const events = await m.eventsOf(await call);
  const [, args] = events.find(([name]) => name === "Punished")!;
  assert.deepEqual(args, {
    provider: getAddress(provider.account.address),
    node: getAddress(node),
    reporter: getAddress(anyone.account.address),
    offence,
    sequence,
    taken,
  });
  assert.equal(await staking.read.stakeOf([provider.account.address]), before - taken);
  assert.equal((await settlement.read.reputationOf([provider.account.address])).slashes, 1);
};

describe("A report", () => {
  const copier = m.wallets[3];
  const evidence = async () => [...(await signed(receipt(1n, { fee: 1n })))];
  const send = async (wallet: typeof anyone) =>
    disputes.write.reportReceipt((await evidence()) as never, { account: wallet.account });
  const announce = async (wallet: typeof anyone, as = wallet) =>
    disputes.write.commitReport([m.commitmentOf("reportReceipt", await evidence(), as)], { account: wallet.account });
  const number = () => networkHelpers.time.latestBlock().then(BigInt);

  it("that nobody announced is refused", async () =>
    m.refuses(send(anyone), disputes, "NotCommitted", [
      getAddress(anyone.account.address),
      m.commitmentOf("reportReceipt", await evidence()),
    ]));
  it("less than five blocks after it was announced is refused", async () => {
    await announce(anyone);
    const at = await number();
    await networkHelpers.mine(3);
    await m.refuses(send(anyone), disputes, "CommittedTooLate", [at, at + 5n]);
    await networkHelpers.mine(1);
    await slashed(send(anyone), usdt(100), 2, 1n);
  });
  it("a day after it was announced is refused, until it is announced again", async () => {
    await announce(anyone);
    const at = await number();
    await networkHelpers.mine(7_200);
    await m.refuses(send(anyone), disputes, "CommitmentExpired", [at, at + 7_200n]);
    await slashed(m.report("reportReceipt", await evidence()), usdt(100), 2, 1n);
  });
  it("with other evidence than was announced is refused", async () => {
    await announce(anyone);
    await networkHelpers.mine(4);
    const other = await signed(receipt(2n, { fee: 1n }));
    await m.refuses(
      disputes.write.reportReceipt([...other] as never, { account: anyone.account }),
      disputes,
      "NotCommitted",
      [getAddress(anyone.account.address), m.commitmentOf("reportReceipt", [...other])],
    );
  });
  it("that was copied, with its announcement, earns its copier nothing", async () => {
    await announce(anyone);
    await announce(copier, anyone); // the hash is public, and names its author
    await networkHelpers.mine(4);
    const own = m.commitmentOf("reportReceipt", await evidence(), copier);
    await m.refuses(send(copier), disputes, "NotCommitted", [getAddress(copier.account.address), own]);
    await announce(copier); // as soon as the copier can have seen the evidence
    await m.refuses(send(copier), disputes, "CommittedTooLate", [() => true, () => true]);
    await slashed(send(anyone), usdt(100), 2, 1n);
    assert.equal(await staking.read.compensationOf([copier.account.address, 0]), 0n);
  });
  it("uses its announcement up", async () => {
    await slashed(m.report("reportReceipt", await evidence()), usdt(100), 2, 1n);
    await m.refuses(send(anyone), disputes, "NotCommitted", [() => true, () => true]);
  });
});

describe("Two receipts for one sequence", () => {
  const report = async (a: readonly [Receipt, unknown], b: readonly [Receipt, unknown]) =>
    m.report("reportReceipts", [a[0], a[1], b[0], b[1]]);
  const one = () => signed(receipt(1n));
  const other = () => signed(receipt(1n, { durationMs: 7 }));

  it("without signatures are refused", async () => {
    await m.refuses(report([receipt(1n), nobody], await other()), disputes, "BadSignature", [zeroHash, 27]);
    await m.refuses(report(await one(), [receipt(1n), nobody]), disputes, "BadSignature", [zeroHash, 27]);
  });
  it("of two nodes are refused", async () => {
    const call = report(await one(), await signed(receipt(1n, { durationMs: 7 }), stranger));
    await m.refuses(call, disputes, "DifferentNodes", [getAddress(node), getAddress(stranger.address)]);
  });
  it("that are for two sequences are refused", async () =>
    m.refuses(report(await one(), await signed(receipt(2n))), disputes, "DifferentSequences", [1n, 2n]));
  it("that are one and the same are refused", async () =>
    m.refuses(report(await one(), await one()), disputes, "SameMessage", [structHash("Receipt", receipt(1n))]));
  it("of a key that is no node are refused", async () => {
    const call = report(await signed(receipt(1n), stranger), await signed(receipt(1n, { status: 1 }), stranger));
    await m.refuses(call, disputes, "UnknownNode", [getAddress(stranger.address)]);
  });
  it("are punished, once", async () => {
    await slashed(report(await one(), await other()), usdt(100), 0, 1n);
    await m.refuses(report(await other(), await one()), disputes, "AlreadyPunished", [0, getAddress(node), 1n]);
    assert.equal(await staking.read.compensationOf([anyone.account.address, 0]), usdt(20));
    assert.equal(await staking.read.compensationOf([m.treasury.account.address, 0]), usdt(80));
  });
  it("make the payer whole as far as it paid the node", async () => {
    await m.deposit(payer.address, usdt(10));
    await m.settle([], [await m.voucher(payer, payer.address, node, usdt(3))]);
    const dear = receipt(1n, { outputPrice: 1_000_000_000_000n });
    await slashed(report(await signed(dear), await other()), usdt(103), 0, 1n);
    assert.equal(await staking.read.compensationOf([payer.address, 0]), usdt(3));
  });
});

describe("Two statements for one sequence", () => {
  const statement = async (firstSequence: bigint, lastSequence: bigint, key: Key = m.node, root: Hex = none) => {
    const message = { provider: provider.account.address, firstSequence, lastSequence, root };
    return [message, await m.signSplit(key, "Statement", message)] as const;
  };
  type Signed = Awaited<ReturnType<typeof statement>>;
  const report = async (a: Signed, b: Signed) => m.report("reportStatements", [a[0], a[1], b[0], b[1]]);

  it("without signatures are refused", async () => {
    const [message] = await statement(1n, 5n);
    await m.refuses(report([message, nobody], await statement(1n, 4n)), disputes, "BadSignature", [zeroHash, 27]);
    await m.refuses(report(await statement(1n, 4n), [message, nobody]), disputes, "BadSignature", [zeroHash, 27]);
  });
  it("that follow each other are refused", async () => {
    const [first, second] = [await statement(1n, 4n), await statement(5n, 9n)];
    await m.refuses(report(first, second), disputes, "NoOverlap", [4n, 5n]);
    await m.refuses(report(second, first), disputes, "NoOverlap", [4n, 5n]);
  });
  it("that are one and the same are refused", async () => {
    const one = await statement(1n, 4n);
    await m.refuses(report(one, one), disputes, "SameMessage", [structHash("Statement", one[0])]);
  });
  it("are punished, once", async () => {
    await slashed(report(await statement(1n, 4n), await statement(3n, 9n)), usdt(100), 1, 3n);
    const again = report(await statement(3n, 9n), await statement(1n, 4n));
    await m.refuses(again, disputes, "AlreadyPunished", [1, getAddress(node), 3n]);
  });
});

describe("A receipt by itself", () => {
  const report = (r: Receipt, key?: Key) => signed(r, key).then((args) => m.report("reportReceipt", [...args]));

  it("that is good is refused", async () =>
    m.refuses(report(receipt(1n)), disputes, "ReceiptIsGood", [receipt(1n).fee]));
  it("of a key that is no node is refused", async () =>
    m.refuses(report(receipt(1n, { fee: 1n }), stranger), disputes, "UnknownNode", [getAddress(stranger.address)]));
  for (const [what, changes] of [
    ["a fee above the formula", { fee: receipt(1n).fee + 1n }],
    ["a fee below the formula", { fee: receipt(1n).fee - 1n }],
    ["more cached tokens than prompt tokens", { cachedTokens: 1_000, fee: 5n }],
    ["a status that isn't one", { status: 6 }],
    ["a fee though nothing was generated", { completionTokens: 0, fee: 1n }],
  ] as const) {
    it(`with ${what} is punished`, () => slashed(report(receipt(1n, changes)), usdt(100), 2, 1n));
  }
});

describe("The harm of a bad receipt", () => {
  it("is its fee, when the payer paid the node more", async () => {
    await m.deposit(payer.address, usdt(50));
    await m.settle([], [await m.voucher(payer, payer.address, node, usdt(20))]);
    const [bad, signature] = await signed(receipt(1n, { fee: usdt(5) }));
    await m.report("reportReceipt", [bad, signature]);
    assert.equal(await staking.read.compensationOf([payer.address, 0]), usdt(5));
  });
  it("is what the payer paid the node, when that is less", async () => {
    await m.deposit(payer.address, usdt(50));
    await m.settle([], [await m.voucher(payer, payer.address, node, usdt(2))]);
    const [bad, signature] = await signed(receipt(1n, { fee: usdt(5) }));
    await m.report("reportReceipt", [bad, signature]);
    assert.equal(await staking.read.compensationOf([payer.address, 0]), usdt(2));
  });
});

describe("A leaf", () => {
  const receipts = [1n, 2n, 3n].map((sequence) => receipt(sequence));
  const report = async (
    r: Receipt,
    { statement, levels }: Awaited<ReturnType<typeof settleTree>>,
    index = Number(r.sequence) - 1,
    siblings = proof(levels, index),
  ) => {
    const [, signature] = await signed(r);
    return m.report("reportLeaf", [r, signature, statement, levels[0][index], siblings]);
  };

  it("that is the signed receipt is refused", async () => {
    const tree = await settleTree(receipts.map(leafNode));
    const { hash } = leafNode(receipts[1]);
    await m.refuses(report(receipts[1], tree), disputes, "LeafIsRight", [hash]);
  });
  it("of another place, depth or statement is refused", async () => {
    const tree = await settleTree(receipts.map(leafNode));
    await m.refuses(report(receipts[1], tree, 0), disputes, "RootMismatch", [() => true, tree.statement.root]);
    await m.refuses(report(receipts[1], tree, 1, []), disputes, "WrongDepth", [0n, 2n]);
    await m.refuses(report(receipt(4n), tree), disputes, "OutOfRange", [4n, 1n, 3n]);
    await m.refuses(report(receipt(0n), tree, 0), disputes, "OutOfRange", [0n, 1n, 3n]);
    const unknown = { ...tree, statement: { ...tree.statement, root: none } };
    await m.refuses(report(receipts[1], unknown), disputes, "StatementUnknown", [getAddress(node)]);
  });
  it("that isn't the signed receipt is punished", async () => {
    const tree = await settleTree([receipts[0], receipt(2n, { durationMs: 1 }), receipts[2]].map(leafNode));
    await slashed(report(receipts[1], tree), usdt(100), 3, 2n);
    await m.refuses(report(receipts[1], tree), disputes, "AlreadyPunished", [3, getAddress(node), 2n]);
  });
  for (const field of ["completed", "tokens", "fees", "points"] as const) {
    it(`whose hash is right but whose ${field} beside it aren't is punished`, async () => {
      const right = leafNode(receipts[1]);
      const liar = { ...right, totals: { ...right.totals, [field]: right.totals[field] - 1n } };
      await slashed(report(receipts[1], await settleTree([leafNode(receipts[0]), liar])), usdt(100), 3, 2n);
    });
  }
  it("with points above the formula is punished", async () => {
    const inflated = leafOf(structHash("Receipt", receipts[1]), { ...totalsOf(receipts[1]), points: 11n });
    const tree = await settleTree([leafNode(receipts[0]), inflated, leafNode(receipts[2])]);
    await slashed(report(receipts[1], tree), usdt(100), 3, 2n);
  });
});

describe("An inner node", () => {
  const leaves = [1n, 2n, 3n, 4n].map((sequence) => leafNode(receipt(sequence)));
  /** A tree whose left inner node claims less of something than its leaves have. */
  const lying = (field: keyof Totals = "tokens") => {
    const levels = levelsOf(leaves);
    const liar = { ...levels[1][0], totals: { ...levels[1][0].totals, [field]: levels[1][0].totals[field] - 1n } };
    const [, [top]] = levelsOf([liar, levels[1][1]]);
    return [levels[0], [liar, levels[1][1]], [top]];
  };
  const report = ({ statement, levels }: Awaited<ReturnType<typeof settleTree>>, siblings = [levels[1][1]]) =>
    m.report("reportSum", [node, statement, levels[1][0].totals, levels[0][0], levels[0][1], 0n, siblings]);

  it("with the right sums is refused", async () =>
    m.refuses(report(await settleTree(leaves)), disputes, "SumIsRight", []));
  it("at the depth of a leaf, or elsewhere, is refused", async () => {
    const tree = await settleTree(leaves, 4, lying());
    const { levels } = tree;
    await m.refuses(report(tree, [levels[1][1], levels[1][1]]), disputes, "WrongDepth", [2n, 2n]);
    await m.refuses(report(tree, []), disputes, "RootMismatch", [() => true, tree.statement.root]);
    const unknown = { ...tree, statement: { ...tree.statement, root: none } };
    await m.refuses(report(unknown), disputes, "StatementUnknown", [getAddress(node)]);
  });
  for (const field of ["completed", "tokens", "fees", "points"] as const) {
    it(`with a wrong sum of ${field} is punished`, async () =>
      slashed(report(await settleTree(leaves, 4, lying(field))), usdt(100), 4, 1n));
  }
});

describe("The padding", () => {
  const leaves = [1n, 2n, 3n].map((sequence) => leafNode(receipt(sequence)));
  const report = ({ statement, levels }: Awaited<ReturnType<typeof settleTree>>, index = 3) =>
    m.report("reportPadding", [node, statement, levels[0][index], BigInt(index), proof(levels, index)]);

  it("that is empty is refused", async () =>
    m.refuses(report(await settleTree(leaves)), disputes, "PaddingIsEmpty", []));
  it("isn't where the receipts are", async () =>
    m.refuses(report(await settleTree(leaves), 2), disputes, "NotPadding", [2n, 3n, 4n]));
  it("isn't behind the tree", async () => {
    const { statement, levels } = await settleTree(leaves);
    const call = m.report("reportPadding", [node, statement, levels[0][3], 4n, proof(levels, 3)]);
    await m.refuses(call, disputes, "NotPadding", [4n, 3n, 4n]);
  });
  it("that is a leaf is punished", async () =>
    slashed(report(await settleTree([...leaves, leafNode(receipt(4n, { status: 4 }))], 3)), usdt(100), 5, 1n));
  it("that carries totals is punished", async () => {
    const stuffed = { hash: zeroHash, totals: { ...noTotals, tokens: 1_000_000n } };
    await slashed(report(await settleTree([...leaves, stuffed], 3)), usdt(100), 5, 1n);
  });
});

describe("Deploying Disputes", () => {
  const deploy = (address: Hex, penalty: bigint) =>
    m.connection.viem.deployContract("Disputes", [address, penalty, 10n, 10n, 60n]);
  it("for a Settlement of other Disputes is refused", () =>
    m.refuses(deploy(settlement.address, 1n), disputes, "WrongPeer", [
      getAddress(settlement.address),
      () => true,
      getAddress(disputes.address),
    ]));
  for (const penalty of [0n, 10n ** 12n + 1n]) {
    it(`with a penalty of ${penalty} is refused`, () => assert.rejects(openMarket({ penalty })));
  }
  it("beside Staking and Escrow of the same Settlement works", async () => {
    assert.equal(await disputes.read.STAKING(), getAddress(staking.address));
    assert.equal(await staking.read.DISPUTES(), getAddress(disputes.address));
    assert.equal(await disputes.read.ESCROW(), getAddress(m.escrow.address));
  });
});
