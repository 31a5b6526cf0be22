import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { getAddress, zeroAddress, type Hex } from "viem";
import { day, keyOf, usdt } from "../lib/deployment.ts";
import { openMarket } from "../lib/market.ts";

const m = await openMarket();
const { escrow, token, payer, provider, anyone, owner, networkHelpers } = m;
const me = payer.account.address;
const as = (wallet: typeof payer) => ({ account: wallet.account });
const key = keyOf("a paying key");
const spender = keyOf("a spending key");

let snapshot: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
beforeEach(async () => void (snapshot = await networkHelpers.takeSnapshot()));
afterEach(() => snapshot.restore());

const depositAs = async (wallet: typeof payer, amount: bigint) => {
  await m.fund(wallet, escrow.address, amount);
  await escrow.write.deposit([amount], as(wallet));
};
const balanceOf = async (who: Hex) => (await escrow.read.accountOf([who]))[0];

describe("Deposits", () => {
  it("of nothing are refused", () => m.refuses(escrow.write.deposit([0n]), escrow, "ZeroAmount", []));
  it("for nobody are refused", () => m.refuses(escrow.write.depositFor([zeroAddress, 1n]), escrow, "ZeroAddress", []));
  it("are refused while they are paused, and withdrawals are not", async () => {
    await depositAs(payer, usdt(10));
    await escrow.write.thaw([usdt(10)], as(payer));
    await escrow.write.pauseDeposits([true], as(owner));
    await m.fund(payer, escrow.address, usdt(1));
    await m.refuses(escrow.write.deposit([usdt(1)], as(payer)), escrow, "DepositsArePaused", []);
    await networkHelpers.time.increase(day);
    await escrow.write.withdraw([me], as(payer));
    assert.equal(await balanceOf(me), 0n);
  });
  it("can be paused by the owner alone", () =>
    m.refuses(escrow.write.pauseDeposits([true], as(payer)), escrow, "OwnableUnauthorizedAccount", [getAddress(me)]));
  it("credit what arrives when the token takes a fee", async () => {
    await m.fund(payer, escrow.address, usdt(1_000));
    await token.write.setParams([19n, 49n]);
    await escrow.write.deposit([usdt(1_000)], as(payer));
    assert.equal(await balanceOf(me), usdt(998.1));
  });
  it("above what an account can ever hold are refused", async () => {
    const most = 2n ** 104n - 1n;
    await token.write.issue([2n ** 106n]);
    await m.fund(payer, escrow.address, most + 2n);
    await m.refuses(escrow.write.deposit([most + 1n], as(payer)), escrow, "AmountTooLarge", [most + 1n, most]);
    await escrow.write.deposit([most], as(payer));
    await m.refuses(escrow.write.deposit([1n], as(payer)), escrow, "TurnoverTooLarge", [most + 1n, most]);
  });
  it("for another credit that one", async () => {
    await m.deposit(key.address, usdt(5));
    assert.equal(await balanceOf(key.address), usdt(5));
  });
});

