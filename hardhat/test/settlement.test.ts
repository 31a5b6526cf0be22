import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { encodeAbiParameters, getAddress, keccak256, parseAbiParameters, zeroAddress, zeroHash, type Hex } from "viem";
import { day, keyOf, usdt } from "../lib/deployment.ts";
import { none, openMarket, sampleReceipt, type Receipt } from "../lib/market.ts";
import { domainOf, structHash } from "../lib/messages.ts";
import { rootOf } from "../lib/sum-tree.ts";

const m = await openMarket();
const { escrow, staking, settlement, provider, payer, anyone, owner, treasury, networkHelpers } = m;
const as = (wallet: typeof provider) => ({ account: wallet.account });
const key = keyOf("a paying key");
const spender = keyOf("a spending key");
const stranger = keyOf("a stranger");
const node = m.node.address;
const thaw = day;

/** Names of the enums, as the interfaces have them. */
const grantFaults = ["None", "BadSignature", "ZeroAddress", "Expired", "WrongEpoch", "NotNewer"];
const claimFaults =
  "None BadSignature UnknownNode NoGrant GrantExpired GrantRevoked NothingNew NoFunds GrantExhausted StakeTooLow".split(
    " ",
  );
const statementFaults =
  "None BadSignature WrongNode OutOfSequence EmptyRange TooManyReceipts TotalsImpossible RootMismatch RingFull".split(
    " ",
  );
const receiptFaults = (
  "None BadSignature WrongNode WrongProvider OutOfRange CachedAbovePrompt UnknownStatus WrongFee WrongDepth " +
  "RootMismatch StatementUnknown ZeroRequestId ZeroPayer CumulativeBelowFee FirstTokenAfterEnd"
).split(" ");

let snapshot: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
beforeEach(async () => {
  snapshot = await networkHelpers.takeSnapshot();
  await m.deposit(key.address, usdt(100));
});
afterEach(() => snapshot.restore());

const now = async () => BigInt(await networkHelpers.time.latest());
const faultsOf = async (hash: Hex, event: string, names: string[]) =>
  (await m.eventsOf(hash))
    .filter(([name]) => name === event)
    .map(([, args]) => [Number(args.index), names[args.reason]]);
const claimed = () => escrow.read.claimedOf([key.address, node]);
const revoke = async () => {
  await networkHelpers.impersonateAccount(key.address);
  await networkHelpers.setBalance(key.address, 10n ** 18n);
  await escrow.write.revokeGrants({ account: key.address });
};

