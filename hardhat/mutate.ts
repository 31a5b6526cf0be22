// Breaks the contracts in many places, one at a time, and lists which breaks no test notices.
// scripts/mutate [--count 100] [--seed 1] [--workers 2] [--resume]
// A run that was broken off goes on with --resume; so does one whose survivors have tests now: what was noticed stays so, as
// long as the contracts are the same.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { byRules, handMade, shuffled, type Mutant } from "./lib/mutants.ts";
import { compile, parse, root } from "./lib/sources.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string" },
    seed: { type: "string" },
    workers: { type: "string" },
    resume: { type: "boolean" },
  },
});
const [count, seed, workers] = [Number(values.count ?? 100), Number(values.seed ?? 1), Number(values.workers ?? 2)];
const document = path.join(root, "docs/contracts-mutants.md");
const explained: Record<string, string> = JSON.parse(
  readFileSync(path.join(root, "hardhat/mutants-explained.json"), "utf8"),
);
const settings = { viaIR: true, optimizer: { enabled: false }, evmVersion: "cancun" };
const outputs = ["evm.bytecode.object", "evm.deployedBytecode.object"];
const config = "hardhat/quick.config.ts";

/** Tests that need exact bytecode or say nothing of the contracts. */
const unfit = /^(abi|analysis|gas|layouts|natspec|prove|tether)\.test\.ts$/;
/** Which contracts are deployed by tests, and which tests look at each most closely. */
const deployed = {
  "contracts/Escrow.sol": "escrow pools settlement",
  "contracts/Staking.sol": "staking vaults disputes",
  "contracts/Settlement.sol": "settlement escrow disputes",
  "contracts/Disputes.sol": "disputes challenges auditors",
  "contracts/test/ProtocolHarness.sol": "vectors settlement escrow",
} as const;
type Deployed = keyof typeof deployed;

/** The sources that each deployed contract is made of. */
function closures(): Map<Deployed, Set<string>> {
  const closureOf = (name: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(name) || name.startsWith("@")) return seen;
    seen.add(name);
    for (const [, file] of readFileSync(path.join(root, name), "utf8").matchAll(/from "([^"]+)"/g)) {
      closureOf(file.startsWith(".") ? path.posix.join(path.posix.dirname(name), file) : file, seen);
    }
    return seen;
  };
  return new Map((Object.keys(deployed) as Deployed[]).map((name) => [name, closureOf(name)]));
}
const made = closures();
const madeOf = (source: string) => [...made].filter(([, parts]) => parts.has(source)).map(([name]) => name);

/** A copy of the project in which a worker breaks things. */
class Workplace {
  readonly folder: string;
  private artifacts = new Map<Deployed, string>();

  constructor(number: number) {
    this.folder = path.join(root, `.cache/mutate/${number}`);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    for (const folder of ["contracts", "hardhat", "tests/vectors"]) {
      const filter = (from: string) => !/hardhat\/(cache|artifacts)$/.test(from);
      cpSync(path.join(root, folder), path.join(this.folder, folder), { recursive: true, filter });
    }
    cpSync(path.join(root, "package.json"), path.join(this.folder, "package.json"));
    symlinkSync(path.join(root, "node_modules"), path.join(this.folder, "node_modules"));
  }

  artifactOf = (name: Deployed) =>
    path.join(this.folder, ".cache/quick/artifacts", name, `${path.basename(name, ".sol")}.json`);

  async build() {
    await this.run(["build", "--quiet"]);
    for (const name of made.keys()) this.artifacts.set(name, readFileSync(this.artifactOf(name), "utf8"));
  }

  /** Puts a mutant's bytecode in place. @returns false when it doesn't compile */
  put(mutant: Mutant): boolean {
    for (const name of madeOf(mutant.source)) {
      const own = (file: string) =>
        file === mutant.source ? mutant.content : readFileSync(path.join(root, file), "utf8");
      const sources = Object.fromEntries([...made.get(name)!].map((file) => [file, { content: own(file) }]));
      const contract = path.basename(name, ".sol");
      const output = compile(sources, { ...settings, outputSelection: { [name]: { [contract]: outputs } } });
      const evm = output.contracts?.[name]?.[contract]?.evm;
      if (!evm?.bytecode.object) return false;
      const artifact = JSON.parse(this.artifacts.get(name)!);
      artifact.bytecode = `0x${evm.bytecode.object}`;
      artifact.deployedBytecode = `0x${evm.deployedBytecode.object}`;
      writeFileSync(this.artifactOf(name), JSON.stringify(artifact));
    }
    writeFileSync(path.join(this.folder, mutant.source), mutant.content);
    return true;
  }

  restore(mutant: Mutant) {
    for (const name of madeOf(mutant.source)) writeFileSync(this.artifactOf(name), this.artifacts.get(name)!);
    cpSync(path.join(root, mutant.source), path.join(this.folder, mutant.source));
  }

