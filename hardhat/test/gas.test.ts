import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { committedGas, missed } from "../gas.ts";
import { measure, type Row } from "../lib/measure.ts";

describe("Gas", () => {
  let rows: Row[];
  before(async () => void (rows = await measure()));

  it("stands in docs/gas.md for each call, and has not risen by more than 1 %", () => {
    const committed = committedGas();
    assert.deepEqual(
      [...committed.keys()],
      rows.map((row) => row.name),
      "run scripts/gas",
    );
    for (const { name, gas } of rows) {
      const before = committed.get(name)!;
      assert.ok(gas <= before * 1.01, `${name}: ${before} → ${gas}`);
      assert.ok(gas >= before * 0.97, `${name} fell from ${before} to ${gas}: run scripts/gas`);
    }
  });
  it("keeps its goals", () => assert.deepEqual(missed(rows), []));
  it("of settling in steady state creates no storage slot", () => {
    const steady = rows.filter(({ name }) => /warm pairs|ring full/.test(name));
    assert.equal(steady.length, 12);
    for (const { name, newSlots } of steady) assert.equal(newSlots, 0, name);
  });
});
