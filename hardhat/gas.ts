import { openMarket, sampleReceipt } from "./lib/market.ts";
import { keyOf, usdt } from "./lib/deployment.ts";

const m = await openMarket();
const count = 50;
const keys = Array.from({ length: count }, (_, i) => keyOf(`payer ${i}`));
const spenders = Array.from({ length: count }, (_, i) => keyOf(`spender ${i}`));
for (const key of keys) await m.deposit(key.address, usdt(100));
await m.settle(await Promise.all(keys.map((k, i) => m.signedGrant(k, m.grant(k.address, spenders[i].address)))), []);
for (let round = 1; round <= 3; round++) {
  for (const [who, signers] of [
    ["payer", keys],
    ["spender", spenders],
  ] as const) {
    const claims = await Promise.all(
      keys.map((k, i) =>
        m.voucher(signers[i], k.address, m.node.address, BigInt(1_000_000 * round + (who === "payer" ? 0 : 500_123))),
      ),
    );
    const hash = await m.settle([], claims);
    const receipt = await m.client.getTransactionReceipt({ hash });
    console.log(round, who, receipt.gasUsed, Number(receipt.gasUsed) / count, receipt.logs.length);
  }
}
let seq = 1n;
for (let i = 0; i < 130; i++) {
  const receipts = [0, 1, 2].map(() => sampleReceipt(keys[0].address, m.provider.account.address, seq++));
  const { item } = await m.statement(m.node, receipts);
  if (i === 128) await m.networkHelpers.time.increase(4 * 86_400);
  const hash = await m.settle([], [], [item]);
  const receipt = await m.client.getTransactionReceipt({ hash });
  if (i < 3 || i > 126) console.log("statement", i, receipt.gasUsed, receipt.logs.length);
}
const items = [];
for (let i = 0; i < 20; i++) {
  const receipts = [0, 1, 2].map(() => sampleReceipt(keys[0].address, m.provider.account.address, seq++));
  items.push((await m.statement(m.node, receipts)).item);
}
for (const n of [1, 10]) {
  const receipt = await m.client.getTransactionReceipt({ hash: await m.settle([], [], items.splice(0, n)) });
  console.log("statements of one node", n, Number(receipt.gasUsed) / n, receipt.logs.length);
}
if (process.env.TRACE) {
  const claims = await Promise.all(keys.map((k, i) => m.voucher(spenders[i], k.address, m.node.address, 9_000_000n)));
  const hash = await m.settle([], claims);
  const trace: any = await m.connection.provider.request({
    method: "debug_traceTransaction",
    params: [hash, { disableStorage: true, disableMemory: true, disableStack: true }],
  });
  const sum: Record<string, [number, number]> = {};
  const byPc: Record<string, number> = {};
  for (const l of trace.structLogs) {
    const e = (sum[l.op] ??= [0, 0]);
    e[0]++;
    e[1] += l.gasCost;
  }
  console.log(
    Object.entries(sum)
      .sort((a, b) => b[1][1] - a[1][1])
      .slice(0, 40)
      .map(([op, [n, g]]) => `${op} ${n / 50} ${g / 50}`)
      .join("\n"),
  );
}
