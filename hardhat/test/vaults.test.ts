import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { encodeFunctionData, getAddress, getContractAddress, maxUint64, zeroAddress, type Hex } from "viem";
import { day, keyOf, usdt } from "../lib/deployment.ts";
import { openMarket } from "../lib/market.ts";

const m = await openMarket({ feeBasisPoints: 0, stakeMultiple: 1 });
const { staking, settlement, escrow, token, provider, payer, anyone, owner, treasury, networkHelpers } = m;
const [other, stranger] = m.wallets.slice(3);
const me = provider.account.address;
const as = (wallet: typeof provider) => ({ account: wallet.account });
const at = (wallet: typeof provider) => wallet.account.address;
const vault = await m.connection.viem.deployContract("TestVault", [token.address]);
const ways =
  "Honest RefusesPrice BurnsGasForPrice LiesHigh RefusesToPay PaysNothing TakesLess GivesNoShares CallsBack".split(" ");
const turn = (way: string) => vault.write.turn([ways.indexOf(way)]);
const list = async (address: Hex = vault.address) => {
  await staking.write.proposeVault([address], as(owner));
  await networkHelpers.time.increase(2n * day);
};
const enter = (least = 0n, wallet = provider, number = 1) => staking.write.enterVault([number, least], as(wallet));
const stakeOf = (wallet = provider) => staking.read.stakeOf([at(wallet)]);
const shares = (address: Hex) => vault.read.balanceOf([address]);
const tokens = (address: Hex) => token.read.balanceOf([address]);
const slash = async (amount: bigint, harm = 0n, auditors: Hex[] = []) => {
  const disputes = await staking.read.DISPUTES();
  await networkHelpers.impersonateAccount(disputes);
  await networkHelpers.setBalance(disputes, 10n ** 18n);
  return staking.write.slash([me, amount, at(payer), harm, at(anyone), auditors], { account: disputes });
};
const leave = async (wallet = provider) => {
  const [, units] = await staking.read.positionOf([at(wallet)]);
  if (units !== 0n) await staking.write.unstake([units], as(wallet));
  await networkHelpers.time.increase(7n * day);
  await staking.write.withdraw([at(wallet)], as(wallet));
};

let snapshot: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
beforeEach(async () => void (snapshot = await networkHelpers.takeSnapshot()));
afterEach(() => snapshot.restore());

describe("The list of vaults", () => {
  it("is the owner's alone", async () => {
    const error = [getAddress(at(payer))];
    const refused = (call: Promise<unknown>) => m.refuses(call, staking, "OwnableUnauthorizedAccount", error);
    await refused(staking.write.proposeVault([vault.address], as(payer)));
    await refused(staking.write.closeVault([1], as(payer)));
  });
  it("takes no vault at nobody's address, of another token, or that is the token itself", async () => {
    await m.refuses(staking.write.proposeVault([zeroAddress], as(owner)), staking, "ZeroAddress", []);
    const foreign = await m.connection.viem.deployContract("TestVault", [vault.address]);
    const wrong = [getAddress(foreign.address), getAddress(vault.address), getAddress(token.address)];
    await m.refuses(staking.write.proposeVault([foreign.address], as(owner)), staking, "WrongAsset", wrong);
    await assert.rejects(staking.write.proposeVault([token.address], as(owner)));
  });
  it("takes no token that says it is a vault of itself", async () => {
    const { viem } = m.connection;
    const [{ account }] = await viem.getWalletClients();
    const nonce = BigInt(await m.client.getTransactionCount({ address: account.address }));
    const self = await viem.deployContract("TestVault", [getContractAddress({ from: account.address, nonce })]);
    assert.equal(await self.read.asset(), getAddress(self.address));
    const terms = [at(anyone), at(treasury), account.address, 7n * day, usdt(100)] as const;
    const rail = await viem.deployContract("Staking", [self.address, ...terms]);
    const wrong = [self, self, self].map(({ address }) => getAddress(address));
    await m.refuses(rail.write.proposeVault([self.address], { account }), rail, "WrongAsset", wrong);
  });
  it("holds 64 at most", async () => {
    for (let i = 0; i < 64; i++) await staking.write.proposeVault([vault.address], as(owner));
    await m.refuses(staking.write.proposeVault([vault.address], as(owner)), staking, "TooManyVaults", [64n]);
  });
  it("has no vault 0, and none behind its end", async () => {
    await list();
    for (const number of [0, 2]) {
      await m.refuses(staking.read.vaultAt([number]), staking, "UnknownVault", [number, 1n]);
      await m.refuses(enter(0n, provider, number), staking, "UnknownVault", [number, 1n]);
      await m.refuses(staking.write.closeVault([number], as(owner)), staking, "UnknownVault", [number, 1n]);
    }
  });
  it("opens a vault two days after it was proposed, and closes it at once", async () => {
    await staking.write.proposeVault([vault.address], as(owner));
    const [address, openAt] = await staking.read.vaultAt([1]);
    assert.equal(address, getAddress(vault.address));
    await networkHelpers.time.setNextBlockTimestamp(openAt - 1n);
    await m.refuses(enter(), staking, "VaultNotOpen", [1, openAt]);
    await staking.write.closeVault([1], as(owner));
    await m.refuses(enter(), staking, "VaultNotOpen", [1, maxUint64]);
  });
});

