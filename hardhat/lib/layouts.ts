// The gas of one payment under several storage layouts: contracts/test/Layouts.sol.
import { network } from "hardhat";
import type { Hex } from "viem";
import { keyOf } from "./deployment.ts";
import { costOf } from "./measure.ts";

export const layouts = [
  ["PackedWords", "account in one word, claimed by node and payer (ours)"],
  ["PayerFirst", "account in one word, claimed by payer and node"],
  ["PlainStruct", "account as a struct of two slots, claimed by node and payer"],
  ["PackedPairs", "account in one word, claimed of two nodes of a payer in one word"],
] as const;

/** Per payment, of 50 in a call: `[gas today, new slots, gas under the announced prices]`. */
export type Measured = [gas: number, newSlots: number, later: number];
export type LayoutRow = { text: string; first: Measured; second: Measured; again: Measured };

const count = 50;

export async function measureLayouts(): Promise<LayoutRow[]> {
  const connection = await network.create();
  const payers = Array.from({ length: count }, (_, i) => keyOf(`payer ${i}`).address);
  const [one, other] = ["a node", "another node"].map((name) => keyOf(name).address);
  const rows: LayoutRow[] = [];
  for (const [name, text] of layouts) {
    const contract = await connection.viem.deployContract(name);
    await contract.write.open([payers, 10n ** 12n]);
    const pay = async (node: Hex, cumulative: bigint): Promise<Measured> => {
      const payments = payers.map((payer) => ({ payer, cumulative }));
      const { gas, newSlots, later } = await costOf(connection, await contract.write.pay([node, payments]));
      return [Math.round(gas / count), newSlots / count, Math.round(later / count)];
    };
    const first = await pay(one, 1_234_567n);
    const second = await pay(other, 1_234_567n);
    rows.push({ text, first, second, again: await pay(one, 2_345_678n) });
    for (const payer of payers.slice(0, 2)) {
      const [left, claimed] = (await contract.read.totals([payer, one])) as readonly [bigint, bigint];
      if (left !== 10n ** 12n - 2_345_678n - 1_234_567n || claimed !== 2_345_678n)
        throw new Error(`${name} counts wrong`);
    }
  }
  return rows;
}