describe("A grant", () => {
  const register = async (...items: Awaited<ReturnType<typeof m.signedGrant>>[]) =>
    faultsOf(await m.settle(items, []), "GrantSkipped", grantFaults);
  const grant = (changes: Parameters<typeof m.grant>[2] = {}) => m.grant(key.address, spender.address, changes);
  const registered = async () => (await escrow.read.grantOf([key.address, spender.address]))[1];

  it("signed by a stranger is skipped", async () =>
    assert.deepEqual(await register(await m.signedGrant(stranger, grant())), [[0, "BadSignature"]]));
  it("changed after it was signed is skipped", async () => {
    const { signature } = await m.signedGrant(key, grant());
    assert.deepEqual(await register({ grant: grant({ cap: usdt(9_999) }), signature }), [[0, "BadSignature"]]);
  });
  it("for another chain or deployment is skipped", async () => {
    for (const domain of [domainOf(1, settlement.address), domainOf(31337, staking.address)]) {
      const signature = await m.sign(key, "Grant", grant(), domain);
      assert.deepEqual(await register({ grant: grant(), signature }), [[0, "BadSignature"]]);
    }
  });
  it("to nobody is skipped", async () =>
    assert.deepEqual(await register(await m.signedGrant(key, m.grant(key.address, zeroAddress))), [
      [0, "ZeroAddress"],
    ]));
  it("that ended a thaw period ago is skipped", async () => {
    const validUntil = await now();
    await networkHelpers.time.increaseTo(validUntil + thaw - 2n);
    const item = await m.signedGrant(key, grant({ validUntil }));
    await networkHelpers.time.setNextBlockTimestamp(validUntil + thaw);
    assert.deepEqual(await register(item), [[0, "Expired"]]);
  });
  it("of an epoch that is not yet is skipped", async () =>
    assert.deepEqual(await register(await m.signedGrant(key, grant({ epoch: 1 }))), [[0, "WrongEpoch"]]));
  it("of a revoked epoch is skipped after the thaw period, not before", async () => {
    await revoke();
    const old = await m.signedGrant(key, grant());
    assert.deepEqual(await register(old), []);
    const other = await m.signedGrant(key, m.grant(key.address, stranger.address));
    await networkHelpers.time.increase(thaw);
    assert.deepEqual(await register(other), [[0, "WrongEpoch"]]);
    assert.deepEqual(await register(await m.signedGrant(key, grant({ epoch: 1 }))), []);
  });
  it("can't be brought back, nor replaced by an older one", async () => {
    const first = await m.signedGrant(key, grant({ validUntil: 4_000_000_000n }));
    const second = await m.signedGrant(key, grant({ validUntil: 4_000_000_001n }));
    assert.deepEqual(await register(first, first, second, first, second), [
      [1, "NotNewer"],
      [3, "NotNewer"],
      [4, "NotNewer"],
    ]);
    assert.equal(await registered(), 4_000_000_001n);
  });
  it("of a later epoch replaces one that lasts longer", async () => {
    await register(await m.signedGrant(key, grant()));
    await revoke();
    await register(await m.signedGrant(key, grant({ epoch: 1, validUntil: 3_000_000_000n })));
    assert.equal(await registered(), 3_000_000_000n);
    assert.deepEqual(await register(await m.signedGrant(key, grant())), [[0, "NotNewer"]]);
  });

  describe("of an ERC-1271 wallet", () => {
    it("is registered when the wallet accepts it", async () => {
      const wallet = await m.connection.viem.deployContract("TestWallet", [key.address]);
      const message = m.grant(wallet.address, spender.address);
      assert.deepEqual(await register(await m.signedGrant(stranger, message)), [[0, "BadSignature"]]);
      assert.deepEqual(await register(await m.signedGrant(key, message)), []);
    });
    for (const [way, name] of [
      "burns all gas",
      "reverts",
      "returns a bomb",
      "answers too little",
      "answers amiss",
    ].entries()) {
      it(`that ${name} starves nobody`, async () => {
        const wallet = await m.connection.viem.deployContract("HostileWallet", [way]);
        const hostile = await m.signedGrant(stranger, m.grant(wallet.address, spender.address));
        const hash = await m.settle([hostile, await m.signedGrant(key, grant())], []);
        assert.deepEqual(await faultsOf(hash, "GrantSkipped", grantFaults), [[0, "BadSignature"]]);
        assert.notEqual(await registered(), 0n);
        const { gasUsed } = await m.client.getTransactionReceipt({ hash });
        assert.ok(gasUsed < 400_000n, `${gasUsed} gas`);
      });
    }
  });
});

