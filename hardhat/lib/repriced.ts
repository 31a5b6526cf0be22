// What a transaction would cost under the prices announced for Glamsterdam, from the trace of its opcodes.
import type { Hex } from "viem";

export type Step = { op: string; gas: number; gasCost: number; depth: number };

/** Those of devnet 8, as revm-primitives 43.0.0 (`eip8037.rs`, `eip8038.rs`) and the EIPs' texts have them. */
export const prices = {
  newSlot: 64 * 1_530,
  slotWrite: 10_000,
  coldSlot: 2_100,
  coldAccount: 3_000,
  clearedSlot: ((10_000 + 2_100) * 4_800) / 5_000,
  transaction: 12_000,
  dataFloor: 64,
  compute: { DIV: 15, SDIV: 20, MOD: 12, MULMOD: 11, KECCAK256: 45 } as Record<string, number>,
};
const today = {
  compute: { DIV: 5, SDIV: 5, MOD: 5, MULMOD: 8, KECCAK256: 30 } as Record<string, number>,
  transaction: 21_000,
  coldAccount: 2_600,
};

/** What a refund may be made of: [today, then]. */
const refunds = {
  cleared: [4_800, prices.clearedSlot],
  restored: [2_800, prices.slotWrite],
  neverCreated: [19_900, prices.slotWrite + prices.newSlot],
} as const;

/** What a refund becomes. Its parts are the few that make up the sum: 12 of one kind weigh as much as 7 of another. */
function refunded(sum: number): number {
  const { cleared, restored, neverCreated } = refunds;
  for (let c = 0; c < 4; c++) {
    for (let b = 0; b < 12; b++) {
      const a = (sum - c * neverCreated[0] - b * restored[0]) / cleared[0];
      if (Number.isInteger(a) && a >= 0) return a * cleared[1] + b * restored[1] + c * neverCreated[1];
    }
  }
  throw new Error(`a refund of ${sum} gas: this table doesn't know its price`);
}

/** What an SSTORE costs today says what it does: [its kind, what it will cost]. */
const stores = new Map<number, number>([
  [100, 100], // warm, nothing new or written before
  [2_200, prices.coldSlot], // cold, nothing new
  [2_900, 100 + prices.slotWrite],
  [5_000, prices.coldSlot + prices.slotWrite],
  [20_000, 100 + prices.slotWrite + prices.newSlot],
  [22_100, prices.coldSlot + prices.slotWrite + prices.newSlot],
]);

const calls = ["CALL", "STATICCALL", "DELEGATECALL", "CALLCODE"];
const accounts = ["BALANCE", "EXTCODEHASH", "EXTCODESIZE", "EXTCODECOPY"];

/** How much dearer a step becomes. `next` is the step behind it. */
function rise({ op, gasCost, depth }: Step, next: Step | undefined): number {
  if (op in prices.compute) return prices.compute[op] - today.compute[op];
  if (op === "SSTORE") {
    const price = stores.get(gasCost);
    if (price === undefined) throw new Error(`an SSTORE for ${gasCost} gas: this table doesn't know its price`);
    return price - gasCost;
  }
  // A call's cost holds the gas that it hands on; a precompile, which has no steps, is never cold.
  const access =
    calls.includes(op) && next && next.depth > depth ? gasCost - next.gas : accounts.includes(op) ? gasCost : 0;
  const cold = access >= today.coldAccount ? prices.coldAccount - today.coldAccount : 0;
  return cold + (op.startsWith("EXTCODES") || op === "EXTCODECOPY" ? 100 : 0);
}

/** @returns the gas that the transaction of a trace would use */
export function repriced(steps: Step[], gasUsed: number, input: Hex): number {
  const bytes = Buffer.from(input.slice(2), "hex");
  const zeros = bytes.filter((byte) => byte === 0).length;
  const data = 4 * zeros + 16 * (bytes.length - zeros);
  const last = steps.at(-1)!;
  const executed = steps[0].gas - (last.gas - last.gasCost);
  const before = today.transaction + data + executed;
  const floor = today.transaction + 10 * (zeros + 4 * (bytes.length - zeros));
  const base = prices.transaction + prices.coldAccount;
  const rises = steps.reduce((sum, step, i) => sum + rise(step, steps[i + 1]), 0);
  const used = base + data + executed + rises - (gasUsed === floor ? 0 : refunded(before - gasUsed));
  return Math.max(used, base + prices.dataFloor * bytes.length);
}
