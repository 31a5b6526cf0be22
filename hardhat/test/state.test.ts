import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { getAddress } from "viem";
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