describe("A claim", () => {
  const pay = async (...claims: Awaited<ReturnType<typeof m.voucher>>[]) =>
    faultsOf(await m.settle([], claims), "ClaimSkipped", claimFaults);
  const voucher = (signer: typeof key, cumulative: bigint, to: Hex = node) =>
    m.voucher(signer, key.address, to, cumulative);
  const allow = async (changes: Parameters<typeof m.grant>[2] = {}) =>
    m.settle([await m.signedGrant(key, m.grant(key.address, spender.address, changes))], []);

  it("signed by a stranger is skipped", async () =>
    assert.deepEqual(await pay(await voucher(stranger, usdt(1))), [[0, "NoGrant"]]));
  it("with a signature that isn't one is skipped", async () => {
    const good = await voucher(key, usdt(1));
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = `0x${(order - BigInt(good.signature.s)).toString(16).padStart(64, "0")}` as Hex;
    const bad = [
      { r: zeroHash, s: zeroHash, v: 0 },
      { ...good.signature, v: 29 },
      { ...good.signature, s, v: 55 - good.signature.v },
      { ...good.signature, r: `0x${"ff".repeat(32)}` as Hex },
    ];
    const found = await pay(...bad.map((signature) => ({ ...good, signature })), good);
    assert.deepEqual(
      found,
      [0, 1, 2, 3].map((i) => [i, "BadSignature"]),
    );
    assert.equal(await claimed(), usdt(1));
  });
  it("of nobody is skipped", async () => {
    const good = await voucher(key, usdt(1));
    const nobody = { ...good, payer: zeroAddress as Hex, signature: { r: zeroHash, s: zeroHash, v: 27 } };
    assert.deepEqual(await pay(nobody), [[0, "BadSignature"]]);
  });
  it("with a field wider than its type stops the call", async () => {
    const good = await voucher(key, usdt(1));
    const data = encodeAbiParameters(
      parseAbiParameters("bytes32[], (address,(uint256,uint256,bytes32,bytes32,bytes32,uint256)[])[], bytes32[]"),
      [
        [],
        [
          [
            node,
            [
              [
                BigInt(key.address) | (1n << 160n),
                usdt(1),
                none,
                good.signature.r,
                good.signature.s,
                BigInt(good.signature.v),
              ],
            ],
          ],
        ],
        [],
      ] as never,
    );
    const selector = "0x" + m.selectorOf("settle").slice(2);
    const call = anyone.sendTransaction({ to: settlement.address, data: (selector + data.slice(2)) as Hex });
    await m.refuses(call, settlement, "DirtyClaim", [1n]);
  });
  it("changed after it was signed is skipped", async () => {
    const good = await voucher(key, usdt(1));
    const changed = [
      { ...good, cumulative: usdt(2) },
      { ...good, receipt: `0x${"01".repeat(32)}` as Hex },
    ];
    for (const claim of changed) assert.deepEqual(await pay(claim), [[0, "NoGrant"]]);
    await m.addNode(provider, keyOf("another node"));
    assert.deepEqual(await pay({ ...good, node: keyOf("another node").address }), [[0, "NoGrant"]]);
  });
  it("for a node that nobody registered is skipped, its neighbours are not", async () => {
    const lost = await voucher(key, usdt(1), stranger.address);
    assert.deepEqual(await pay(lost, await voucher(key, usdt(2)), lost), [
      [0, "UnknownNode"],
      [1, "UnknownNode"],
    ]);
    assert.equal(await claimed(), usdt(2));
  });
  it("that was paid already is skipped", async () => {
    await pay(await voucher(key, usdt(5)));
    const again = [usdt(5), usdt(4), 0n].map((amount) => voucher(key, amount));
    assert.deepEqual(
      await pay(...(await Promise.all(again))),
      [0, 1, 2].map((i) => [i, "NothingNew"]),
    );
    assert.equal(await claimed(), usdt(5));
  });
  it("that comes twice in one call is paid once", async () => {
    const one = await voucher(key, usdt(5));
    assert.deepEqual(await pay(one, one), [[1, "NothingNew"]]);
    assert.equal((await escrow.read.accountOf([key.address]))[0], usdt(95));
  });
  it("moves what the payer has, and the rest later", async () => {
    const big = await voucher(key, usdt(130));
    assert.deepEqual(await pay(big), []);
    assert.equal(await claimed(), usdt(100));
    assert.deepEqual(await pay(big), [[0, "NoFunds"]]);
    await m.deposit(key.address, usdt(100));
    assert.deepEqual(await pay(big), []);
    assert.equal(await claimed(), usdt(130));
    assert.equal((await escrow.read.accountOf([key.address]))[0], usdt(70));
  });
  it("pays the node's provider less the fee, which the treasury earns", async () => {
    await pay(await voucher(key, usdt(10)));
    assert.equal(await escrow.read.earnedOf([provider.account.address]), usdt(9.9));
    assert.equal(await escrow.read.earnedOf([treasury.account.address]), usdt(0.1));
  });
  it("rounds the fee down, in favour of the provider", async () => {
    await pay(await voucher(key, 199n));
    assert.equal(await escrow.read.earnedOf([provider.account.address]), 198n);
  });
  it("signed by a spender is paid within its grant", async () => {
    await allow({ cap: usdt(30) });
    assert.deepEqual(await pay(await voucher(spender, usdt(50))), []);
    assert.equal(await claimed(), usdt(30));
    assert.deepEqual(await pay(await voucher(spender, usdt(50))), [[0, "GrantExhausted"]]);
    assert.deepEqual(await pay(await voucher(key, usdt(50))), []);
    assert.equal(await claimed(), usdt(50));
  });
  it("of a spender is bounded by all that the payer paid since the grant", async () => {
    await allow({ cap: usdt(30) });
    await pay(await voucher(key, usdt(20)));
    await pay(await voucher(spender, usdt(90)));
    assert.equal(await claimed(), usdt(30));
    const renewed = { cap: usdt(30), validUntil: 4_000_000_001n };
    await allow(renewed);
    await pay(await voucher(spender, usdt(90)));
    assert.equal(await claimed(), usdt(60));
  });
  it("of a spender with an unlimited cap is paid", async () => {
    await allow({ cap: 2n ** 128n - 1n });
    assert.deepEqual(await pay(await voucher(spender, usdt(60))), []);
    assert.equal(await claimed(), usdt(60));
  });
  it("of a grant that ended is paid for a thaw period more", async () => {
    const validUntil = (await now()) + day;
    await allow({ validUntil });
    await networkHelpers.time.setNextBlockTimestamp(validUntil + thaw - 1n);
    assert.deepEqual(await pay(await voucher(spender, usdt(1))), []);
    await networkHelpers.time.setNextBlockTimestamp(validUntil + thaw);
    assert.deepEqual(await pay(await voucher(spender, usdt(2))), [[0, "GrantExpired"]]);
  });
  it("of a revoked grant is paid for a thaw period more, a second revocation changes nothing", async () => {
    await allow();
    await revoke();
    const end = (await now()) + thaw;
    await networkHelpers.time.increase(day / 2n);
    await revoke();
    await networkHelpers.time.setNextBlockTimestamp(end - 1n);
    assert.deepEqual(await pay(await voucher(spender, usdt(1))), []);
    await networkHelpers.time.setNextBlockTimestamp(end);
    assert.deepEqual(await pay(await voucher(spender, usdt(2))), [[0, "GrantRevoked"]]);
  });
  it("says what it moved, and what that makes in all", async () => {
    const said: unknown[] = [];
    for (const total of [usdt(1), usdt(3)]) {
      const events = await m.eventsOf(await m.settle([], [await voucher(key, total)]));
      said.push(...events.filter(([name]) => name === "Claimed").map(([, args]) => [args.amount, args.claimed]));
    }
    assert.deepEqual(said, [
      [usdt(1), usdt(1)],
      [usdt(2), usdt(3)],
    ]);
  });
  it("is paid in the call that registers its grant", async () => {
    const grants = [await m.signedGrant(key, m.grant(key.address, spender.address))];
    await m.settle(grants, [await voucher(spender, usdt(1))]);
    assert.equal(await claimed(), usdt(1));
  });
  it("above the stake's multiple waits for the next windows", async () => {
    const small = await openMarket({ stakeMultiple: 1, feeBasisPoints: 0 });
    await small.staking.write.unstake([usdt(9_900)], as(small.provider));
    await small.deposit(key.address, usdt(300));
    const window = 3n * day;
    const start = (BigInt(await small.networkHelpers.time.latest()) / window + 2n) * window;
    const claim = await small.voucher(key, key.address, node, usdt(300));
    const total = () => small.escrow.read.claimedOf([key.address, node]);
    const steps: [at: bigint, total: bigint, fault?: string][] = [
      [start, usdt(100)],
      [start + window - 1n, usdt(100), "StakeTooLow"],
      [start + window, usdt(100), "StakeTooLow"],
      [start + 2n * window - 1n, usdt(100), "StakeTooLow"],
      [start + 2n * window, usdt(200)],
      [start + 5n * window, usdt(300)],
    ];
    for (const [at, expected, fault] of steps) {
      await small.networkHelpers.time.setNextBlockTimestamp(at);
      const hash = await small.settle([], [claim]);
      const skipped = (await small.eventsOf(hash)).filter(([name]) => name === "ClaimSkipped");
      assert.deepEqual(
        skipped.map(([, args]) => claimFaults[args.reason]),
        fault ? [fault] : [],
      );
      assert.equal(await total(), expected);
    }
  });
  it("shares the stake's multiple with the others of its call, at its node and at the provider's other nodes", async () => {
    const small = await openMarket({ stakeMultiple: 1, feeBasisPoints: 0 });
    await small.staking.write.unstake([usdt(9_900)], as(small.provider));
    const second = keyOf("a second node");
    await small.addNode(small.provider, second);
    for (const who of [key, stranger]) await small.deposit(who.address, usdt(300));
    const claim = (who: typeof key, at: Hex, total: number) => small.voucher(who, who.address, at, usdt(total));
    const hash = await small.settle(
      [],
      [
        await claim(key, node, 50),
        await claim(stranger, node, 30),
        await claim(key, second.address, 40),
        await claim(stranger, second.address, 1),
      ],
    );
    const paid = (who: typeof key, at: Hex) => small.escrow.read.claimedOf([who.address, at]);
    assert.deepEqual(await Promise.all([node, second.address].flatMap((at) => [paid(key, at), paid(stranger, at)])), [
      usdt(50),
      usdt(30),
      usdt(20),
      0n,
    ]);
    const skipped = (await small.eventsOf(hash)).filter(([name]) => name === "ClaimSkipped");
    assert.deepEqual(
      skipped.map(([, args]) => claimFaults[args.reason]),
      ["StakeTooLow"],
    );
  });
  it("for more than the stake's multiple takes no more than that with the others at its node", async () => {
    const small = await openMarket({ stakeMultiple: 1, feeBasisPoints: 0 });
    await small.staking.write.unstake([usdt(9_900)], as(small.provider));
    for (const who of [key, stranger]) await small.deposit(who.address, usdt(300));
    const claims = [key, stranger].map((who) => small.voucher(who, who.address, node, usdt(70)));
    await small.settle([], await Promise.all(claims));
    const paid = (who: typeof key) => small.escrow.read.claimedOf([who.address, node]);
    assert.deepEqual([await paid(key), await paid(stranger)], [usdt(70), usdt(30)]);
  });
});

