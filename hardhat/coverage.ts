// Measures which lines and which outcomes of which conditions the tests reach, in Solidity and TypeScript together.
// Hardhat counts lines. For branches, each condition (of if, require, ?:, a loop, and each side of && and ||) is wrapped in a
// call that reports its outcome in the way that Hardhat's own coverage does, in a copy of the repository.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { edit, lineOf, parse, rangeOf, root, textOf, walk, type Node, type Source } from "./lib/sources.ts";

const copy = path.join(root, ".cache/coverage");
const document = path.join(root, "docs/contracts-coverage.md");
const explained: Record<string, string> = JSON.parse(
  readFileSync(path.join(root, "hardhat/coverage-explained.json"), "utf8"),
);
const contracts = /^contracts\/(parts\/)?\w+\.sol$/;
const least = 0.98;

type Condition = { source: string; line: number; text: string; tags: [no: string, yes: string] };

/** Tags lie far from those of Hardhat, which are hashes. */
const tagOf = (index: number, outcome: number) =>
  (2n ** 200n + BigInt(2 * index + outcome)).toString(16).padStart(64, "0");

const reporter = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;
library Branches {
    address private constant LISTENER = 0xc0bEc0BEc0BeC0bEC0beC0bEC0bEC0beC0beC0BE;
    function _report(uint256 tag) private view {
        assembly ("memory-safe") {
            let free := mload(64)
            mstore(free, tag)
            pop(staticcall(gas(), LISTENER, free, 32, 0, 0))
        }
    }
    function _pure(function(uint256) internal view f) private pure returns (function(uint256) internal pure g) {
        assembly ("memory-safe") { g := f }
    }
    function at(uint256 index, bool outcome) internal pure returns (bool) {
        _pure(_report)(2 ** 200 + 2 * index + (outcome ? 1 : 0));
        return outcome;
    }
}
`;

/** The conditions of a source: what decides between two ways. */
function* conditionsOf(tree: Node): Generator<Node> {
  for (const { node } of walk(tree)) {
    if (["IfStatement", "Conditional", "WhileStatement", "DoWhileStatement"].includes(node.nodeType))
      yield node.condition;
    if (node.nodeType === "ForStatement" && node.condition) yield node.condition;
    if (node.nodeType === "FunctionCall" && node.expression.name === "require") yield node.arguments[0];
    if (node.nodeType === "BinaryOperation" && ["&&", "||"].includes(node.operator)) {
      yield node.leftExpression;
      yield node.rightExpression;
    }
  }
}

/** A source that reports the outcome of each of its conditions, on the same lines. */
function instrument(source: Source, conditions: Condition[]): string {
  const edits: Parameters<typeof edit>[1] = [];
  for (const node of conditionsOf(source.tree)) {
    const [start, end] = rangeOf(node);
    const index = conditions.length;
    const text = textOf(source, node).replaceAll(/\s+/g, " ");
    conditions.push({
      source: source.name,
      line: lineOf(source, start),
      text,
      tags: [tagOf(index, 0), tagOf(index, 1)],
    });
    // Where one condition begins with another, the outer call opens first and closes last.
    edits.push({ start, end: start, text: `Branches.at(${index}, ` }, { start: end, end, text: ")" });
  }
  const above = "../".repeat(source.name.split("/").length - 2) || "./";
  const pragma = source.tree.nodes.find((node: Node) => node.nodeType === "PragmaDirective");
  const at = rangeOf(pragma)[1];
  edits.push({ start: at, end: at, text: ` import {Branches} from "${above}Branches.sol";` });
  return edit(source.text, edits);
}

function prepare(): Condition[] {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const folder of ["contracts", "hardhat", "tests/vectors", "docs"]) {
    const filter = (from: string) => !/hardhat\/(cache|artifacts)$/.test(from);
    cpSync(path.join(root, folder), path.join(copy, folder), { recursive: true, filter });
  }
  cpSync(path.join(root, "package.json"), path.join(copy, "package.json"));
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  writeFileSync(path.join(copy, "contracts/Branches.sol"), reporter);
  const conditions: Condition[] = [];
  for (const source of parse().sources) writeFileSync(path.join(copy, source.name), instrument(source, conditions));
  return conditions;
}

/** Runs the tests that need no exact bytecode, and says which tags were reported. */
function runTests(): Set<string> {
  const skipped = [
    "abi.test.ts",
    "gas.test.ts",
    "layouts.test.ts",
    "prove.test.ts",
    "analysis.test.ts",
    "natspec.test.ts",
  ];
  const tests = readdirSync(path.join(copy, "hardhat/test")).filter((name) => name.endsWith(".ts"));
  for (const name of skipped.filter((name) => tests.includes(name))) rmSync(path.join(copy, "hardhat/test", name));
  const options = ["--config", "hardhat/quick.config.ts", "test", "--test-profile", "coverage", "--coverage"];
  const { status } = spawnSync("hardhat", options, { cwd: copy, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error("a test failed under coverage");
  const data = path.join(copy, "coverage/data");
  const files = readdirSync(data, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return new Set(files.flatMap((name) => Object.keys(JSON.parse(readFileSync(path.join(data, name), "utf8")))));
}

/** Lines by source: [all, those that were not reached]. */
function linesOf(): Map<string, [number, number[]]> {
  const report = readFileSync(path.join(copy, "coverage/lcov.info"), "utf8");
  return new Map(
    report.split("end_of_record").flatMap((part): [string, [number, number[]]][] => {
      const source = /^SF:(.*)$/m.exec(part)?.[1];
      const lines = [...part.matchAll(/^DA:(\d+),(\d+)$/gm)];
      return source
        ? [[source, [lines.length, lines.filter(([, , hits]) => hits === "0").map(([, line]) => +line)]]]
        : [];
    }),
  );
}

type Row = { source: string; lines: [all: number, missed: number]; branches: [all: number, missed: number] };

/** The measured rows, and what no test reaches: `source: condition: outcome` or `source: line`. */
export function measure(): { rows: Row[]; missing: string[] } {
  const conditions = prepare();
  const seen = runTests();
  const lines = linesOf();
  const missing: string[] = [];
  const rows = [...new Set(conditions.map(({ source }) => source))].map((source): Row => {
    const [all, missed] = lines.get(source) ?? [0, []];
    const text = readFileSync(path.join(root, source), "utf8").split("\n");
    missing.push(...missed.map((line) => `${source}: ${text[line - 1].trim()}`));
    const own = conditions.filter((condition) => condition.source === source);
    const unseen = own.flatMap(({ text, tags }) =>
      tags.flatMap((tag, yes) => (seen.has(tag) ? [] : [[text, yes === 1]])),
    );
    missing.push(...unseen.map(([text, outcome]) => `${source}: ${text}: never ${outcome}`));
    return { source, lines: [all, missed.length], branches: [2 * own.length, unseen.length] };
  });
  return { rows, missing: [...new Set(missing)] };
}

const share = ([all, missed]: [number, number]) =>
  all === 0 ? "–" : `${all - missed} of ${all} (${((100 * (all - missed)) / all).toFixed(1)} %)`;

function render(rows: Row[], missing: string[]): string {
  const table = rows.map(({ source, lines, branches }) => `| ${source} | ${share(lines)} | ${share(branches)} |`);
  const why = missing.map(
    (text) => `| \`${text.replaceAll("|", "\\|")}\` | ${explained[text] ?? "**not explained**"} |`,
  );
  return `# Coverage of the contracts
Written by \`scripts/coverage\`, which fails below ${100 * least} % of a contract's lines or branches, and on a gap that hardhat/coverage-explained.json doesn't explain. All tests count, in Solidity and in TypeScript, which is why Foundry's coverage isn't used: it sees only those in Solidity. A *branch* is an outcome, true or false, of a condition: of an if, a require, a choice, a loop, and each side of && and ||; so there are more of them than Foundry counts. Conditions in assembly (PaymentList, Recover) aren't counted; the mutation tests cover them.

| source | lines | branches |
|---|---|---|
${table.join("\n")}

## What no test reaches
${why.length === 0 ? "Nothing." : `| what | why |\n|---|---|\n${why.join("\n")}`}
`;
}

if (import.meta.main) {
  const { rows, missing } = measure();
  writeFileSync(document, render(rows, missing));
  const enough = ([all, missed]: [number, number]) => all - missed >= least * all;
  const complaints = [
    ...rows
      .filter(({ source, lines, branches }) => contracts.test(source) && !(enough(lines) && enough(branches)))
      .map(({ source }) => `${source} is below ${100 * least} %`),
    ...missing.filter((text) => !(text in explained)).map((text) => `not explained: ${text}`),
    ...Object.keys(explained)
      .filter((text) => !missing.includes(text))
      .map((text) => `explained, but reached: ${text}`),
  ];
  for (const complaint of complaints) console.error(complaint);
  process.exit(complaints.length === 0 ? 0 : 1);
}