describe("Entering a vault", () => {
  beforeEach(() => list());

  it("without stake is refused", () => m.refuses(enter(0n, other), staking, "ZeroAmount", []));
  it("while something unbonds is refused, and so is leaving it", async () => {
    await staking.write.unstake([usdt(1)], as(provider));
    await m.refuses(enter(), staking, "StillUnbonding", [usdt(1)]);
    await networkHelpers.time.increase(7n * day);
    await staking.write.withdraw([me], as(provider));
    await enter();
    await staking.write.unstake([5n], as(provider));
    await m.refuses(staking.write.leaveVault([0n], as(provider)), staking, "StillUnbonding", [5n]);
  });
  it("twice, or staking more once in it, is refused", async () => {
    await enter();
    await m.refuses(enter(), staking, "InVault", [getAddress(me), 1]);
    await m.refuses(staking.write.stakeFor([me, 1n], as(payer)), staking, "InVault", [getAddress(me), 1]);
  });
  it("for fewer shares than wanted is refused", () =>
    m.refuses(enter(usdt(10_000) + 1n), staking, "TooLittle", [usdt(10_000), usdt(10_000) + 1n]));
  it("that takes another amount than it was given is refused", async () => {
    await turn("TakesLess");
    await m.refuses(enter(), staking, "VaultTook", [usdt(10_000) - 1n, usdt(10_000)]);
  });
  it("that gives tokens when it should take them is refused", async () => {
    await token.write.transfer([vault.address, usdt(30_000)]);
    const transfer = { abi: token.abi, functionName: "transfer", args: [staking.address, usdt(30_000)] } as const;
    await vault.write.callBack([token.address, encodeFunctionData(transfer)]);
    await m.refuses(enter(), staking, "VaultTook", [0n, usdt(10_000)]);
  });
  it("that gives no shares is refused", async () => {
    await turn("GivesNoShares");
    await m.refuses(enter(), staking, "NothingArrived", []);
  });
  it("moves all stake, which counts as before", async () => {
    await enter(usdt(10_000));
    assert.deepEqual(await staking.read.positionOf([me]), [1, usdt(10_000), usdt(10_000)]);
    assert.equal(await stakeOf(), usdt(10_000));
    assert.equal(await tokens(staking.address), 0n);
    assert.equal(await token.read.allowance([staking.address, vault.address]), 0n);
  });
  it("that was closed meanwhile changes nothing for those who are in it", async () => {
    await enter();
    await staking.write.closeVault([1], as(owner));
    assert.equal(await stakeOf(), usdt(10_000));
    await staking.write.leaveVault([usdt(10_000)], as(provider));
    assert.equal(await tokens(staking.address), usdt(10_000));
  });
});

describe("Leaving a vault", () => {
  beforeEach(() => list());

  it("without being in one is refused", () =>
    m.refuses(staking.write.leaveVault([0n], as(provider)), staking, "NotInVault", [getAddress(me)]));
  it("for fewer tokens than wanted is refused", async () => {
    await enter();
    await vault.write.lose([usdt(1_000)]);
    const call = staking.write.leaveVault([usdt(10_000)], as(provider));
    await m.refuses(call, staking, "TooLittle", [(found: bigint) => found < usdt(9_001), usdt(10_000)]);
  });
  it("that pays nothing is refused", async () => {
    await enter();
    await turn("PaysNothing");
    await m.refuses(staking.write.leaveVault([0n], as(provider)), staking, "NothingArrived", []);
  });
  it("brings what the vault earned", async () => {
    await enter();
    await token.write.transfer([vault.address, usdt(500)]);
    assert.equal(await stakeOf(), usdt(10_000));
    await staking.write.leaveVault([usdt(10_499)], as(provider));
    assert.ok((await stakeOf()) >= usdt(10_499));
    assert.equal((await staking.read.positionOf([me]))[0], 0);
    assert.equal(await tokens(staking.address), await stakeOf());
  });
});