const receiptsOf = (first: bigint, count: number, changes: Partial<Receipt> = {}) =>
  Array.from({ length: count }, (_, i) => ({
    ...sampleReceipt(key.address, provider.account.address, first + BigInt(i)),
    completionTokens: 10 + i,
    fee: 0n,
    ...changes,
  })).map((receipt) => ({ ...receipt, fee: feeOfReceipt(receipt), cumulative: feeOfReceipt(receipt) }));
const feeOfReceipt = (r: Receipt) =>
  r.completionTokens === 0
    ? 0n
    : (BigInt(r.promptTokens - r.cachedTokens) * r.inputPrice +
        BigInt(r.cachedTokens) * r.cachedPrice +
        BigInt(r.completionTokens) * r.outputPrice +
        999_999n) /
      1_000_000n;

describe("A statement", () => {
  const settleAll = async (...items: Awaited<ReturnType<typeof m.statement>>["item"][]) =>
    faultsOf(await m.settle([], [], items), "StatementSkipped", statementFaults);
  type Item = Awaited<ReturnType<typeof m.statement>>["item"];
  /** The same statement with changes, signed again. */
  const resigned = async (item: Item, changes: Partial<Item["statement"]>, signer = m.node): Promise<Item> => {
    const statement = { ...item.statement, ...changes };
    return { ...item, statement, signature: await m.signSplit(signer, "Statement", statement) };
  };

  it("that nobody signed is skipped", async () => {
    const { item } = await m.statement(m.node, receiptsOf(1n, 3));
    const signature = { r: zeroHash, s: zeroHash, v: 27 };
    assert.deepEqual(await settleAll({ ...item, signature }), [[0, "BadSignature"]]);
  });
  it("of a key that isn't the provider's is skipped", async () => {
    const { item } = await m.statement(stranger, receiptsOf(1n, 3));
    assert.deepEqual(await settleAll(item), [[0, "WrongNode"]]);
    const other = await resigned(item, { provider: payer.account.address });
    assert.deepEqual(await settleAll(other), [[0, "WrongNode"]]);
  });
  it("for nobody by an unregistered key is skipped without a trace", async () => {
    const { item } = await m.statement(m.node, receiptsOf(1n, 1));
    const forged = await resigned(item, { provider: zeroAddress }, stranger);
    const [fault] = await settleAll(forged);
    assert.equal(fault?.[1], "WrongNode");
  });
  it("that doesn't continue the sequence is skipped", async () => {
    const first = (await m.statement(m.node, receiptsOf(1n, 3))).item;
    const gap = (await m.statement(m.node, receiptsOf(5n, 2))).item;
    const overlap = (await m.statement(m.node, receiptsOf(3n, 2))).item;
    const zero = (await m.statement(m.node, receiptsOf(0n, 2))).item;
    const next = (await m.statement(m.node, receiptsOf(4n, 2))).item;
    assert.deepEqual(await settleAll(zero, gap, first, first, overlap, gap, next), [
      ...[0, 1, 3, 4, 5].map((i) => [i, "OutOfSequence"]),
    ]);
    assert.deepEqual((await settlement.read.nodeOf([node])).slice(0, 2), [5n, 2n]);
  });
  it("over nothing is skipped", async () => {
    const { item } = await m.statement(m.node, receiptsOf(1n, 1));
    assert.deepEqual(await settleAll(await resigned(item, { lastSequence: 0n })), [[0, "EmptyRange"]]);
  });
  it("over more than 2^32 receipts is skipped", async () => {
    const { item } = await m.statement(m.node, receiptsOf(1n, 1));
    const over = await resigned(item, { lastSequence: 2n ** 32n + 1n });
    assert.deepEqual(await settleAll(over), [[0, "TooManyReceipts"]]);
  });
  it("with totals that the root doesn't prove is skipped", async () => {
    const { item } = await m.statement(m.node, receiptsOf(1n, 3));
    for (const field of ["tokens", "fees"] as const) {
      const totals = { ...item.totals, [field]: item.totals[field] + 1n };
      assert.deepEqual(await settleAll({ ...item, totals }), [[0, "RootMismatch"]]);
    }
    assert.deepEqual(await settleAll({ ...item, top: zeroHash }), [[0, "RootMismatch"]]);
  });
  it("with totals that no receipts could have is skipped", async () => {
    const { item } = await m.statement(m.node, receiptsOf(1n, 3));
    for (const totals of [
      { ...item.totals, completed: 4n },
      { ...item.totals, points: 34n },
    ]) {
      assert.deepEqual(await settleAll({ ...item, totals }), [[0, "TotalsImpossible"]]);
    }
  });
  it("that lies about tokens and fees fills the sums up, and stops nothing", async () => {
    const most = { tokens: 2n ** 64n - 1n, fees: 2n ** 128n - 1n };
    const boast = async (sequence: bigint) => {
      const { item } = await m.statement(m.node, receiptsOf(sequence, 1));
      const totals = { ...item.totals, ...most };
      return { ...(await resigned(item, { root: rootOf({ hash: item.top, totals }) })), totals };
    };
    assert.deepEqual(await settleAll(await boast(1n), await boast(2n)), []);
    const { tokens, fees, completed } = await settlement.read.reputationOf([provider.account.address]);
    assert.deepEqual({ tokens, fees, completed }, { ...most, completed: 2n });
  });
  it("adds its proven totals to the reputation, and chains the running hash", async () => {
    const first = (await m.statement(m.node, receiptsOf(1n, 3))).item;
    const second = (await m.statement(m.node, receiptsOf(4n, 5))).item;
    assert.deepEqual(await settleAll(first, second), []);
    const sum = (field: keyof typeof first.totals) => first.totals[field] + second.totals[field];
    const reputation = await settlement.read.reputationOf([provider.account.address]);
    assert.deepEqual(reputation, {
      completed: 8n,
      tokens: sum("tokens"),
      fees: sum("fees"),
      points: sum("points"),
      slashes: 0,
    });
    const chain = (previous: Hex, next: Hex) =>
      keccak256(encodeAbiParameters(parseAbiParameters("bytes32, bytes32"), [previous, next]));
    const [a, b] = [first, second].map((item) => structHash("Statement", item.statement));
    assert.equal((await settlement.read.nodeOf([node]))[2], chain(chain(zeroHash, a), b));
  });
  it("can't overwrite one whose dispute window is open", async () => {
    const items: Item[] = [];
    for (let i = 0n; i < 129n; i++) items.push((await m.statement(m.node, receiptsOf(i + 1n, 1))).item);
    for (let i = 0; i < 128; i += 32) assert.deepEqual(await settleAll(...items.slice(i, i + 32)), []);
    assert.deepEqual(await settleAll(items[128]), [[0, "RingFull"]]);
    assert.notEqual(await settlement.read.settledAt([node, items[0].statement]), 0n);
    await networkHelpers.time.increase(3n * day);
    assert.deepEqual(await settleAll(items[128]), []);
    assert.equal(await settlement.read.settledAt([node, items[0].statement]), 0n);
    assert.notEqual(await settlement.read.settledAt([node, items[128].statement]), 0n);
  });
});

