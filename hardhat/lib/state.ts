// What a transaction left different in the storage of all contracts.
import { getAddress, pad, zeroHash, type Address, type Hex } from "viem";
import type { Rail } from "./deployment.ts";

type Step = { op: string; depth: number; stack: string[] };
export type Change = { contract: Address; slot: Hex; before: Hex; after: Hex };

const hex = (word: string): Hex => pad(word.startsWith("0x") ? (word as Hex) : `0x${word}`);

/** Each slot that its steps wrote to: a store writes to the contract that was called last, or that delegated. */
function writtenBy(steps: Step[], to: Address): Map<string, [Address, Hex]> {
  const written = new Map<string, [Address, Hex]>();
  const contracts = [to];
  for (const [i, { op, depth, stack }] of steps.entries()) {
    const contract = contracts[depth - 1];
    if (op === "SSTORE") {
      const slot = hex(stack.at(-1)!);
      written.set(`${contract} ${slot}`, [contract, slot]);
    }
    if (steps[i + 1]?.depth === depth + 1) {
      contracts[depth] = op === "DELEGATECALL" ? contract : getAddress(`0x${hex(stack.at(-2)!).slice(26)}`);
    }
  }
  return written;
}

/** The state before the transaction's block against the state after it; the transaction must be alone in its block. */
export async function changesOf(connection: Rail["connection"], hash: Hex): Promise<Change[]> {
  const client = await connection.viem.getPublicClient();
  const { blockNumber, to } = await client.getTransactionReceipt({ hash });
  const trace = { method: "debug_traceTransaction", params: [hash, { disableStorage: true, disableMemory: true }] };
  const { structLogs } = (await connection.provider.request(trace)) as { structLogs: Step[] };
  const at = async (address: Address, slot: Hex, blockNumber: bigint) =>
    (await client.getStorageAt({ address, slot, blockNumber })) ?? zeroHash;
  const changes = await Promise.all(
    [...writtenBy(structLogs, getAddress(to!)).values()].map(async ([contract, slot]) => {
      const [before, after] = [await at(contract, slot, blockNumber - 1n), await at(contract, slot, blockNumber)];
      return { contract, slot, before, after };
    }),
  );
  return changes.filter(({ before, after }) => before !== after);
}

export const created = (changes: Change[]) => changes.filter(({ before }) => BigInt(before) === 0n);