describe("Deposits through Permit2", () => {
  const permitTypes = {
    PermitTransferFrom: [
      { name: "permitted", type: "TokenPermissions" },
      { name: "spender", type: "address" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
    TokenPermissions: [
      { name: "token", type: "address" },
      { name: "amount", type: "uint256" },
    ],
  } as const;
  const permit = (changes: { token?: Hex; deadline?: bigint } = {}) => ({
    permitted: { token: changes.token ?? token.address, amount: usdt(25) },
    nonce: 7n,
    deadline: changes.deadline ?? 4_000_000_000n,
  });
  const signPermit = async (message: ReturnType<typeof permit>) => {
    await m.fund(payer, m.permit2.address, usdt(100));
    return payer.signTypedData({
      domain: { name: "Permit2", chainId: 31337, verifyingContract: m.permit2.address },
      types: permitTypes,
      primaryType: "PermitTransferFrom",
      message: { ...message, spender: escrow.address },
    });
  };

  it("of another token are refused", async () => {
    const other = permit({ token: m.permit2.address });
    await m.refuses(escrow.write.depositWithPermit2([me, other, await signPermit(other)]), escrow, "WrongToken", [
      getAddress(m.permit2.address),
      getAddress(token.address),
    ]);
  });
  it("for somebody who did not sign are refused", async () => {
    const signature = await signPermit(permit());
    const call = escrow.write.depositWithPermit2([provider.account.address, permit(), signature]);
    await m.refuses(call, m.permit2, "InvalidSigner", []);
  });
  it("that expired are refused", async () => {
    const old = permit({ deadline: 1n });
    await m.refuses(escrow.write.depositWithPermit2([me, old, await signPermit(old)]), m.permit2, "SignatureExpired", [
      1n,
    ]);
  });
  it("for nobody, or while deposits are paused, are refused", async () => {
    const signature = await signPermit(permit());
    await m.refuses(escrow.write.depositWithPermit2([zeroAddress, permit(), signature]), escrow, "ZeroAddress", []);
    await escrow.write.pauseDeposits([true], as(owner));
    await m.refuses(escrow.write.depositWithPermit2([me, permit(), signature]), escrow, "DepositsArePaused", []);
  });
  it("credit the signer whoever submits them, once", async () => {
    const signature = await signPermit(permit());
    await escrow.write.depositWithPermit2([me, permit(), signature], as(anyone));
    assert.equal(await balanceOf(me), usdt(25));
    await m.refuses(escrow.write.depositWithPermit2([me, permit(), signature]), m.permit2, "InvalidNonce", []);
  });
});

describe("Thawing", () => {
  beforeEach(() => depositAs(payer, usdt(100)));

  it("of nothing is refused", () => m.refuses(escrow.write.thaw([0n], as(payer)), escrow, "ZeroAmount", []));
  it("of more than the balance is refused", () =>
    m.refuses(escrow.write.thaw([usdt(101)], as(payer)), escrow, "InsufficientBalance", [usdt(101), usdt(100)]));
  it("of the same money twice is refused", async () => {
    await escrow.write.thaw([usdt(60)], as(payer));
    await m.refuses(escrow.write.thaw([usdt(41)], as(payer)), escrow, "InsufficientBalance", [usdt(41), usdt(40)]);
  });
  it("can't be withdrawn before its time", async () => {
    await escrow.write.thaw([usdt(100)], as(payer));
    const readyAt = BigInt(await networkHelpers.time.latest()) + day;
    await networkHelpers.time.setNextBlockTimestamp(readyAt - 1n);
    await m.refuses(escrow.write.withdraw([me], as(payer)), escrow, "NothingToWithdraw", [readyAt]);
  });
  it("can't be withdrawn to nobody", () =>
    m.refuses(escrow.write.withdraw([zeroAddress], as(payer)), escrow, "ZeroAddress", []));
  it("can't be withdrawn when there is none", () =>
    m.refuses(escrow.write.withdraw([me], as(payer)), escrow, "NothingToWithdraw", [0n]));
  it("can't be cancelled when there is none", () =>
    m.refuses(escrow.write.cancelThaw(as(payer)), escrow, "ZeroAmount", []));
  it("has at most 16 exits under way", async () => {
    for (let i = 0; i < 16; i++) await escrow.write.thaw([1n], as(payer));
    await m.refuses(escrow.write.thaw([1n], as(payer)), escrow, "TooManyExits", [16n]);
    await networkHelpers.time.increase(day);
    await escrow.write.withdraw([me], as(payer));
    for (let i = 0; i < 16; i++) await escrow.write.thaw([1n], as(payer));
    assert.equal((await escrow.read.thawsOf([me])).length, 16);
  });
  it("a second time does not reset the first", async () => {
    await escrow.write.thaw([usdt(30)], as(payer));
    await networkHelpers.time.increase(day / 2n);
    await escrow.write.thaw([usdt(20)], as(payer));
    await networkHelpers.time.increase(day / 2n);
    await escrow.write.withdraw([me], as(payer));
    assert.equal(await balanceOf(me), usdt(70));
    assert.equal(await token.read.balanceOf([me]), usdt(30));
    await networkHelpers.time.increase(day / 2n);
    await escrow.write.withdraw([me], as(payer));
    assert.equal(await balanceOf(me), usdt(50));
  });
  it("can be taken back", async () => {
    await escrow.write.thaw([usdt(100)], as(payer));
    assert.equal(await escrow.read.availableOf([me]), 0n);
    await escrow.write.cancelThaw(as(payer));
    assert.equal(await escrow.read.availableOf([me]), usdt(100));
    await networkHelpers.time.increase(day);
    await m.refuses(escrow.write.withdraw([me], as(payer)), escrow, "NothingToWithdraw", [0n]);
  });
  it("goes to any address", async () => {
    await escrow.write.thaw([usdt(100)], as(payer));
    await networkHelpers.time.increase(day);
    await escrow.write.withdraw([key.address], as(payer));
    assert.equal(await token.read.balanceOf([key.address]), usdt(100));
  });
  it("of a blacklisted receiver harms nobody else", async () => {
    await depositAs(provider, usdt(10));
    await escrow.write.thaw([usdt(100)], as(payer));
    await escrow.write.thaw([usdt(10)], as(provider));
    await networkHelpers.time.increase(day);
    await token.write.addBlackList([me]);
    await escrow.write.withdraw([me], as(payer));
    await escrow.write.withdraw([provider.account.address], as(provider));
    assert.equal(await token.read.balanceOf([escrow.address]), 0n);
  });
  it("of money that was claimed meanwhile pays nothing, and can be tried again", async () => {
    await networkHelpers.impersonateAccount(key.address);
    await networkHelpers.setBalance(key.address, 10n ** 18n);
    const self = { account: key.address };
    await m.deposit(key.address, usdt(50));
    await escrow.write.thaw([usdt(50)], self);
    await m.settle([], [await m.voucher(key, key.address, m.node.address, usdt(50))]);
    await networkHelpers.time.increase(day);
    await m.refuses(escrow.write.withdraw([key.address], self), escrow, "InsufficientBalance", [usdt(50), 0n]);
    await m.deposit(key.address, usdt(10));
    await escrow.write.withdraw([key.address], self);
    assert.equal(await token.read.balanceOf([key.address]), usdt(10));
  });
  it("still settles what is thawing, and pays out what is left", async () => {
    await m.deposit(key.address, usdt(50));
    await networkHelpers.impersonateAccount(key.address);
    await networkHelpers.setBalance(key.address, 10n ** 18n);
    await escrow.write.thaw([usdt(50)], { account: key.address });
    await m.settle([], [await m.voucher(key, key.address, m.node.address, usdt(20))]);
    await networkHelpers.time.increase(day);
    await escrow.write.withdraw([key.address], { account: key.address });
    assert.equal(await token.read.balanceOf([key.address]), usdt(30));
  });
});

describe("Earnings", () => {
  const paid = async (cumulative: bigint) => {
    await m.deposit(key.address, cumulative);
    await m.settle([], [await m.voucher(key, key.address, m.node.address, cumulative)]);
  };

  it("of nothing can't be collected", () =>
    m.refuses(escrow.write.collect([me, 0n], as(payer)), escrow, "ZeroAmount", []));
  it("can't be collected by nobody's hands", () =>
    m.refuses(escrow.write.collect([zeroAddress, 1n], as(payer)), escrow, "ZeroAddress", []));
  it("above what was earned can't be collected", async () => {
    await paid(usdt(100));
    const call = escrow.write.collect([me, usdt(99) + 1n], as(provider));
    await m.refuses(call, escrow, "InsufficientBalance", [usdt(99) + 1n, usdt(99)]);
  });
  it("go to any address, the fee to the treasury", async () => {
    await paid(usdt(100));
    await escrow.write.collect([key.address, usdt(99)], as(provider));
    await escrow.write.collect([spender.address, usdt(1)], as(m.treasury));
    assert.equal(await token.read.balanceOf([key.address]), usdt(99));
    assert.equal(await token.read.balanceOf([spender.address]), usdt(1));
    assert.equal(await token.read.balanceOf([escrow.address]), 0n);
  });
  it("move into the earner's own escrow without a transfer", async () => {
    await paid(usdt(100));
    await escrow.write.recycle([usdt(40)], as(provider));
    assert.equal(await balanceOf(provider.account.address), usdt(40));
    assert.equal(await escrow.read.earnedOf([provider.account.address]), usdt(59));
  });
});

describe("What only Settlement may call", () => {
  const refused = (call: Promise<unknown>) =>
    m.refuses(call, escrow, "NotSettlement", [getAddress(owner.account.address)]);

  it("refuses pay", () => refused(escrow.write.pay([me, me, 1n, 0, me, "0x"], as(owner))));
  it("refuses register", () => refused(escrow.write.register([m.grant(me, spender.address)], as(owner))));
  it("refuses reserve", () =>
    refused(escrow.write.reserve([{ payer: me, provider: me, amount: 1n, until: 1n }, me], as(owner))));
});

describe("Reserves", () => {
  const day30 = 30n * day;
  const now = async () => BigInt(await networkHelpers.time.latest());
  const reserve = async (amount: bigint, until: bigint, signer = key, who: Hex = provider.account.address) => {
    const message = { payer: key.address, provider: who, amount, until };
    const signature = await m.signSplit(signer, "Reserve", message);
    return m.settlement.write.reserve([message, signature], as(anyone));
  };
  beforeEach(() => m.deposit(key.address, usdt(100)));

  it("signed by a stranger are refused", async () => {
    const until = (await now()) + day;
    const who = [getAddress(key.address), getAddress(spender.address), 3];
    await m.refuses(reserve(usdt(1), until, spender), escrow, "NotAuthorized", who);
  });
  it("with a malformed signature are refused", async () => {
    const message = { payer: key.address, provider: me, amount: 1n, until: (await now()) + day };
    const signature = { r: `0x${"00".repeat(32)}`, s: `0x${"00".repeat(32)}`, v: 27 } as const;
    await m.refuses(m.settlement.write.reserve([message, signature]), m.settlement, "BadSignature", [signature.s, 27]);
  });
  it("of nothing are refused", async () => m.refuses(reserve(0n, (await now()) + day), escrow, "ZeroAmount", []));
  it("for nobody, or of nobody, are refused", async () => {
    await m.refuses(reserve(1n, (await now()) + day, key, zeroAddress), escrow, "ZeroAddress", []);
    const message = { payer: zeroAddress, provider: me, amount: 1n, until: (await now()) + day };
    const signature = await m.signSplit(key, "Reserve", message);
    await m.refuses(m.settlement.write.reserve([message, signature]), escrow, "ZeroAddress", []);
  });
  it("that are over, or last too long, are refused", async () => {
    for (const offset of [0n, 31n * day]) {
      const at = (await now()) + 100n;
      await networkHelpers.time.setNextBlockTimestamp(at);
      const bounds = [at + offset, at, at + day30];
      await m.refuses(reserve(1n, at + offset), escrow, "ReserveEndOutOfBounds", bounds);
    }
  });
  it("of more than is available are refused", async () => {
    const until = (await now()) + day;
    await m.refuses(reserve(usdt(101), until), escrow, "InsufficientBalance", [usdt(101), usdt(100)]);
    await reserve(usdt(60), until);
    const other = reserve(usdt(41), until, key, me);
    await m.refuses(other, escrow, "InsufficientBalance", [usdt(41), usdt(40)]);
  });
  it("that don't last longer than the one before are refused", async () => {
    const until = (await now()) + day;
    await reserve(usdt(1), until);
    await m.refuses(reserve(usdt(2), until), escrow, "ReserveNotNewer", [until, until]);
    await reserve(usdt(2), until + 1n);
    assert.deepEqual(await escrow.read.reserveOf([key.address, provider.account.address]), [usdt(2), until + 1n]);
    assert.equal((await escrow.read.accountOf([key.address]))[2], usdt(2));
  });
  it("of a spender are bounded by its grant", async () => {
    await m.settle([await m.signedGrant(key, m.grant(key.address, spender.address, { cap: usdt(5) }))], []);
    const until = (await now()) + day;
    await m.refuses(reserve(usdt(6), until, spender), escrow, "InsufficientBalance", [usdt(6), usdt(5)]);
    await reserve(usdt(5), until, spender);
    assert.equal(await escrow.read.availableOf([key.address]), usdt(95));
  });
  it("keep money from other providers until they expire", async () => {
    const until = (await now()) + day;
    await reserve(usdt(70), until, key, me);
    await m.settle([], [await m.voucher(key, key.address, m.node.address, usdt(100))]);
    assert.equal(await escrow.read.claimedOf([key.address, m.node.address]), usdt(30));
    await networkHelpers.time.increaseTo(until);
    await escrow.write.releaseReserves([key.address, [me, provider.account.address]], as(anyone));
    await m.settle([], [await m.voucher(key, key.address, m.node.address, usdt(100))]);
    assert.equal(await escrow.read.claimedOf([key.address, m.node.address]), usdt(100));
  });
  it("are used up first by their own provider", async () => {
    await reserve(usdt(70), (await now()) + day);
    await m.settle([], [await m.voucher(key, key.address, m.node.address, usdt(50))]);
    assert.equal((await escrow.read.reserveOf([key.address, provider.account.address]))[0], usdt(20));
    await m.settle([], [await m.voucher(key, key.address, m.node.address, usdt(100))]);
    assert.deepEqual((await escrow.read.accountOf([key.address])).slice(0, 3), [0n, 0n, 0n]);
  });
  it("are freed on the way when they expired", async () => {
    const until = (await now()) + day;
    await reserve(usdt(70), until);
    await networkHelpers.time.increaseTo(until);
    await m.settle([], [await m.voucher(key, key.address, m.node.address, usdt(10))]);
    assert.equal((await escrow.read.accountOf([key.address]))[2], usdt(0));
  });
  it("count for nobody any more in the second in which they expire", async () => {
    const until = (await now()) + day;
    await reserve(usdt(70), until);
    const claim = await m.voucher(key, key.address, m.node.address, usdt(100));
    await networkHelpers.time.setNextBlockTimestamp(until);
    await m.settle([], [claim]);
    assert.equal(await escrow.read.claimedOf([key.address, m.node.address]), usdt(30));
    await m.settle([], [claim]);
    assert.equal(await escrow.read.claimedOf([key.address, m.node.address]), usdt(100));
  });
  it("are not released before they expire", async () => {
    await reserve(usdt(70), (await now()) + day);
    await escrow.write.releaseReserves([key.address, [provider.account.address]], as(anyone));
    assert.equal(await escrow.read.availableOf([key.address]), usdt(30));
  });
  it("hold back a withdrawal while they last", async () => {
    const until = (await now()) + 2n * day;
    await networkHelpers.impersonateAccount(key.address);
    await networkHelpers.setBalance(key.address, 10n ** 18n);
    await reserve(usdt(70), until);
    await escrow.write.thaw([usdt(100)], { account: key.address });
    await networkHelpers.time.increase(day);
    await escrow.write.withdraw([key.address], { account: key.address });
    assert.equal(await token.read.balanceOf([key.address]), usdt(30));
    await escrow.write.thaw([usdt(70)], { account: key.address });
    await networkHelpers.time.increase(day - 60n);
    await networkHelpers.time.setNextBlockTimestamp(until - 2n);
    await m.refuses(escrow.write.withdraw([key.address], { account: key.address }), escrow, "NothingToWithdraw", [
      (await escrow.read.thawsOf([key.address]))[0].readyAt,
    ]);
  });
  it("are at most 64 of one payer", async () => {
    const until = (await now()) + day;
    for (let i = 0; i < 64; i++) await reserve(1n, until, key, keyOf(`provider ${i}`).address);
    await m.refuses(reserve(1n, until), escrow, "TooManyReserves", [64n]);
  });
});

describe("Deploying Escrow", () => {
  const constructor = (changes: { token?: Hex; settlement?: Hex; period?: bigint }) =>
    m.connection.viem.deployContract("Escrow", [
      changes.token ?? token.address,
      m.permit2.address,
      changes.settlement ?? me,
      me,
      changes.period ?? day,
    ]);
  const refused = (call: Promise<unknown>, error: string, args: unknown[]) => m.refuses(call, escrow, error, args);

  it("without a token or a Settlement is refused", async () => {
    await refused(constructor({ token: zeroAddress }), "ZeroAddress", []);
    await refused(constructor({ settlement: zeroAddress }), "ZeroAddress", []);
  });
  for (const period of [0n, 59n, 90n * day + 1n]) {
    it(`with a thaw period of ${period} seconds is refused`, () =>
      refused(constructor({ period }), "PeriodOutOfBounds", [period, 60n, 90n * day]));
  }
});