describe("verifyReceipt", () => {
  const settled = async (count = 5, change = (last: Receipt) => last) => {
    const receipts = receiptsOf(1n, count);
    receipts.push(change(receipts.pop()!));
    const { item, proofs } = await m.statement(m.node, receipts);
    await m.settle([], [], [item]);
    return { receipts, proofs, statement: item.statement };
  };
  type Settled = Awaited<ReturnType<typeof settled>>;
  const check = async (
    { receipts, proofs, statement }: Settled,
    changes: Partial<Receipt> = {},
    how: { index?: number; signer?: typeof key; proof?: Settled["proofs"][number]; under?: Settled["statement"] } = {},
  ) => {
    const { index = 0, signer = m.node, under = statement } = how;
    const proof = how.proof ?? proofs[index];
    const receipt = { ...receipts[index], ...changes };
    const args = [receipt, await m.signReceipt(signer, receipt), under, proof] as const;
    const fault = receiptFaults[await settlement.read.checkReceipt(args)];
    assert.equal(await settlement.read.verifyReceipt(args), fault === "None");
    return fault;
  };

  for (const count of [1, 2, 3, 5, 8, 9]) {
    it(`is true for each of ${count} receipts`, async () => {
      const s = await settled(count);
      for (let index = 0; index < count; index++) assert.equal(await check(s, {}, { index }), "None");
    });
  }
  it("is true for receipts far behind the first", async () => {
    const { item } = await m.statement(m.node, receiptsOf(1n, 1));
    const long = { ...item.statement, lastSequence: 2n ** 32n };
    await m.settle([], [], [{ ...item, statement: long, signature: await m.signSplit(m.node, "Statement", long) }]);
    const receipts = receiptsOf(2n ** 32n + 1n, 3);
    const next = await m.statement(m.node, receipts);
    await m.settle([], [], [next.item]);
    const s = { receipts, proofs: next.proofs, statement: next.item.statement };
    for (const index of receipts.keys()) assert.equal(await check(s, {}, { index }), "None");
  });
  it("is false for a copy with one token count changed", async () => {
    const s = await settled();
    const changed = { ...s.receipts[0], promptTokens: s.receipts[0].promptTokens + 1 };
    const signature = await m.signReceipt(m.node, s.receipts[0]);
    assert.equal(await settlement.read.verifyReceipt([s.receipts[0], signature, s.statement, s.proofs[0]]), true);
    assert.equal(await settlement.read.verifyReceipt([changed, signature, s.statement, s.proofs[0]]), false);
  });

  const price = { cachedTokens: 0, completionTokens: 0, fee: 0n };
  const changes: [what: string, changes: Partial<Receipt>, fault: string][] = [
    ["another provider", { provider: payer.account.address }, "WrongNode"],
    ["a sequence behind the statement", { sequence: 6n }, "OutOfRange"],
    ["a sequence before it", { sequence: 0n }, "OutOfRange"],
    ["its neighbour's sequence", { sequence: 2n }, "RootMismatch"],
    ["more cached tokens than prompt tokens", { cachedTokens: 100 }, "CachedAbovePrompt"],
    ["a status that isn't one", { status: 6 }, "UnknownStatus"],
    ["a fee above the formula", { fee: 1_000n }, "WrongFee"],
    ["a fee below the formula", { fee: 0n }, "WrongFee"],
    ["other counts and the fee to match", price, "RootMismatch"],
    ["another duration", { durationMs: 900 }, "RootMismatch"],
    ["another status", { status: 2 }, "RootMismatch"],
    ["another response", { response: `0x${"01".repeat(32)}` as Hex }, "RootMismatch"],
  ];
  for (const [what, change, fault] of changes) {
    it(`refuses a receipt with ${what} though the node signed it`, async () =>
      assert.equal(await check(await settled(), change), fault));
  }
  const odd: [what: string, change: (last: Receipt) => Receipt, fault: string][] = [
    ["no request id", (last) => ({ ...last, requestId: zeroHash }), "ZeroRequestId"],
    ["no payer", (last) => ({ ...last, payer: zeroAddress }), "ZeroPayer"],
    ["a total below its fee", (last) => ({ ...last, cumulative: last.fee - 1n }), "CumulativeBelowFee"],
    ["a first token after its end", (last) => ({ ...last, firstTokenMs: 1_401 }), "FirstTokenAfterEnd"],
  ];
  for (const [what, change, fault] of odd) {
    it(`refuses a receipt with ${what} though the node settled it`, async () => {
      const s = await settled(3, change);
      assert.equal(await check(s, {}, { index: 2 }), fault);
      assert.equal(await check(s, {}, { index: 0 }), "None");
    });
  }
  it("takes a receipt whose total is its fee and whose first token is its last", async () => {
    const s = await settled(3, (last) => ({ ...last, cumulative: last.fee, firstTokenMs: last.durationMs }));
    assert.equal(await check(s, {}, { index: 2 }), "None");
  });
  it("refuses a signature that isn't one", async () => {
    const s = await settled();
    const args = [s.receipts[0], { r: zeroHash, s: zeroHash, v: 27 }, s.statement, s.proofs[0]] as const;
    assert.equal(receiptFaults[await settlement.read.checkReceipt(args)], "BadSignature");
  });
  it("refuses a receipt that another key signed", async () =>
    assert.equal(await check(await settled(), {}, { signer: stranger }), "WrongNode"));
  it("refuses a proof that is too short or too long", async () => {
    const s = await settled();
    assert.equal(await check(s, {}, { proof: s.proofs[0].slice(1) }), "WrongDepth");
    assert.equal(await check(s, {}, { proof: [...s.proofs[0], s.proofs[0][0]] }), "WrongDepth");
    assert.equal(await check(s, {}, { proof: [] }), "WrongDepth");
  });
  it("refuses another receipt's proof", async () => {
    const s = await settled();
    assert.equal(await check(s, {}, { proof: s.proofs[1] }), "RootMismatch");
  });
  it("refuses a statement of another provider", async () => {
    const s = await settled();
    const under = { ...s.statement, provider: payer.account.address };
    assert.equal(await check(s, {}, { under }), "WrongProvider");
  });
  it("refuses a statement that was never settled", async () => {
    const receipts = receiptsOf(1n, 3);
    const { item, proofs } = await m.statement(m.node, receipts);
    assert.equal(await check({ receipts, proofs, statement: item.statement }), "StatementUnknown");
    const endless = { ...item.statement, lastSequence: 2n ** 40n };
    assert.equal(await check({ receipts, proofs, statement: endless }), "StatementUnknown");
  });
});

