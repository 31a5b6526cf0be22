import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { getAddress, zeroAddress, zeroHash, type Hex } from "viem";
import { day, keyOf, usdt } from "../lib/deployment.ts";
import { openMarket } from "../lib/market.ts";

const m = await openMarket();
const { staking, token, provider, payer, anyone, owner, treasury, networkHelpers } = m;
const me = provider.account.address;
const as = (wallet: typeof provider) => ({ account: wallet.account });
const disputes = await staking.read.DISPUTES();
const fresh = keyOf("a fresh node");

let snapshot: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
beforeEach(async () => void (snapshot = await networkHelpers.takeSnapshot()));
afterEach(() => snapshot.restore());

const slash = async (amount: bigint, harm = 0n, harmed: Hex = zeroAddress) => {
  await networkHelpers.impersonateAccount(disputes);
  await networkHelpers.setBalance(disputes, 10n ** 18n);
  return staking.write.slash([me, amount, harmed, harm, anyone.account.address, []], { account: disputes });
};

describe("Stake", () => {
  it("of nothing is refused", () => m.refuses(staking.write.stake([0n]), staking, "ZeroAmount", []));
  it("for nobody is refused", () => m.refuses(staking.write.stakeFor([zeroAddress, 1n]), staking, "ZeroAddress", []));
  it("counts what arrives when the token takes a fee", async () => {
    await m.fund(payer, staking.address, usdt(1_000));
    await token.write.setParams([19n, 49n]);
    await staking.write.stakeFor([me, usdt(1_000)], as(payer));
    assert.equal(await staking.read.stakeOf([me]), usdt(10_998.1));
  });
  it("can't be unstaked twice", async () => {
    await staking.write.unstake([usdt(6_000)], as(provider));
    const call = staking.write.unstake([usdt(4_001)], as(provider));
    await m.refuses(call, staking, "InsufficientStake", [usdt(4_001), usdt(4_000)]);
  });
  it("of nothing can't be unstaked", () =>
    m.refuses(staking.write.unstake([0n], as(provider)), staking, "ZeroAmount", []));
  it("can't be withdrawn to nobody", () =>
    m.refuses(staking.write.withdraw([zeroAddress], as(provider)), staking, "ZeroAddress", []));
  it("leaves after the unbonding period, each exit at its own time", async () => {
    await staking.write.unstake([usdt(6_000)], as(provider));
    const readyAt = BigInt(await networkHelpers.time.latest()) + 7n * day;
    await networkHelpers.time.increase(day);
    await staking.write.unstake([usdt(4_000)], as(provider));
    await networkHelpers.time.setNextBlockTimestamp(readyAt - 1n);
    await m.refuses(staking.write.withdraw([me], as(provider)), staking, "NothingToWithdraw", [readyAt]);
    await networkHelpers.time.setNextBlockTimestamp(readyAt);
    await staking.write.withdraw([me], as(provider));
    assert.equal(await token.read.balanceOf([me]), usdt(6_000));
    await networkHelpers.time.increase(day);
    await staking.write.withdraw([payer.account.address], as(provider));
    assert.equal(await token.read.balanceOf([payer.account.address]), usdt(4_000));
    assert.equal(await token.read.balanceOf([staking.address]), 0n);
  });
});

