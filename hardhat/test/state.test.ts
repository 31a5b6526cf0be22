import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { encodeAbiParameters, getAddress, keccak256, parseAbiParameters, toHex } from "viem";
import { day, keyOf, usdt } from "../lib/deployment.ts";
import { openMarket, sampleReceipt } from "../lib/market.ts";
import { changesOf, created } from "../lib/state.ts";

const m = await openMarket();
const { escrow, settlement, provider } = m;
const keys = Array.from({ length: 5 }, (_, i) => keyOf(`a settling payer ${i}`));
const spender = keyOf("a spender of all of them");
const ring = 128;

describe("The state that a settlement leaves behind", () => {
  let [sequence, total] = [1n, 0n];
  const statement = async () => {
    const receipts = [sequence, sequence + 1n].map((at) =>
      sampleReceipt(keys[0].address, provider.account.address, at),
    );
    sequence += 2n;
    return (await m.statement(m.node, receipts)).item;
  };
  const claims = (signer = spender) => {
    total += usdt(1);
    return Promise.all(keys.map((key) => m.voucher(signer, key.address, m.node.address, total)));
  };

  before(async () => {
    for (const key of keys) {
      await m.deposit(key.address, usdt(100));
      await m.settle([await m.signedGrant(key, m.grant(key.address, spender.address))], []);
    }
  });

  it("is new slots for a pair that settles the first time, which shows that they are seen", async () => {
    const changes = await changesOf(m.connection, await m.settle([], await claims(), [await statement()]));
    const places = new Set(created(changes).map(({ contract }) => contract));
    assert.deepEqual(places, new Set([escrow.address, settlement.address].map((address) => getAddress(address))));
  });

  it("is no new slot in steady state, with claims and statements in one call", async () => {
    for (let done = 1; done < ring; done += 42) {
      const items = [];
      for (let i = done; i < Math.min(done + 42, ring); i++) items.push(await statement());
      await m.settle([], [], items);
    }
    await m.networkHelpers.time.increase(4n * day);
    const hash = await m.settle([], await claims(), [await statement(), await statement()]);
    assert.deepEqual(
      (await m.eventsOf(hash)).filter(([name]) => name.endsWith("Skipped")),
      [],
    );
    const changes = await changesOf(m.connection, hash);
    assert.ok(changes.length > 2 * keys.length, "what was claimed, and what is left of each grant, changed");
    assert.deepEqual(created(changes), []);
  });
});

describe("A sum at the end of its range", () => {
  const me = provider.account.address;
  const most = (bits: bigint) => 2n ** bits - 1n;

  /** The words of a provider's reputation: a mapping's place is known by what stands in it. */
  const reputationSlot = async (): Promise<bigint> => {
    const { completed, tokens, fees } = await settlement.read.reputationOf([me]);
    const word = completed | (tokens << 64n) | (fees << 128n);
    assert.notEqual(word, 0n);
    for (let base = 0n; base < 64n; base++) {
      const slot = keccak256(encodeAbiParameters(parseAbiParameters("address, uint256"), [me, base]));
      if (BigInt(await m.networkHelpers.getStorageAt(settlement.address, slot)) === word) return BigInt(slot);
    }
    throw new Error("no mapping of Settlement holds the reputation");
  };
  const write = (slot: bigint, value: bigint) =>
    m.networkHelpers.setStorageAt(settlement.address, toHex(slot, { size: 32 }), toHex(value, { size: 32 }));

  it("stays there, and stops no statement and no slash", async () => {
    let sequence = (await settlement.read.nodeOf([m.node.address]))[0] + 1n;
    const receipt = () => sampleReceipt(keys[0].address, me, sequence++);
    await m.settle([], [], [(await m.statement(m.node, [receipt()])).item]);
    const slot = await reputationSlot();
    await write(slot, most(64n));
    await write(slot + 1n, most(64n) | (most(32n) << 64n));
    const hash = await m.settle([], [], [(await m.statement(m.node, [receipt()])).item]);
    assert.ok((await m.eventsOf(hash)).some(([name]) => name === "StatementSettled"));
    const disputes = await settlement.read.DISPUTES();
    await m.networkHelpers.impersonateAccount(disputes);
    await m.networkHelpers.setBalance(disputes, 10n ** 18n);
    await settlement.write.recordSlash([me], { account: disputes });
    const { completed, points, slashes } = await settlement.read.reputationOf([me]);
    assert.deepEqual([completed, points, slashes], [most(64n), most(64n), Number(most(32n))]);
  });
});