describe("The owner of Settlement", () => {
  const stranger_ = [getAddress(payer.account.address)];
  it("is the only one to propose", async () => {
    await m.refuses(settlement.write.proposeFee([1], as(payer)), settlement, "OwnableUnauthorizedAccount", stranger_);
    await m.refuses(
      settlement.write.proposeStakeMultiple([1], as(payer)),
      settlement,
      "OwnableUnauthorizedAccount",
      stranger_,
    );
  });
  it("can't propose a fee above 5 %", () =>
    m.refuses(settlement.write.proposeFee([501], as(owner)), settlement, "FeeTooHigh", [501, 500]));
  for (const multiple of [0, 10_001]) {
    it(`can't propose a stake multiple of ${multiple}`, () =>
      m.refuses(settlement.write.proposeStakeMultiple([multiple], as(owner)), settlement, "StakeMultipleOutOfBounds", [
        multiple,
        1,
        10_000,
      ]));
  }
  it("changes the fee after two days, for claims from then on", async () => {
    await m.refuses(settlement.write.applyFee(), settlement, "NothingProposed", []);
    await settlement.write.proposeFee([500], as(owner));
    const readyAt = (await now()) + 2n * day;
    await m.refuses(settlement.write.applyFee(), settlement, "TooEarly", [readyAt]);
    await m.settle([], [await m.voucher(key, key.address, node, usdt(10))]);
    await networkHelpers.time.increaseTo(readyAt);
    await settlement.write.applyFee(as(anyone));
    await m.settle([], [await m.voucher(key, key.address, node, usdt(20))]);
    assert.equal(await escrow.read.earnedOf([treasury.account.address]), usdt(0.1) + usdt(0.5));
  });
  it("changes the stake multiple after two days", async () => {
    await settlement.write.proposeStakeMultiple([2], as(owner));
    await networkHelpers.time.increase(2n * day);
    await settlement.write.applyStakeMultiple(as(anyone));
    assert.equal(await settlement.read.ceilingOf([provider.account.address]), usdt(20_000));
  });
});

