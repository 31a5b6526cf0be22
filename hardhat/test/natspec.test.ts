import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";

const root = new URL("../../contracts/", import.meta.url);
const folders = ["", "interfaces/", "libraries/", "parts/"];
const files = folders.flatMap((folder) =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith(".sol"))
    .map((name) => folder + name),
);

// What others can see: declarations of interfaces, of errors and types anywhere, and public or external members.
const declaration = /^ *(event|error|struct|enum|contract|abstract contract|interface|library)\b|^ +(function)\b/;
const member = /^    [a-z0-9]+(?:\(| ).*\bpublic\b.*;$|^    mapping\(.*\bpublic\b/;

/** The lines of a file that declare something that others see, without NatSpec above them. */
const bare = (file: string) => {
  const lines = readFileSync(new URL(file, root), "utf8").split("\n");
  const seen = (index: number) => {
    const head = lines
      .slice(index, index + 14)
      .join(" ")
      .split("{")[0];
    if (!/^ +function\b/.test(lines[index])) return true;
    return file.startsWith("interfaces/") || /\b(external|public)\b/.test(head);
  };
  // A struct within a contract is how it keeps its storage: nobody else sees it.
  const inside = (line: string) => file.startsWith("interfaces/") || !/^ +struct\b/.test(line);
  return lines.flatMap((line, index) => {
    if (!member.test(line) && !(declaration.test(line) && seen(index) && inside(line))) return [];
    let above = index - 1;
    while (/^ *\/\/\/(?! @(notice|title|inheritdoc))/.test(lines[above])) above--;
    return /^ *\/\/\/ @(notice|title|inheritdoc)/.test(lines[above]) ? [] : [`${file}:${index + 1} ${line.trim()}`];
  });
};

describe("What the contracts show to others", () => {
  it("is documented where it is declared", () => assert.deepEqual(files.flatMap(bare), []));
  it("is in files of at most 400 lines", () => {
    for (const file of files) {
      const lines = readFileSync(new URL(file, root), "utf8").split("\n").length - 1;
      assert.ok(lines <= 400, `${file}: ${lines}`);
    }
  });
});
