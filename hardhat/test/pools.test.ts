import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { getAddress, zeroAddress, zeroHash, type Hex } from "viem";
import { day, keyOf, usdt } from "../lib/deployment.ts";
import { openMarket } from "../lib/market.ts";

const m = await openMarket({ feeBasisPoints: 0 });
const { escrow, token, provider, anyone, networkHelpers } = m;
const [alice, bob, carol] = m.wallets.slice(3);
const me = provider.account.address;
const as = (wallet: typeof provider) => ({ account: wallet.account });
const at = (wallet: typeof provider) => wallet.account.address;
const key = keyOf("a paying key");

type Share = { wallet: Hex; basisPoints: number };
const share = (wallet: typeof provider, basisPoints: number): Share => ({ wallet: at(wallet), basisPoints });
const half = () => [share(alice, 5_000), share(bob, 5_000)];

let snapshot: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
beforeEach(async () => {
  snapshot = await networkHelpers.takeSnapshot();
  await m.deposit(key.address, usdt(1_000));
});
afterEach(() => snapshot.restore());

let total = 0n;
beforeEach(() => void (total = 0n));
const earn = async (amount: bigint) => {
  total += amount;
  await m.settle([], [await m.voucher(key, key.address, m.node.address, total)]);
};
const propose = async (members: Share[]) => {
  await escrow.write.proposePool([members], as(provider));
  return (await escrow.read.proposedPoolOf([me]))[0];
};
const accept = (pool: Hex, ...wallets: (typeof provider)[]) =>
  Promise.all(wallets.map((wallet) => escrow.write.acceptPool([me, pool], as(wallet))));
const apply = (members: Share[], wallet = anyone) => escrow.write.applyPool([me, members], as(wallet));
const form = async (members: Share[], ...wallets: (typeof provider)[]) => {
  await accept(await propose(members), ...wallets);
  await networkHelpers.time.increase(2n * day);
  await apply(members);
};
const earned = async (...wallets: (typeof provider)[]) =>
  Promise.all(wallets.map((wallet) => escrow.read.earnedOf([at(wallet)])));

describe("A pool", () => {
  for (const [what, members, error, args] of [
    ["of seventeen", Array(17).fill(share(alice, 1)), "TooManyMembers", [17n, 16n]],
    ["with nobody in it", [share(alice, 5_000), { wallet: zeroAddress, basisPoints: 5_000 }], "ZeroAddress", []],
    ["with a share of nothing", [share(alice, 10_000), share(bob, 0)], "ZeroAmount", []],
    ["with a wallet in it twice", [share(alice, 5_000), share(alice, 5_000)], "MemberTwice", [getAddress(at(alice))]],
    ["that shares less than the whole", [share(alice, 9_999)], "SharesDontSum", [9_999n, 10_000n]],
    ["that shares more than the whole", [share(alice, 9_999), share(bob, 2)], "SharesDontSum", [10_001n, 10_000n]],
  ] as const) {
    it(`${what} is refused`, () =>
      m.refuses(escrow.write.proposePool([members as Share[]], as(provider)), escrow, error, [...args]));
  }
  it("that isn't proposed can't be accepted", async () => {
    const unknown = [getAddress(me), zeroHash, zeroHash];
    await m.refuses(escrow.write.acceptPool([me, zeroHash], as(alice)), escrow, "PoolUnknown", unknown);
    const old = await propose(half());
    const pool = await propose(half());
    await m.refuses(accept(old, alice), escrow, "PoolUnknown", [getAddress(me), old, pool]);
  });
  it("that a member did not accept can't be applied, whoever else did", async () => {
    const pool = await propose(half());
    await accept(pool, alice, carol);
    await networkHelpers.time.increase(2n * day);
    await m.refuses(apply(half()), escrow, "NotAccepted", [pool, getAddress(at(bob))]);
  });
  it("that was accepted once has to be accepted again when it is proposed again", async () => {
    await accept(await propose(half()), alice, bob);
    const pool = await propose(half());
    await networkHelpers.time.increase(2n * day);
    await m.refuses(apply(half()), escrow, "NotAccepted", [pool, getAddress(at(alice))]);
  });
  it("can't be applied before its time, nor two weeks after it, nor with other shares, nor twice", async () => {
    const pool = await propose(half());
    await accept(pool, alice, bob);
    const readyAt = (await escrow.read.proposedPoolOf([me]))[1];
    const others = apply([share(alice, 4_000), share(bob, 6_000)]);
    await m.refuses(others, escrow, "PoolUnknown", [getAddress(me), () => true, pool]);
    await networkHelpers.time.setNextBlockTimestamp(readyAt - 1n);
    await m.refuses(apply(half()), escrow, "PoolTooEarly", [readyAt]);
    await networkHelpers.time.setNextBlockTimestamp(readyAt + 14n * day + 1n);
    await m.refuses(apply(half()), escrow, "PoolTooLate", [readyAt + 14n * day]);
    await form(half(), alice, bob);
    await m.refuses(apply(half()), escrow, "PoolUnknown", [getAddress(me), () => true, zeroHash]);
  });
  it("can be applied at its time, and until two weeks have passed", async () => {
    for (const later of [0n, 14n * day]) {
      await accept(await propose(half()), alice, bob);
      await networkHelpers.time.setNextBlockTimestamp((await escrow.read.proposedPoolOf([me]))[1] + later);
      await apply(half());
    }
    assert.equal((await escrow.read.poolOf([me]))[0].length, 2);
  });
  it("of another provider changes nothing for this one", async () => {
    await escrow.write.proposePool([[share(carol, 10_000)]], as(carol));
    await networkHelpers.time.increase(2n * day);
    await m.refuses(apply([share(carol, 10_000)], carol), escrow, "PoolUnknown", [
      getAddress(me),
      () => true,
      zeroHash,
    ]);
  });
  it("doesn't let a member, or the provider, take what is another's", async () => {
    await form(half(), alice, bob);
    await earn(usdt(10));
    const early = escrow.write.collect([me, 1n], as(provider));
    await m.refuses(early, escrow, "InsufficientBalance", [1n, 0n]);
    await escrow.write.divide([me]);
    for (const [wallet, most] of [
      [alice, usdt(5)],
      [provider, 0n],
      [carol, 0n],
    ] as const) {
      const call = escrow.write.collect([at(wallet), most + 1n], as(wallet));
      await m.refuses(call, escrow, "InsufficientBalance", [most + 1n, most]);
    }
  });
});

