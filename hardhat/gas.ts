// Writes docs/gas.md from measured gas; a test compares what is committed.
import { readFileSync, writeFileSync } from "node:fs";
import { measure, type Row } from "./lib/measure.ts";

const table = new URL("../docs/gas.md", import.meta.url);
const number = (value: number) => value.toLocaleString("en-US");

/** What a slot costs beyond today's 20,000 once creating one is priced near 100,000. */
const dearer = 80_000;

const head = `# Gas
Written by \`scripts/gas\`, compared by a test: a rise above 1 % fails. Each call is one transaction, all in (21,000 and call data included); compiled with viaIR. *Pairs* are of a payer and a node, each claim of another payer; a warm pair has been paid before. The last column is the same call once a new storage slot costs 100,000: what works in steady state creates none.

| goal | measured |
|---|---|
`;

const per = (row: Row) => Math.round(row.gas / row.items);
const goals: [text: string, name: string, most: number][] = [
  ["claim by a spender, 50 warm pairs: ≤ 22,000", "50 of warm pairs, by a spender", 22_000],
  ["claim by the payer, 50 warm pairs: ≤ 20,000", "50 of warm pairs, by the payer", 20_000],
  ["statement, ten providers in a call: ≤ 50,000", "10 of ten providers, ring full", 50_000],
];
export const missed = (rows: Row[]) =>
  goals.filter(([, name, most]) => per(rows.find((row) => row.name === name)!) > most).map(([text]) => text);

function render(rows: Row[]): string {
  const reached = goals.map(([text, name]) => `| ${text} | ${number(per(rows.find((row) => row.name === name)!))} |`);
  const groups = [...new Set(rows.map((row) => row.group))].map((group) => {
    const lines = rows
      .filter((row) => row.group === group)
      .map((row) => {
        const later = number(row.gas + dearer * row.newSlots);
        return `| ${row.name} | ${number(row.gas)} | ${number(per(row))} | ${row.newSlots} | ${later} |`;
      });
    const title = `## ${group}\n| call | gas | per item | new slots | with slots at 100,000 |\n|---|---|---|---|---|`;
    return `${title}\n${lines.join("\n")}\n`;
  });
  return `${head}${reached.join("\n")}\n\n${groups.join("\n")}`;
}

/** Name and gas of each row in docs/gas.md. */
export function committedGas(): Map<string, number> {
  const rows = readFileSync(table, "utf8").matchAll(/^\| ([^|]+) \| ([\d,]+) \| [\d,]+ \| \d+ \| [\d,]+ \|$/gm);
  return new Map([...rows].map(([, name, gas]) => [name, Number(gas.replaceAll(",", ""))]));
}

if (process.argv.some((argument) => argument.endsWith("gas.ts"))) writeFileSync(table, render(await measure()));
