// Writes contracts/abi/*.json (ABI and bytecode, for those who deploy without Hardhat) from the compiled contracts.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

export const contracts = ["Escrow", "Staking", "Settlement", "Disputes", "TestTether"] as const;

/** What tests of other languages deploy; never shipped. By the file in contracts/test. */
export const testContracts = {
  TestVault: "TestVault.sol",
  TestWallet: "Wallets.sol",
  HostileWallet: "Wallets.sol",
} as const;

const root = new URL("..", import.meta.url);
const sourceOf = (name: string) => (name.startsWith("Test") ? `contracts/test/${name}.sol` : `contracts/${name}.sol`);

export const committedPath = (name: string) => new URL(`contracts/abi/${name}.json`, root);

/** What contracts/abi/NAME.json must hold. */
export function abiFile(name: string): string {
  const artifact = JSON.parse(readFileSync(new URL(`hardhat/artifacts/${sourceOf(name)}/${name}.json`, root), "utf8"));
  const { contractName, abi, bytecode } = artifact;
  const lines = abi.map((entry: object) => `    ${JSON.stringify(entry)}`).join(",\n");
  return `{\n  "contractName": "${contractName}",\n  "abi": [\n${lines}\n  ],\n  "bytecode": "${bytecode}"\n}\n`;
}

export const committedTestPath = (name: string) => new URL(`tests/Testing/${name}.json`, root);

/** What tests/Testing/NAME.json must hold. */
export function testFile(name: keyof typeof testContracts): string {
  const path = `hardhat/artifacts/contracts/test/${testContracts[name]}/${name}.json`;
  const { contractName, bytecode } = JSON.parse(readFileSync(new URL(path, root), "utf8"));
  return `${JSON.stringify({ contractName, bytecode }, null, 2)}\n`;
}

export const testNames = Object.keys(testContracts) as (keyof typeof testContracts)[];

if (import.meta.main) {
  mkdirSync(new URL("contracts/abi/", root), { recursive: true });
  for (const name of contracts) writeFileSync(committedPath(name), abiFile(name));
  for (const name of testNames) writeFileSync(committedTestPath(name), testFile(name));
}
