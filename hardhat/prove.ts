// Proves hardhat/proof/Solvency.sol with solc's model checker, and that broken copies of it are refuted.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

// solc states the Horn clauses and z3 solves them. The z3 inside of solc's wasm gives up after a fixed effort, and can't be
// told to try harder without threads, which the wasm lacks: so it is Debian's.
const solc = createRequire(import.meta.url)("solc");
const seconds = 60;

export type Answer = "safe" | "refuted" | "unknown";
export const source = readFileSync(new URL("proof/Solvency.sol", import.meta.url), "utf8");
export const models = [...source.matchAll(/^contract (\w+)/gm)].map(([, name]) => name);

/** Changes that make a model wrong. Each must be refuted: this shows that the check can fail. */
export const broken: [model: string, from: string, to: string][] = [
  [
    "Money",
    "uint256 amount = ready < free ? ready : free;\n        balance -= amount;",
    "uint256 amount = ready;\n        balance -= free < ready ? free : ready;",
  ],
  ["Money", "earned -= amount;\n        wentOut", "wentOut"],
  ["Money", "balance -= amount;\n        earned", "earned"],
  ["Turnover", "claimed = claimed + amount", "claimed = most"],
  ["Turnover", "claimed = claimed + amount", "claimed = claimed + amount + 1"],
  ["Turnover", "balance + spent + amount <= MOST", "balance + amount <= MOST"],
  ["Reserves", "uint256 kept = alive ? held - own : held;", "uint256 kept = 0;"],
  ["Reserves", "balance > thawing + kept ? balance - thawing - kept : 0", "balance"],
  ["Stake", "compensation += taken - toPayer - toReporter", "compensation += taken"],
  ["Panel", "bond - wages + (wages - wagesPaid)", "bond - wagesPaid + (wages - wagesPaid)"],
  ["Panel", "bonds -= fines;", ""],
  ["Stake", "(unbonding, free) = (unbonding - taken, free - more)", "unbonding -= taken"],
];

function solve(query: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "prove-"));
  try {
    const file = path.join(folder, "query.smt2");
    writeFileSync(file, query);
    return execFileSync("z3", [`-T:${seconds}`, file], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the checker says of each assert of a model: "safe" when all are, "refuted" when one can fail. */
export function prove(model: string, content = source): Answer {
  const answers: string[] = [];
  const callback = {
    smtSolver: (query: string) => {
      const answer = solve(query);
      answers.push(answer.split("\n")[0].trim());
      return { contents: answer };
    },
  };
  const modelChecker = {
    engine: "chc",
    solvers: ["smtlib2"],
    targets: ["assert"],
    contracts: { "Solvency.sol": [model] },
    showProvedSafe: true,
    showUnproved: true,
    showUnsupported: true,
  };
  const input = { language: "Solidity", sources: { "Solvency.sol": { content } }, settings: { modelChecker } };
  const { errors = [] } = JSON.parse(solc.compile(JSON.stringify(input), callback));
  const said: { severity: string; errorCode: string; formattedMessage: string }[] = errors;
  const fatal = said.filter(({ severity }) => severity === "error");
  if (fatal.length > 0) throw new Error(fatal[0].formattedMessage);
  if (answers.includes("unsat")) return "refuted";
  // 9576: safe. Whatever else the checker says (unproved, unsupported, no answer) is no proof.
  const codes = said.map(({ errorCode }) => errorCode);
  const proved = answers.length > 0 && answers.every((answer) => answer === "sat");
  return proved && codes.length > 0 && codes.every((code) => code === "9576") ? "safe" : "unknown";
}

export function breakModel([model, from, to]: (typeof broken)[number]): string {
  const start = source.indexOf(`contract ${model} `);
  const at = source.indexOf(from, start);
  const end = source.indexOf("\n}\n", start);
  if (at < 0 || at > end) throw new Error(`${model} holds no "${from}": mend the list of broken models in prove.ts`);
  return source.slice(0, at) + to + source.slice(at + from.length);
}

if (import.meta.main) {
  let bad = 0;
  const report = (what: string, found: Answer, expected: Answer) => {
    console.log(`${found === expected ? "ok" : "NOT"} ${found.padEnd(8)} ${what}`);
    if (found !== expected) bad++;
  };
  for (const model of models) report(model, prove(model), "safe");
  for (const change of broken)
    report(`${change[0]} with ${change[2]}`, prove(change[0], breakModel(change)), "refuted");
  process.exit(bad === 0 ? 0 : 1);
}
