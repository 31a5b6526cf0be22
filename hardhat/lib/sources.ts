// The contracts' sources as solc's syntax trees, and the texts that its byte offsets point into.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const solc = require("solc");
export const root = path.resolve(import.meta.dirname, "../..");

/** A node of solc's syntax tree: its fields depend on its type. */
export type Node = { nodeType: string; src: string; [field: string]: any };
export type Source = { name: string; text: Buffer; tree: Node };

/** Our own sources below contracts/, without those for tests. */
export const sourceNames = (): string[] =>
  ["contracts", "contracts/parts", "contracts/libraries"]
    .flatMap((folder) => readdirSync(path.join(root, folder)).map((file) => `${folder}/${file}`))
    .filter((name) => name.endsWith(".sol"))
    .sort();

export const importOf = (name: string) => {
  const file = name.startsWith("@") ? require.resolve(name) : path.join(root, name);
  return { contents: readFileSync(file, "utf8") };
};

/** The standard input's answer, with imports found as Hardhat finds them. */
export function compile(sources: Record<string, { content: string }>, settings: object) {
  const input = { language: "Solidity", sources, settings };
  return JSON.parse(solc.compile(JSON.stringify(input), { import: importOf }));
}

type Output = { errors?: { severity: string; formattedMessage: string }[]; sources: Record<string, { ast: Node }> };

/** The syntax tree of each file that was compiled. */
export function treesOf(output: Output): Record<string, Node> {
  const failed = (output.errors ?? []).find(({ severity }) => severity === "error");
  if (failed) throw new Error(failed.formattedMessage);
  return Object.fromEntries(Object.entries(output.sources).map(([name, { ast }]) => [name, ast]));
}

/** The named files, and the syntax trees of all that they import. */
export function parse(names: string[] = sourceNames()): { sources: Source[]; all: Node[] } {
  const texts = new Map(names.map((name) => [name, readFileSync(path.join(root, name))]));
  const input = Object.fromEntries([...texts].map(([name, text]) => [name, { content: text.toString() }]));
  const trees = treesOf(compile(input, { outputSelection: { "*": { "": ["ast"] } } }));
  const sources = names.map((name) => ({ name, text: texts.get(name)!, tree: trees[name] }));
  return { sources, all: Object.values(trees) };
}

/** Every node below one, with those above it (the nearest last). */
export function* walk(node: Node, above: Node[] = []): Generator<{ node: Node; above: Node[] }> {
  yield { node, above };
  const inner = [...above, node];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child === "object" && "nodeType" in child) yield* walk(child as Node, inner);
    }
  }
}

export const rangeOf = (node: Node): [start: number, end: number] => {
  const [start, length] = node.src.split(":").map(Number);
  return [start, start + length];
};
export const textOf = (source: Source, node: Node) => source.text.subarray(...rangeOf(node)).toString();
export const lineOf = (source: Source, offset: number) => source.text.subarray(0, offset).toString().split("\n").length;

/** A text with parts put in or replaced, given by byte offsets. */
export function edit(text: Buffer, edits: { start: number; end: number; text: string }[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: inserted } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(text.subarray(at, start).toString(), inserted);
    at = end;
  }
  return [...parts, text.subarray(at).toString()].join("");
}