describe("What a provider earns", () => {
  it("before it has a pool is its own, and stays so", async () => {
    await earn(usdt(10));
    await form(half(), alice, bob);
    await earn(usdt(4));
    await escrow.write.divide([me]);
    assert.deepEqual(await earned(provider, alice, bob), [usdt(10), usdt(2), usdt(2)]);
    await escrow.write.collect([at(carol), usdt(10)], as(provider));
    assert.equal(await token.read.balanceOf([at(carol)]), usdt(10));
  });
  it("and a pool gave can be collected bit by bit", async () => {
    await form(half(), alice, bob);
    await earn(usdt(10));
    await escrow.write.divide([me]);
    await escrow.write.collect([at(carol), usdt(2)], as(alice));
    await escrow.write.collect([at(carol), usdt(3)], as(alice));
    assert.deepEqual(await earned(alice, bob), [0n, usdt(5)]);
    assert.equal(await token.read.balanceOf([at(carol)]), usdt(5));
  });
  it("until a change is divided by the old shares, and after it by the new", async () => {
    await form(half(), alice, bob);
    await earn(usdt(10));
    const next = [share(bob, 2_500), share(provider, 7_500)];
    await accept(await propose(next), bob);
    await networkHelpers.time.increase(2n * day);
    await earn(usdt(10));
    await apply(next);
    await earn(usdt(4));
    await escrow.write.divide([me]);
    assert.deepEqual(await earned(alice, bob, provider), [usdt(10), usdt(11), usdt(3)]);
    assert.equal((await escrow.read.proposedPoolOf([me]))[1], 0n);
  });
  it("is its own again once the pool has ended", async () => {
    await form(half(), alice, bob);
    await earn(usdt(10));
    await form([]);
    await earn(usdt(4));
    assert.deepEqual(await earned(alice, bob, provider), [usdt(5), usdt(5), usdt(4)]);
    assert.deepEqual(await escrow.read.poolOf([me]), [[], 0n]);
  });
  it("leaves less than a unit for each member undivided, for the next time", async () => {
    await form([share(alice, 3_333), share(bob, 3_333), share(carol, 3_334)], alice, bob, carol);
    await earn(100n);
    await escrow.write.divide([me]);
    assert.deepEqual(await earned(alice, bob, carol), [33n, 33n, 33n]);
    assert.equal((await escrow.read.poolOf([me]))[1], 1n);
    await earn(9_999n);
    await escrow.write.divide([me]);
    assert.deepEqual(await earned(alice, bob, carol), [3_366n, 3_366n, 3_367n]);
  });
  it("can be divided as often as anybody likes", async () => {
    await form(half(), alice, bob);
    for (const amount of [1n, 1n, 1n, 3n]) {
      await earn(amount);
      await escrow.write.divide([me], as(carol));
    }
    assert.deepEqual(await earned(alice, bob), [3n, 3n]);
  });
  it("reaches every member though one is blacklisted", async () => {
    await form(half(), alice, bob);
    await earn(usdt(10));
    await token.write.addBlackList([at(alice)]);
    await escrow.write.divide([me]);
    await escrow.write.collect([at(bob), usdt(5)], as(bob));
    assert.equal(await token.read.balanceOf([at(bob)]), usdt(5));
    await escrow.write.collect([at(carol), usdt(5)], as(alice));
    assert.equal(await token.read.balanceOf([at(carol)]), usdt(5));
  });
  it("can be recycled by a member, and a member may have a pool of its own", async () => {
    await form([share(alice, 10_000)], alice);
    await escrow.write.proposePool([[share(carol, 10_000)]], as(alice));
    await escrow.write.acceptPool([at(alice), (await escrow.read.proposedPoolOf([at(alice)]))[0]], as(carol));
    await networkHelpers.time.increase(2n * day);
    await escrow.write.applyPool([at(alice), [share(carol, 10_000)]]);
    await earn(usdt(10));
    await escrow.write.divide([me]);
    await escrow.write.divide([at(alice)]);
    assert.deepEqual(await earned(alice, carol), [usdt(10), 0n]);
    await escrow.write.recycle([usdt(10)], as(alice));
    assert.equal((await escrow.read.accountOf([at(alice)]))[0], usdt(10));
  });
});
