import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { ContractFunctionRevertedError, zeroAddress, type Abi, type AbiParameter, type BaseError } from "viem";
import { openMarket } from "../lib/market.ts";

const m = await openMarket();
const { escrow, staking, settlement, disputes, payer } = m;
const contracts = { Escrow: escrow, Staking: staking, Settlement: settlement, Disputes: disputes };

/** A value of the type that says nothing. */
const empty = (parameter: AbiParameter & { components?: readonly AbiParameter[] }): unknown => {
  const { type, components } = parameter;
  if (type.endsWith("[]")) return [];
  if (type === "tuple") return Object.fromEntries(components!.map((each) => [each.name, empty(each)]));
  if (type === "address") return zeroAddress;
  if (type === "bool") return false;
  if (type === "string") return "";
  if (type === "bytes") return "0x";
  if (type.startsWith("bytes")) return `0x${"00".repeat(Number(type.slice(5)))}`;
  return Number(type.slice(4)) <= 48 ? 0 : 0n;
};

/** Names of the functions that refuse a stranger because it isn't the owner. */
const ownersOf = async ({ address, abi }: { address: `0x${string}`; abi: Abi }) => {
  const names = [];
  for (const entry of abi) {
    if (entry.type !== "function" || entry.stateMutability === "view" || entry.stateMutability === "pure") continue;
    const call = { address, abi, functionName: entry.name, args: entry.inputs.map(empty), account: payer.account };
    const error = await m.client.simulateContract(call as never).then(
      () => null,
      (thrown: BaseError) => thrown.walk((cause) => cause instanceof ContractFunctionRevertedError),
    );
    const revert = error as ContractFunctionRevertedError | null;
    if (revert?.data?.errorName === "OwnableUnauthorizedAccount") names.push(entry.name);
  }
  return names.sort();
};

const readme = readFileSync(new URL("../../contracts/README.md", import.meta.url), "utf8");
const section = readme.split("## What the owner can do")[1].split("\n## ")[0];
const rows = [...section.matchAll(/^\| (\w+) \| `(\w+)` \|/gm)].map(([, contract, name]) => [contract, name]);

describe("The table of what the owner can do, in contracts/README.md,", () => {
  for (const [contract, instance] of Object.entries(contracts)) {
    it(`names every function of ${contract} that refuses all but the owner, and no other`, async () => {
      const listed = rows.filter(([name]) => name === contract).map(([, name]) => name);
      assert.deepEqual(listed.sort(), await ownersOf(instance as never));
    });
  }
  it("has rows", () => assert.ok(rows.length >= 14));
});