describe("A slash", () => {
  it("is recorded by Disputes alone", () =>
    m.refuses(settlement.write.recordSlash([node], as(owner)), settlement, "NotDisputes", [
      getAddress(owner.account.address),
    ]));
  it("stands in the reputation", async () => {
    const disputes = await settlement.read.DISPUTES();
    await networkHelpers.impersonateAccount(disputes);
    await networkHelpers.setBalance(disputes, 10n ** 18n);
    await settlement.write.recordSlash([provider.account.address], { account: disputes });
    assert.equal((await settlement.read.reputationOf([provider.account.address])).slashes, 1);
  });
});

describe("The digests", () => {
  it("are the ones that wallets sign", async () => {
    const grant = m.grant(key.address, spender.address);
    const voucher = { payer: key.address, node, cumulative: 1n, receipt: none };
    const reserve = { payer: key.address, provider: node, amount: 1n, until: 2n };
    const receipt = sampleReceipt(key.address, node, 1n);
    const statement = { provider: node, firstSequence: 1n, lastSequence: 2n, root: none };
    assert.equal(await settlement.read.grantDigest([grant]), m.digest("Grant", grant));
    assert.equal(await settlement.read.voucherDigest([voucher]), m.digest("Voucher", voucher));
    assert.equal(await settlement.read.reserveDigest([reserve]), m.digest("Reserve", reserve));
    assert.equal(await settlement.read.receiptDigest([receipt]), m.digest("Receipt", receipt));
    assert.equal(await settlement.read.statementDigest([statement]), m.digest("Statement", statement));
  });
});

