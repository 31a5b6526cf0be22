// Writes docs/gas.md from measured gas; a test compares what is committed.
import { readFileSync, writeFileSync } from "node:fs";
import { measureLayouts, type LayoutRow } from "./lib/layouts.ts";
import { measure, type Row } from "./lib/measure.ts";

const table = new URL("../docs/gas.md", import.meta.url);
const number = (value: number) => value.toLocaleString("en-US");

const head = `# Gas
Written by \`scripts/gas\`, compared by a test: a rise above 1 % fails. Each call is one transaction, all in (21,000 and call data included); compiled with viaIR. *Pairs* are of a payer and a node, each claim of another payer; a warm pair has been paid before. *Glamsterdam* is the same transaction under the prices at the end of this page.

| goal | measured |
|---|---|
`;

const announced = `## The prices announced for Glamsterdam
Ethereum's next upgrade reprices state. Its date isn't set, and the EIPs are drafts; these are the values of its test network devnet 8, as revm-primitives 43.0.0 and the EIPs' texts have them. Each transaction above is traced, and each opcode of the trace priced anew; so a call that works in steady state, creating no slot, is what stays cheap.

| EIP | what | today | then |
|---|---|---|---|
| 8037 (of October 2025) | a new storage slot: 64 bytes at 1,530, beside the write | 20,000 | 97,920 |
| 8038 (of October 2025) | the first write to a slot in a transaction, beside its access | 2,800 | 10,000 |
| 8038 | a slot cleared: given back | 4,800 | 11,616 |
| 8038 | the first access to an account | 2,600 | 3,000 |
| 8038 | the size or code of an account, beside its access | 0 | 100 |
| 8038 | the first access to a slot; each later one | 2,100; 100 | 2,100; 100 |
| 2780 (of July 2020, rewritten since) | a transaction that sends no ether, its receiver's access included | 21,000 | 15,000 |
| 7904 (of February 2025) | KECCAK256 (its base), DIV, SDIV, MOD, MULMOD | 30, 5, 5, 5, 8 | 45, 15, 20, 12, 11 |
| 7976 (of June 2025) | the least that a byte of call data costs | 10 or 40 | 64 |
`;

const per = (row: Row) => Math.round(row.gas / row.items);
const goals: [text: string, name: string, most: number][] = [
  ["claim by a spender, 50 warm pairs: ≤ 22,000", "50 of warm pairs, by a spender", 22_000],
  ["claim by the payer, 50 warm pairs: ≤ 20,000", "50 of warm pairs, by the payer", 20_000],
  ["statement, ten providers in a call: ≤ 50,000", "10 of ten providers, ring full", 50_000],
];
export const missed = (rows: Row[]) =>
  goals.filter(([, name, most]) => per(rows.find((row) => row.name === name)!) > most).map(([text]) => text);

function renderLayouts(rows: LayoutRow[]): string {
  const cell = ([gas, newSlots, later]: LayoutRow["first"]) => `${number(gas)} | ${newSlots} | ${number(later)}`;
  const lines = rows.map(({ text, first, second, again }) => {
    return `| ${text} | ${[first, second, again].map(cell).join(" | ")} |`;
  });
  return `## Storage layouts
What a claim reads and writes, and nothing else, under four layouts (contracts/test/Layouts.sol), 50 payers in a call, per payer: gas today, new slots, gas under Glamsterdam. Ours is the cheapest of those that need no number for a node. Two nodes in a word save half of the new slots, for payers that use both, but a node's number has to be looked up and the second node's claim touches what the first's wrote: the two would no longer be independent. A plain struct costs a slot more for each payer and a write more for each claim.

| layout | first node: gas | new slots | Glamsterdam | second node: gas | new slots | Glamsterdam | again: gas | new slots | Glamsterdam |
|---|---|---|---|---|---|---|---|---|---|
${lines.join("\n")}
`;
}

function render(rows: Row[], layouts: LayoutRow[]): string {
  const reached = goals.map(([text, name]) => `| ${text} | ${number(per(rows.find((row) => row.name === name)!))} |`);
  const groups = [...new Set(rows.map((row) => row.group))].map((group) => {
    const lines = rows
      .filter((row) => row.group === group)
      .map((row) => {
        return `| ${row.name} | ${number(row.gas)} | ${number(per(row))} | ${row.newSlots} | ${number(row.later)} |`;
      });
    const title = `## ${group}\n| call | gas | per item | new slots | Glamsterdam |\n|---|---|---|---|---|`;
    return `${title}\n${lines.join("\n")}\n`;
  });
  return `${head}${reached.join("\n")}\n\n${[...groups, renderLayouts(layouts), announced].join("\n")}`;
}

/** Name, gas today and gas under Glamsterdam of each row in docs/gas.md. */
export function committedGas(): Map<string, [gas: number, later: number]> {
  const rows = readFileSync(table, "utf8").matchAll(/^\| ([^|]+) \| ([\d,]+) \| [\d,]+ \| \d+ \| ([\d,]+) \|$/gm);
  const plain = (text: string) => Number(text.replaceAll(",", ""));
  return new Map([...rows].map(([, name, gas, later]) => [name, [plain(gas), plain(later)]]));
}
export const committedLayouts = (rows: LayoutRow[]) => readFileSync(table, "utf8").includes(renderLayouts(rows));

if (process.argv.some((argument) => argument.endsWith("gas.ts"))) {
  writeFileSync(table, render(await measure(), await measureLayouts()));
}
