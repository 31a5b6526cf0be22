import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { abiFile, committedPath, contracts } from "../abi.ts";

describe("contracts/abi", () => {
  for (const name of contracts) {
    it(`holds what ${name} compiles to (else run scripts/abi)`, () => {
      assert.equal(readFileSync(committedPath(name), "utf8"), abiFile(name));
    });
  }
});
