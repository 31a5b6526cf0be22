import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { abiFile, committedPath, committedTestPath, contracts, testFile, testNames } from "../abi.ts";

describe("contracts/abi", () => {
  for (const name of contracts) {
    it(`holds what ${name} compiles to (else run scripts/abi)`, () => {
      assert.equal(readFileSync(committedPath(name), "utf8"), abiFile(name));
    });
  }
});

describe("tests/Testing", () => {
  for (const name of testNames) {
    it(`holds what ${name} compiles to (else run scripts/abi)`, () => {
      assert.equal(readFileSync(committedTestPath(name), "utf8"), testFile(name));
    });
  }
});
