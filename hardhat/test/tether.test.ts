import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { network } from "hardhat";
import { encodeFunctionData, maxUint256, sliceHex } from "viem";
import { usdt } from "../lib/deployment.ts";

const { viem, networkHelpers } = await network.create();
const [owner, alice, bob] = await viem.getWalletClients();
const client = await viem.getPublicClient();
const token = await viem.deployContract("TestTether", [usdt(1_000_000), "Tether USD", "USDT", 6]);
const as = (wallet: typeof alice) => ({ account: wallet.account });
const address = (wallet: typeof alice) => wallet.account.address;

let snapshot: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
beforeEach(async () => {
  snapshot = await networkHelpers.takeSnapshot();
  await token.write.transfer([address(alice), usdt(1_000)]);
});
afterEach(() => snapshot.restore());

describe("The test Tether, like the one on mainnet,", () => {
  it("returns nothing", async () => {
    const data = encodeFunctionData({ abi: token.abi, functionName: "transfer", args: [address(bob), 1n] });
    assert.equal((await client.call({ to: token.address, data, account: address(alice) })).data, undefined);
  });
  it("refuses to approve from non-zero to non-zero", async () => {
    await token.write.approve([address(bob), 1n], as(alice));
    await assert.rejects(token.write.approve([address(bob), 2n], as(alice)));
    await token.write.approve([address(bob), 0n], as(alice));
    await token.write.approve([address(bob), 2n], as(alice));
  });
  it("doesn't use up an unlimited allowance", async () => {
    await token.write.approve([address(bob), maxUint256], as(alice));
    await token.write.transferFrom([address(alice), address(bob), usdt(1)], as(bob));
    assert.equal(await token.read.allowance([address(alice), address(bob)]), maxUint256);
  });
  it("burns all gas on an overdraft", async () => {
    const data = encodeFunctionData({ abi: token.abi, functionName: "transfer", args: [address(bob), usdt(2_000)] });
    const hash = await alice
      .sendTransaction({ to: token.address, data, gas: 500_000n })
      .catch((error) => error.walk().transactionHash ?? error.cause?.transactionHash);
    const block = await client.getBlock({ includeTransactions: true });
    assert.ok(hash === undefined || block.transactions.some((transaction) => transaction.hash === hash));
    assert.equal(block.gasUsed, 500_000n);
  });
  it("takes a fee with a Transfer of its own, below 20 basis points and 50 tokens", async () => {
    await assert.rejects(token.write.setParams([20n, 1n]));
    await assert.rejects(token.write.setParams([1n, 50n]));
    await token.write.setParams([10n, 5n]);
    await token.write.transfer([address(bob), usdt(100)], as(alice));
    assert.equal(await token.read.balanceOf([address(bob)]), usdt(99.9));
    assert.equal((await token.getEvents.Transfer()).length, 2);
  });
  it("blacklists senders, not receivers", async () => {
    await token.write.addBlackList([address(alice)]);
    await assert.rejects(token.write.transfer([address(bob), 1n], as(alice)));
    await token.write.transfer([address(alice), usdt(5)]);
    await token.write.destroyBlackFunds([address(alice)]);
    assert.equal(await token.read.balanceOf([address(alice)]), 0n);
  });
  it("pauses transfers, not approvals", async () => {
    await token.write.pause();
    await assert.rejects(token.write.transfer([address(bob), 1n], as(alice)));
    await token.write.approve([address(bob), 1n], as(alice));
  });
  it("refuses short call data", async () => {
    const data = encodeFunctionData({ abi: token.abi, functionName: "transfer", args: [address(bob), 256n] });
    await assert.rejects(alice.sendTransaction({ to: token.address, data: sliceHex(data, 0, 67) }));
  });
  it("forwards to the token that replaced it", async () => {
    await token.write.deprecate([address(bob)]);
    await assert.rejects(token.write.transfer([address(bob), 1n], as(alice)));
  });
  it("is issued by its owner alone", async () => {
    await assert.rejects(token.write.issue([1n], as(alice)));
    await token.write.issue([usdt(7)]);
    assert.equal(await token.read.totalSupply(), usdt(1_000_007));
    assert.equal(await token.read.balanceOf([address(owner)]), usdt(999_007));
  });
});