describe("Stake in a vault", () => {
  beforeEach(async () => {
    await list();
    await enter();
    await m.stake(other, usdt(2_000));
  });

  for (const [what, way, stake] of [
    ["that claims to be worth more", "LiesHigh", usdt(10_000)],
    ["that doesn't say what it is worth", "RefusesPrice", 0n],
    ["that burns all gas it gets", "BurnsGasForPrice", 0n],
  ] as const) {
    it(`${what} counts for ${stake / 1_000_000n}, and its neighbours are paid`, async () => {
      await turn(way);
      assert.equal(await stakeOf(), stake);
      const [key, node] = [keyOf("a payer"), keyOf("a neighbour's node")];
      await m.addNode(other, node);
      await m.deposit(key.address, usdt(20));
      const vouchers = [m.node, node].map((to) => m.voucher(key, key.address, to.address, usdt(10)));
      await m.settle([], await Promise.all(vouchers));
      assert.equal(await escrow.read.earnedOf([at(other)]), usdt(10));
      assert.equal(await escrow.read.earnedOf([me]), stake === 0n ? 0n : usdt(10));
    });
  }
  it("is worth less when the vault loses money, and bounds what can be claimed", async () => {
    await vault.write.lose([usdt(9_950)]);
    assert.equal((await stakeOf()) / 1_000_000n, 50n);
    assert.equal(await staking.read.isActive([me]), false);
    assert.ok((await settlement.read.ceilingOf([me])) <= usdt(50));
  });
  it("unbonds in shares, and is paid in tokens with all that they earned", async () => {
    await token.write.transfer([vault.address, usdt(1_000)]);
    await leave();
    assert.ok((await tokens(me)) >= usdt(10_999));
    assert.deepEqual(await staking.read.positionOf([me]), [0, 0n, 0n]);
    assert.equal(await shares(staking.address), 0n);
  });
  it("that the vault refuses to pay leaves in kind", async () => {
    await turn("RefusesToPay");
    await leave();
    assert.equal(await shares(me), usdt(10_000));
    assert.equal(await tokens(staking.address), usdt(2_000));
  });
  it("counts for nothing once all of it is on its way out", async () => {
    await staking.write.unstake([usdt(10_000)], as(provider));
    assert.deepEqual((await staking.read.positionOf([me])).slice(0, 2), [1, 0n]);
    assert.equal(await stakeOf(), 0n);
  });
  it("keeps its cost in proportion while it leaves in parts", async () => {
    await staking.write.unstake([usdt(4_000)], as(provider));
    assert.equal(await stakeOf(), usdt(6_000));
    assert.deepEqual(await staking.read.positionOf([me]), [1, usdt(6_000), usdt(10_000)]);
    await networkHelpers.time.increase(7n * day);
    await staking.write.withdraw([at(stranger)], as(provider));
    assert.equal(await tokens(at(stranger)), usdt(4_000));
    assert.deepEqual(await staking.read.positionOf([me]), [1, usdt(6_000), usdt(6_000)]);
    await staking.write.leaveVault([0n], as(provider));
    assert.equal(await stakeOf(), usdt(6_000));
  });
  it("counts for its part of the cost while another part leaves, though the vault has earned", async () => {
    await token.write.transfer([vault.address, usdt(10_000)]);
    await staking.write.unstake([usdt(4_000)], as(provider));
    assert.equal(await stakeOf(), usdt(6_000));
  });
  it("can be staked in the token again once all of it has left", async () => {
    await leave();
    await m.stake(provider, usdt(7));
    assert.equal(await stakeOf(), usdt(7));
  });
  for (const verb of ["stakeFor", "withdraw", "enterVault", "leaveVault", "collectCompensation"] as const) {
    it(`can't be touched by a vault that calls back ${verb} on its way`, async () => {
      const args = {
        stakeFor: [at(other), 1n],
        withdraw: [vault.address],
        enterVault: [1, 0n],
        leaveVault: [0n],
        collectCompensation: [vault.address, 0],
      } as const;
      const call = { abi: staking.abi, functionName: verb, args: args[verb] } as Parameters<
        typeof encodeFunctionData
      >[0];
      await vault.write.callBack([staking.address, encodeFunctionData(call)]);
      await staking.write.leaveVault([usdt(10_000)], as(provider));
      assert.equal(await vault.read.cameThrough(), false);
      assert.equal(await tokens(staking.address), usdt(12_000));
    });
  }
  it("counts nowhere while it is on its way", async () => {
    await m.deposit(keyOf("a payer").address, usdt(10));
    const { address } = keyOf("a payer");
    const voucher = await m.voucher(keyOf("a payer"), address, m.node.address, usdt(10));
    const groups = [{ node: m.node.address, claims: [voucher] }];
    const data = encodeFunctionData({ abi: settlement.abi, functionName: "settle", args: [[], groups, []] });
    await vault.write.callBack([settlement.address, data]);
    await staking.write.leaveVault([0n], as(provider));
    assert.equal(await vault.read.cameThrough(), true);
    assert.equal(await escrow.read.earnedOf([me]), 0n);
  });
});

