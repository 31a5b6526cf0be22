import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { breakModel, broken, models, prove, source } from "../prove.ts";

describe("The solvency proof", () => {
  it("is unknown, not safe, when nothing was asserted", () => {
    const empty = source.replace(/assert\([^;]*;/g, "");
    assert.equal(prove("Money", empty), "unknown");
  });
  for (const change of broken) {
    it(`refutes ${change[0]} with ${change[2].replaceAll(/\s+/g, " ")}`, () =>
      assert.equal(prove(change[0], breakModel(change)), "refuted"));
  }
  for (const model of models) it(`holds for ${model}`, () => assert.equal(prove(model), "safe"));
});
