import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { network } from "hardhat";
import { sliceHex, zeroAddress, type Hex } from "viem";
import { split, sampleReceipt } from "../lib/market.ts";
import { structHash, types, type Message, type MessageType } from "../lib/messages.ts";
import { vectorFiles, vectorFolder } from "../vectors.ts";

const committed = (name: string) => readFileSync(new URL(name, vectorFolder), "utf8");
const read = (name: string) => JSON.parse(committed(name));

const { viem } = await network.create();
const harness = await viem.deployContract("ProtocolHarness");

/** The JSON form of a message, with the integers that viem wants. */
const parsed = (type: MessageType, message: Record<string, string | number>): Message =>
  Object.fromEntries(
    types[type].map(({ name, type: kind }) => [
      name,
      kind.startsWith("uint") && typeof message[name] === "string" ? BigInt(message[name]) : (message[name] as Hex),
    ]),
  );
const totals = (sums: Record<string, string>) => ({
  completed: BigInt(sums.completed),
  tokens: BigInt(sums.tokens),
  fees: BigInt(sums.fees),
  points: BigInt(sums.points),
});

describe("Shared vectors", () => {
  let files: Record<string, string>;
  before(async () => void (files = await vectorFiles()));

  it("are what scripts/vectors writes", () => {
    for (const [name, text] of Object.entries(files)) assert.equal(committed(name), text, name);
  });

  const { cases, domains } = read("typed-data.json");
  for (const { name, type, message, structHash: expected, digests } of cases) {
    it(`hash ${name} alike on chain`, async () => {
      const value = parsed(type, message);
      const hash =
        type === "NodeKey"
          ? await harness.read.hashNodeKey([value.provider as Hex, value.node as Hex])
          : await (harness.read as unknown as Record<string, (args: unknown[]) => Promise<Hex>>)[`hash${type}`]([
              value,
            ]);
      assert.equal(hash, expected);
      for (const domain of domains) {
        assert.equal(await harness.read.digest([domain.separator, expected]), digests[domain.name]);
      }
    });
  }

  const signatures = read("signatures.json");
  it("recover each signer on chain", async () => {
    for (const { signer, digest, signature } of signatures.cases) {
      const { address } = signatures.keys.find((key: { name: string }) => key.name === signer);
      assert.equal((await harness.read.signer([digest, split(signature)])).toLowerCase(), address);
      assert.equal(await harness.read.isSignedBy([address, digest, signature]), true);
    }
  });

  for (const { name, digest, signature } of signatures.refused) {
    it(`refuse a signature with ${name}`, async () => {
      const size = (signature.length - 2) / 2;
      if (size === 65) {
        const parts = {
          r: sliceHex(signature, 0, 32),
          s: sliceHex(signature, 32, 64),
          v: Number(sliceHex(signature, 64, 65)),
        };
        assert.equal(await harness.read.signer([digest, parts]), zeroAddress);
      }
      for (const { address } of signatures.keys) {
        assert.equal(await harness.read.isSignedBy([address, digest, signature]), false);
      }
      assert.equal(await harness.read.isSignedBy([zeroAddress, digest, signature]), false);
    });
  }

  for (const { name, receipt, structHash: expected, totals: sums, leaf } of read("receipts.json")) {
    it(`make the leaf of ${name} alike on chain`, async () => {
      const value = parsed("Receipt", receipt) as ReturnType<typeof sampleReceipt>;
      assert.equal(structHash("Receipt", value), expected);
      assert.deepEqual(await harness.read.totals([value]), totals(sums));
      assert.equal(await harness.read.leaf([expected, totals(sums)]), leaf);
    });
  }

  for (const tree of read("sum-trees.json").trees) {
    it(`prove ${tree.count} leaves on chain`, async () => {
      assert.equal(await harness.read.root([tree.top, totals(tree.totals)]), tree.root);
      assert.equal(await harness.read.depth([BigInt(tree.count)]), BigInt(tree.depth));
      for (const { index, leaf, proof } of tree.proofs) {
        const steps = proof.map((step: { hash: Hex; totals: Record<string, string> }) => ({
          hash: step.hash,
          totals: totals(step.totals),
        }));
        assert.equal(await harness.read.climb([leaf.hash, totals(leaf.totals), BigInt(index), steps]), tree.root);
      }
    });
  }

  const receipt = sampleReceipt(zeroAddress, zeroAddress, 1n);
  it("give the same points on chain over all boundaries", async () => {
    const cases: { points: number }[] = read("points.json");
    const found = await Promise.all(cases.map((c) => harness.read.points([{ ...receipt, ...c }])));
    assert.deepEqual(
      found,
      cases.map((c) => BigInt(c.points)),
    );
  });

  it("give the same fee on chain over all roundings", async () => {
    for (const c of read("fees.json")) {
      const prices = {
        inputPrice: BigInt(c.inputPrice),
        cachedPrice: BigInt(c.cachedPrice),
        outputPrice: BigInt(c.outputPrice),
      };
      assert.equal(
        await harness.read.fee([{ ...receipt, ...c, ...prices, fee: 0n }]),
        BigInt(c.fee),
        JSON.stringify(c),
      );
    }
  });
});