describe("A slash of stake in a vault", () => {
  const compensation = (number: number) =>
    Promise.all([payer, anyone, treasury].map((who) => staking.read.compensationOf([at(who), number])));
  beforeEach(async () => {
    await list();
    await enter();
  });

  it("takes shares at what they are worth, and compensates in shares", async () => {
    await slash(usdt(1_000), usdt(400));
    assert.deepEqual(await staking.read.positionOf([me]), [1, usdt(9_000), usdt(9_000)]);
    assert.deepEqual(await compensation(1), [usdt(400), usdt(120), usdt(480)]);
    assert.deepEqual(await compensation(0), [0n, 0n, 0n]);
    await m.refuses(staking.write.collectCompensation([me, 0], as(payer)), staking, "ZeroAmount", []);
    await staking.write.collectCompensation([at(stranger), 1], as(payer));
    assert.equal(await tokens(at(stranger)), usdt(400));
  });
  it("takes twice the shares of a vault that lost half, and unbonding ones first", async () => {
    await staking.write.unstake([usdt(1_500)], as(provider));
    await vault.write.lose([usdt(5_000)]);
    await slash(usdt(1_000));
    assert.equal((await staking.read.unbondingOf([me]))[0], 0n);
    const [, units] = await staking.read.positionOf([me]);
    assert.equal(units / 1_000n, usdt(8_000) / 1_000n);
  });
  it("takes shares at what they cost while the vault doesn't answer", async () => {
    await turn("RefusesPrice");
    await slash(usdt(1_000));
    assert.deepEqual(await staking.read.positionOf([me]), [1, usdt(9_000), usdt(9_000)]);
  });
  it("takes all shares of a vault that lost all", async () => {
    await vault.write.lose([usdt(10_000)]);
    await slash(usdt(100), usdt(40));
    assert.deepEqual(await staking.read.positionOf([me]), [0, 0n, 0n]);
    assert.equal((await compensation(1))[0], usdt(5_000));
  });
  it("compensates nobody who was not harmed, whatever the shares are worth", async () => {
    await vault.write.lose([usdt(10_000)]);
    await slash(usdt(100));
    assert.equal((await compensation(1))[0], 0n);
  });
  it("leaves everybody a way out of a vault that refuses to pay", async () => {
    await slash(usdt(1_000), usdt(400));
    await turn("RefusesToPay");
    for (const wallet of [payer, anyone, treasury]) {
      await staking.write.collectCompensation([at(wallet), 1], as(wallet));
    }
    await leave();
    assert.deepEqual(await Promise.all([payer, anyone, treasury, provider].map((wallet) => shares(at(wallet)))), [
      usdt(400),
      usdt(120),
      usdt(480),
      usdt(9_000),
    ]);
    assert.equal(await shares(staking.address), 0n);
  });
  it("gives the auditors who judged a tenth of what the payer leaves, in equal parts", async () => {
    await slash(usdt(1_000), usdt(400), [at(other), at(stranger), me]);
    const each = await Promise.all([other, stranger].map((who) => staking.read.compensationOf([at(who), 1])));
    assert.deepEqual(each, [usdt(20), usdt(20)]);
    assert.deepEqual(await compensation(1), [usdt(400), usdt(120), usdt(420)]);
  });
});