describe("A node key", () => {
  it("of nobody is refused", async () => {
    const proof = { r: zeroHash, s: zeroHash, v: 27 };
    await m.refuses(staking.write.addNode([zeroAddress, proof], as(provider)), staking, "ZeroAddress", []);
  });
  it("of a provider below the minimum stake is refused", async () => {
    const call = staking.write.addNode([fresh.address, await m.possession(fresh, payer.account.address)], as(payer));
    await m.refuses(call, staking, "StakeBelowMinimum", [0n, usdt(100)]);
  });
  it("that did not sign is refused", async () => {
    const other = keyOf("another node");
    const call = staking.write.addNode([fresh.address, await m.possession(other, me)], as(provider));
    await m.refuses(call, staking, "BadNodeSignature", [
      getAddress(fresh.address),
      (signer: Hex) => signer !== fresh.address,
    ]);
  });
  it("that signed for another provider is refused", async () => {
    await m.stake(payer, usdt(100));
    const call = staking.write.addNode([fresh.address, await m.possession(fresh, me)], as(payer));
    await m.refuses(call, staking, "BadNodeSignature", [getAddress(fresh.address), () => true]);
  });
  it("belongs to one provider for ever", async () => {
    await m.stake(payer, usdt(100));
    await staking.write.retireNode([m.node.address], as(provider));
    const call = staking.write.addNode([m.node.address, await m.possession(m.node, payer.account.address)], as(payer));
    await m.refuses(call, staking, "NodeTaken", [getAddress(m.node.address), getAddress(me)]);
    const again = staking.write.addNode([m.node.address, await m.possession(m.node, me)], as(provider));
    await m.refuses(again, staking, "NodeTaken", [getAddress(m.node.address), getAddress(me)]);
  });
  it("is retired by its provider alone", async () => {
    const call = staking.write.retireNode([m.node.address], as(payer));
    await m.refuses(call, staking, "NotYourNode", [getAddress(m.node.address), getAddress(me)]);
    await m.refuses(staking.write.retireNode([fresh.address], as(payer)), staking, "NotYourNode", [
      getAddress(fresh.address),
      zeroAddress,
    ]);
  });
  it("with a proof of possession is added", async () => {
    await m.addNode(provider, fresh);
    assert.equal(await staking.read.providerOf([fresh.address]), getAddress(me));
  });
});

describe("An announcement", () => {
  it("of a provider below the minimum stake is refused", () =>
    m.refuses(staking.write.announce(["", ""], as(payer)), staking, "StakeBelowMinimum", [0n, usdt(100)]));
  it("with an endless text is refused", async () => {
    const long = "x".repeat(8_193);
    const call = staking.write.announce([long.slice(0, 2_049), ""], as(provider));
    await m.refuses(call, staking, "TextTooLong", [2_049n, 2_048n]);
    await m.refuses(staking.write.announce(["", long], as(provider)), staking, "TextTooLong", [8_193n, 8_192n]);
  });
  it("is an event", async () => {
    const hash = await staking.write.announce(["https://node.example", "[]"], as(provider));
    const [[name, args]] = await m.eventsOf(hash);
    assert.equal(name, "Announced");
    assert.deepEqual(args, { provider: getAddress(me), endpoint: "https://node.example", offers: "[]" });
  });
});

describe("Slashing", () => {
  const stakes = async () => [
    await staking.read.stakeOf([me]),
    (await staking.read.unbondingOf([me]))[0],
    await staking.read.compensationOf([payer.account.address, 0]),
    await staking.read.compensationOf([anyone.account.address, 0]),
    await staking.read.compensationOf([treasury.account.address, 0]),
  ];

  it("by anyone but Disputes is refused", () =>
    m.refuses(staking.write.slash([me, 1n, me, 0n, me, []], as(owner)), staking, "NotDisputes", [
      getAddress(owner.account.address),
    ]));
  it("takes unbonding stake first, and no more than there is", async () => {
    await staking.write.unstake([usdt(1_000)], as(provider));
    await staking.write.unstake([usdt(2_000)], as(provider));
    await slash(usdt(2_500));
    assert.deepEqual(await stakes(), [usdt(7_000), usdt(500), 0n, usdt(500), usdt(2_000)]);
    await slash(usdt(100_000));
    assert.deepEqual(await stakes(), [0n, 0n, 0n, usdt(2_000), usdt(8_000)]);
  });
  it("makes the harmed payer whole before anybody else, with half of it at most", async () => {
    await slash(usdt(1_000), usdt(400), payer.account.address);
    assert.deepEqual(await stakes(), [usdt(9_000), 0n, usdt(400), usdt(120), usdt(480)]);
    await slash(usdt(1_000), usdt(5_000), payer.account.address);
    assert.deepEqual(await stakes(), [usdt(8_000), 0n, usdt(900), usdt(220), usdt(880)]);
  });
  it("leaves the way out open though it took sixteen exits whole", async () => {
    for (let i = 0; i < 16; i++) await staking.write.unstake([usdt(1)], as(provider));
    await slash(usdt(16));
    await staking.write.unstake([usdt(9_984)], as(provider));
    await networkHelpers.time.increase(7n * day);
    await staking.write.withdraw([me], as(provider));
    assert.equal(await token.read.balanceOf([me]), usdt(9_984));
  });
  it("leaves the rest of an exit to its owner", async () => {
    await staking.write.unstake([usdt(1_000)], as(provider));
    await slash(usdt(400));
    await networkHelpers.time.increase(7n * day);
    await staking.write.withdraw([me], as(provider));
    assert.equal(await token.read.balanceOf([me]), usdt(600));
  });
  it("pays compensation to any address, once", async () => {
    await slash(usdt(2_000), usdt(1_000), payer.account.address);
    await m.refuses(staking.write.collectCompensation([zeroAddress, 0], as(payer)), staking, "ZeroAddress", []);
    await staking.write.collectCompensation([fresh.address, 0], as(payer));
    assert.equal(await token.read.balanceOf([fresh.address]), usdt(1_000));
    await m.refuses(staking.write.collectCompensation([fresh.address, 0], as(payer)), staking, "ZeroAmount", []);
  });
});

