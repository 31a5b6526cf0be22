// What comes from outside and is wrong, at every door: refused by name.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { concat, encodeFunctionData, getAddress, hexToBigInt, numberToHex, zeroHash, type Hex } from "viem";
import { day, keyOf, usdt } from "../lib/deployment.ts";
import { none, openMarket, sampleReceipt, split, type Rsv } from "../lib/market.ts";
import { domainOf } from "../lib/messages.ts";
import { noTotals } from "../lib/sum-tree.ts";

const m = await openMarket();
const { escrow, staking, settlement, disputes, provider, anyone, networkHelpers } = m;
const key = keyOf("a paying key");
const spender = keyOf("a spending key");
const fresh = keyOf("a fresh node");
const me = provider.account.address;
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

let snapshot: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
beforeEach(async () => {
  snapshot = await networkHelpers.takeSnapshot();
  await m.deposit(key.address, usdt(100));
});
afterEach(() => snapshot.restore());

/** Signatures that aren't one, made of a good one. */
const malformed: [what: string, spoil: (good: Rsv) => Rsv][] = [
  ["all zero", () => ({ r: zeroHash, s: zeroHash, v: 0 })],
  ["zero but for its v", () => ({ r: zeroHash, s: zeroHash, v: 27 })],
  ["zero in s", (good) => ({ ...good, s: zeroHash })],
  ["zero in r", (good) => ({ ...good, r: zeroHash })],
  ["its malleable twin", ({ r, s, v }) => ({ r, s: numberToHex(order - hexToBigInt(s), { size: 32 }), v: 55 - v })],
  ["with a v of 0 or 1", (good) => ({ ...good, v: good.v - 27 })],
  ["with a v of 29", (good) => ({ ...good, v: 29 })],
];
const skipped = async (hash: Hex, event: string) =>
  (await m.eventsOf(hash)).filter(([name]) => name === event).map(([, { reason }]) => reason);
const receipt = () => sampleReceipt(key.address, me, 1n);
const statement = async () => (await m.statement(m.node, [receipt()])).item;
const reserve = async () => ({
  payer: key.address,
  provider: me,
  amount: 1n,
  until: BigInt(await networkHelpers.time.latest()) + day,
});

describe("A malformed signature", () => {
  for (const [what, spoil] of malformed) {
    const claim = async () => {
      const voucher = await m.voucher(key, key.address, m.node.address, usdt(1));
      return { ...voucher, signature: spoil(voucher.signature) };
    };
    it(`${what} is refused under a claim, a grant, a statement, a receipt and a reserve`, async () => {
      assert.deepEqual(await skipped(await m.settle([], [await claim()]), "ClaimSkipped"), [1]);
      const grant = m.grant(key.address, spender.address);
      const { r, s, v } = spoil(await m.signSplit(key, "Grant", grant));
      const bytes = concat([r, s, numberToHex(v, { size: 1 })]);
      assert.deepEqual(await skipped(await m.settle([{ grant, signature: bytes }], []), "GrantSkipped"), [1]);
      const item = await statement();
      const bad = { ...item, signature: spoil(item.signature) };
      assert.deepEqual(await skipped(await m.settle([], [], [bad]), "StatementSkipped"), [1]);
      const signature = spoil(await m.signReceipt(m.node, receipt()));
      assert.equal(await settlement.read.checkReceipt([receipt(), signature, item.statement, []]), 1);
      const wanted = await reserve();
      const under = spoil(await m.signSplit(key, "Reserve", wanted));
      const call = settlement.write.reserve([wanted, under]);
      await m.refuses(call, settlement, "BadSignature", [under.s, under.v]);
    });
    it(`${what} is refused under a node key, a report and a challenge`, async () => {
      const possession = spoil(await m.possession(fresh, me));
      const call = staking.write.addNode([fresh.address, possession], { account: provider.account });
      await m.refuses(call, staking, "BadNodeSignature", [getAddress(fresh.address), `0x${"00".repeat(20)}`]);
      const signature = spoil(await m.signReceipt(m.node, receipt()));
      const refused = (name: string, args: unknown[]) =>
        m.refuses(m.report(name, args), disputes, "BadSignature", [signature.s, signature.v]);
      const good = await m.signReceipt(m.node, receipt());
      await refused("reportReceipt", [receipt(), signature]);
      await refused("reportReceipts", [receipt(), signature, receipt(), good]);
      await refused("reportReceipts", [receipt(), good, receipt(), signature]);
      const { statement: over } = await statement();
      await refused("reportLeaf", [receipt(), signature, over, { hash: none, totals: noTotals }, []]);
      await refused("challenge", [receipt(), signature, over, [], usdt(200), none, ""]);
    });
  }
  for (const [what, cut] of [
    ["that is empty", () => "0x"],
    ["that is short", (good: Hex) => good.slice(0, -2)],
    ["in 64 bytes", (good: Hex) => good.slice(0, 130)],
    ["that is long", (good: Hex) => `${good}00`],
  ] as [string, (good: Hex) => Hex][]) {
    it(`${what} is refused under a grant`, async () => {
      const { grant, signature } = await m.signedGrant(key, m.grant(key.address, spender.address));
      const hash = await m.settle([{ grant, signature: cut(signature) }], []);
      assert.deepEqual(await skipped(hash, "GrantSkipped"), [1]);
    });
  }
});

