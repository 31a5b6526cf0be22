import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { committedGas, committedLayouts, missed } from "../gas.ts";
import { measureLayouts } from "../lib/layouts.ts";
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
    for (const row of rows) {
      const [gas, later] = committed.get(row.name)!;
      for (const [before, now, when] of [
        [gas, row.gas, "today"],
        [later, row.later, "under Glamsterdam"],
      ] as const) {
        assert.ok(now <= before * 1.01, `${row.name} ${when}: ${before} → ${now}`);
        assert.ok(now >= before * 0.97, `${row.name} ${when} fell from ${before} to ${now}: run scripts/gas`);
      }
    }
  });
  it("of four storage layouts stands there too, and ours is the cheapest to pay again", async () => {
    const layouts = await measureLayouts();
    assert.ok(committedLayouts(layouts), "run scripts/gas");
    const [ours, ...others] = layouts.map(({ again: [gas] }) => gas);
    assert.ok(others.every((gas) => gas > ours));
  });
  it("keeps its goals", () => assert.deepEqual(missed(rows), []));
  it("of settling in steady state creates no storage slot", () => {
    const steady = rows.filter(({ name }) => /warm pairs|ring full/.test(name));
    assert.equal(steady.length, 12);
    for (const { name, newSlots } of steady) assert.equal(newSlots, 0, name);
  });
});