describe("Deploying Settlement", () => {
  const deploy = (changes: Record<string, unknown>) => {
    const values = {
      escrow: escrow.address,
      staking: staking.address,
      disputes: anyone.account.address,
      treasury: treasury.account.address,
      owner: owner.account.address,
      window: day,
      fee: 100,
      multiple: 10,
      ...changes,
    };
    return m.connection.viem.deployContract("Settlement", Object.values(values) as never);
  };
  it("beside an Escrow of another Settlement is refused", () =>
    m.refuses(deploy({}), settlement, "WrongPeer", [
      getAddress(escrow.address),
      (expected: Hex) => expected !== settlement.address,
      getAddress(settlement.address),
    ]));
  it("without Disputes or a treasury is refused", async () => {
    await m.refuses(deploy({ disputes: zeroAddress }), settlement, "ZeroAddress", []);
    await m.refuses(deploy({ treasury: zeroAddress }), settlement, "ZeroAddress", []);
  });
  for (const [what, changes] of [
    ["a window longer than the unbonding period", { disputeWindow: 7n * day + 1n }],
    ["a window of no length", { disputeWindow: 0n }],
    ["a fee above 5 %", { feeBasisPoints: 501 }],
    ["a stake multiple of 0", { stakeMultiple: 0 }],
  ] as const) {
    it(`with ${what} is refused`, async () => {
      await assert.rejects(openMarket(changes));
    });
  }
  it("with a window of 90 days at most, however long the unbonding, is possible", async () => {
    const unbondingPeriod = 100n * day;
    const { settlement } = await openMarket({ unbondingPeriod, disputeWindow: 90n * day });
    assert.equal(await settlement.read.DISPUTE_WINDOW(), 90n * day);
    await assert.rejects(openMarket({ unbondingPeriod, disputeWindow: 90n * day + 1n }));
  });
});