describe("A message of another chain or deployment", () => {
  for (const [what, domain] of [
    ["chain", domainOf(1, settlement.address)],
    ["deployment", domainOf(31337, escrow.address)],
  ] as const) {
    it(`(${what}) is refused, whichever it is`, async () => {
      const voucher = { payer: key.address, node: m.node.address, cumulative: usdt(1), receipt: none };
      const sign = (who: typeof key, type: "Voucher" | "Statement" | "Receipt" | "Reserve", message: object) =>
        m.sign(who, type, message as never, domain);
      // Somebody signed, but nobody who may: the recovered key is any.
      const claim = { ...voucher, signature: split(await sign(key, "Voucher", voucher)) };
      assert.deepEqual(await skipped(await m.settle([], [claim]), "ClaimSkipped"), [3]);
      const item = await statement();
      const foreign = { ...item, signature: split(await sign(m.node, "Statement", item.statement)) };
      assert.deepEqual(await skipped(await m.settle([], [], [foreign]), "StatementSkipped"), [2]);
      await m.settle([], [], [item]);
      const signature = split(await sign(m.node, "Receipt", receipt()));
      assert.equal(await settlement.read.checkReceipt([receipt(), signature, item.statement, []]), 2);
      const bad = { ...receipt(), fee: 1n };
      const report = m.report("reportReceipt", [bad, split(await sign(m.node, "Receipt", bad))]);
      await m.refuses(report, disputes, "UnknownNode", [(who: Hex) => who !== getAddress(m.node.address)]);
      const challenge = m.report("challenge", [receipt(), signature, item.statement, [], usdt(200), none, ""]);
      await m.refuses(challenge, disputes, "StatementUnknown", [(who: Hex) => who !== getAddress(m.node.address)]);
      const wanted = await reserve();
      const call = settlement.write.reserve([wanted, split(await sign(key, "Reserve", wanted))]);
      await m.refuses(call, escrow, "NotAuthorized", [getAddress(key.address), () => true, 3]);
    });
  }
  it("is no proof of possession either", async () => {
    const message = { provider: me, node: fresh.address };
    const proof = split(await m.sign(fresh, "NodeKey", message, domainOf(1, staking.address)));
    const call = staking.write.addNode([fresh.address, proof], { account: provider.account });
    await m.refuses(call, staking, "BadNodeSignature", [getAddress(fresh.address), () => true]);
  });
});

describe("Bits above a field's width", () => {
  const word = (index: number) => 10 + 64 * index;
  /** The call data with the highest bit of an argument's word set. */
  const dirty = (data: Hex, index: number) => `${data.slice(0, word(index))}8${data.slice(word(index) + 1)}` as Hex;

  it("stop a call at every door: the decoder takes no such word", async () => {
    const calls: [contract: Hex, data: Hex, words: number][] = [
      [escrow.address, encodeFunctionData({ abi: escrow.abi, functionName: "depositFor", args: [me, 1n] }), 2],
      [escrow.address, encodeFunctionData({ abi: escrow.abi, functionName: "collect", args: [me, 1n] }), 2],
      [staking.address, encodeFunctionData({ abi: staking.abi, functionName: "stakeFor", args: [me, 1n] }), 2],
      [staking.address, encodeFunctionData({ abi: staking.abi, functionName: "enterVault", args: [1, 1n] }), 2],
      [disputes.address, encodeFunctionData({ abi: disputes.abi, functionName: "enroll", args: [1n] }), 1],
      [
        settlement.address,
        encodeFunctionData({
          abi: settlement.abi,
          functionName: "reserve",
          args: [await reserve(), await m.signSplit(key, "Reserve", await reserve())],
        }),
        4,
      ],
    ];
    for (const [to, data, words] of calls) {
      for (let index = 0; index < words; index++) {
        await assert.rejects(anyone.sendTransaction({ to, data: dirty(data, index) }), /revert/);
      }
    }
  });
});