  /** Runs Hardhat until a test fails. @returns the first test that failed */
  run(args: string[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      const child = spawn("hardhat", ["--config", config, ...args], { cwd: this.folder, detached: true });
      let [text, failed] = ["", undefined as string | undefined];
      const stop = (why: string) => {
        failed ??= why;
        try {
          process.kill(-child.pid!, "SIGKILL");
        } catch {} // it ended by itself
      };
      // A mutant may loop for ever.
      const clock = setTimeout(() => stop("it never ended"), 600_000);
      const read = (part: Buffer) => {
        text += part;
        const found = /^ +1\) (.+)$/m.exec(text);
        if (found) stop(found[1]);
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("close", (code) => {
        clearTimeout(clock);
        resolve(
          failed ??
            (code === 0
              ? undefined
              : `${
                  text
                    .trim()
                    .split("\n")
                    .find((line) => /error/i.test(line)) ?? "it broke off"
                }`),
        );
      });
    });
  }

  /** @returns the test that noticed the mutant, or that fails without one */
  async test(mutant?: Mutant): Promise<string | undefined> {
    const files = readdirSync(path.join(root, "hardhat/test")).filter(
      (name) => name.endsWith(".test.ts") && !unfit.test(name),
    );
    const first = (mutant ? madeOf(mutant.source) : []).flatMap((name) =>
      deployed[name].split(" ").map((test) => `${test}.test.ts`),
    );
    const relevant = [...new Set(first)].filter((name) => files.includes(name));
    const rest = files.filter((name) => !relevant.includes(name));
    for (const group of [relevant, rest].filter((names) => names.length > 0)) {
      const noticed = await this.run([
        "test",
        "nodejs",
        "--no-compile",
        ...group.map((name) => `hardhat/test/${name}`),
      ]);
      if (noticed) return noticed;
    }
    return this.run(["test", "solidity", "--test-profile", "coverage"]);
  }
}

type Result = Mutant & { noticed?: string };
const memory = path.join(root, ".cache/mutants.json");
/** Who noticed what, by place. */
const noticed: Record<string, string> =
  values.resume && existsSync(memory) ? JSON.parse(readFileSync(memory, "utf8")) : {};
const placeOf = (mutant: Mutant) => `${mutant.line} ${keyOf(mutant)}`;
const keyOf = ({ source, from, to }: Mutant) => `${source}: ${from} → ${to}`;

async function work(mutants: Mutant[], wanted: number): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...mutants];
  const began = Date.now();
  let running = 0;
  await Promise.all(
    Array.from({ length: workers }, async (_, number) => {
      const place = new Workplace(number);
      await place.build();
      // A test that fails anyway would notice every mutant.
      const broken = number === 0 ? await place.test() : undefined;
      if (broken) throw new Error(`without any change a test fails: ${broken}`);
      while (queue.length > 0 && results.length + running < wanted) {
        const mutant = queue.shift()!;
        running++;
        const before = noticed[placeOf(mutant)];
        // Whoever breaks what doesn't compile broke nothing.
        const by = before ? [before] : place.put(mutant) ? [await place.test(mutant)] : [];
        place.restore(mutant);
        running--;
        for (const test of by) results.push({ ...mutant, noticed: test });
        if (by[0]) writeFileSync(memory, JSON.stringify(Object.assign(noticed, { [placeOf(mutant)]: by[0] })));
        const [done, survivors] = [results.length, results.filter((result) => !result.noticed).length];
        const bar = "#".repeat(Math.round((30 * done) / wanted)).padEnd(30, ".");
        const left = Math.round((((Date.now() - began) / done) * (wanted - done)) / 60_000);
        process.stderr.write(`[${bar}] ${done} of ${wanted}, ${survivors} unnoticed, ${left} min left\n`);
        if (by.includes(undefined)) process.stderr.write(`unnoticed: ${keyOf(mutant)}\n`);
      }
    }),
  );
  return results;
}

const cell = (text: string) => text.replaceAll("|", "\\|");
const cut = (text: string) => (text.length > 100 ? `${text.slice(0, 97)}…` : text);

function render(results: Result[], all: number): string {
  const rows = results
    .toSorted((a, b) => a.source.localeCompare(b.source) || a.line - b.line || a.to.localeCompare(b.to))
    .map((result) => {
      const how = result.noticed
        ? cell(cut(result.noticed))
        : `**nobody**: ${explained[keyOf(result)] ?? "not explained"}`;
      const place = `${result.source.replace("contracts/", "")}:${result.line}`;
      return `| ${place} | ${result.rule} | \`${cell(cut(result.from))}\` → \`${cell(cut(result.to))}\` | ${how} |`;
    });
  const unnoticed = results.filter((result) => !result.noticed).length;
  return `# Broken contracts
Written by \`scripts/mutate --count ${count} --seed ${seed}\`: ${results.length} changes to the contracts, each by itself, and the first test that noticed it; ${unnoticed} went unnoticed. The rules of hardhat/lib/mutants.ts make ${all} changes, of which the seed picks; those about the order of effects are made by hand and always taken. A change that nobody notices must be explained in hardhat/mutants-explained.json, or the script fails.

| where | what | change | noticed by |
|---|---|---|---|
${rows.join("\n")}
`;
}

const { sources } = parse();
const [ruled, own] = [byRules(sources), handMade(sources)];
console.error(`${ruled.length} changes by rule, ${own.length} by hand; seed ${seed}`);
const results = await work([...own, ...shuffled(ruled, seed)], Math.min(count, ruled.length + own.length));
writeFileSync(document, render(results, ruled.length));
rmSync(path.join(root, ".cache/mutate"), { recursive: true, force: true });
const open = results.filter((result) => !result.noticed && !(keyOf(result) in explained));
for (const result of open) console.error(`unnoticed and not explained: ${keyOf(result)}`);
process.exit(open.length === 0 ? 0 : 1);