describe("The minimum stake", () => {
  it("is proposed by the owner alone", () =>
    m.refuses(staking.write.proposeMinimumStake([1n], as(payer)), staking, "OwnableUnauthorizedAccount", [
      getAddress(payer.account.address),
    ]));
  for (const amount of [0n, 10n ** 12n + 1n]) {
    it(`of ${amount} is refused`, () =>
      m.refuses(staking.write.proposeMinimumStake([amount], as(owner)), staking, "MinimumStakeOutOfBounds", [
        amount,
        1n,
        10n ** 12n,
      ]));
  }
  it("can't be applied before anything was proposed, or too early, or twice", async () => {
    await m.refuses(staking.write.applyMinimumStake(), staking, "NothingProposed", []);
    await staking.write.proposeMinimumStake([usdt(5)], as(owner));
    const readyAt = BigInt(await networkHelpers.time.latest()) + 2n * day;
    await networkHelpers.time.setNextBlockTimestamp(readyAt - 1n);
    await m.refuses(staking.write.applyMinimumStake(), staking, "TooEarly", [readyAt]);
    await networkHelpers.time.setNextBlockTimestamp(readyAt);
    await staking.write.applyMinimumStake(as(anyone));
    assert.equal(await staking.read.minimumStake(), usdt(5));
    await m.refuses(staking.write.applyMinimumStake(), staking, "NothingProposed", []);
  });
});

describe("A proposal that nobody applied", () => {
  it("can be applied until two weeks have passed", async () => {
    await staking.write.proposeMinimumStake([usdt(5)], as(owner));
    const lastAt = BigInt(await networkHelpers.time.latest()) + 16n * day;
    await networkHelpers.time.setNextBlockTimestamp(lastAt);
    await staking.write.applyMinimumStake();
    assert.equal(await staking.read.minimumStake(), usdt(5));
  });
  it("is void two weeks later", async () => {
    await staking.write.proposeMinimumStake([usdt(5)], as(owner));
    const lastAt = BigInt(await networkHelpers.time.latest()) + 16n * day;
    await networkHelpers.time.setNextBlockTimestamp(lastAt + 1n);
    await m.refuses(staking.write.applyMinimumStake(), staking, "TooLate", [lastAt]);
  });
});

describe("Deploying Staking", () => {
  const deploy = (token_: Hex, disputes_: Hex, treasury_: Hex, period: bigint, minimum: bigint) =>
    m.connection.viem.deployContract("Staking", [token_, disputes_, treasury_, me, period, minimum]);

  it("without a token, Disputes or a treasury is refused", async () => {
    for (const missing of [0, 1, 2]) {
      const [a, b, c] = [0, 1, 2].map((i) => (i === missing ? zeroAddress : me));
      await m.refuses(deploy(a, b, c, day, 1n), staking, "ZeroAddress", []);
    }
  });
  for (const period of [59n, 180n * day + 1n]) {
    it(`with an unbonding period of ${period} seconds is refused`, () =>
      m.refuses(deploy(me, me, me, period, 1n), staking, "PeriodOutOfBounds", [period, 60n, 180n * day]));
  }
  it("with a minimum stake of nothing is refused", () =>
    m.refuses(deploy(me, me, me, day, 0n), staking, "MinimumStakeOutOfBounds", [0n, 1n, 10n ** 12n]));
});
