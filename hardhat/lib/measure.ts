// Gas and new storage slots of the calls that people make, on a chain of its own.
import { encodeAbiParameters, keccak256, parseAbiParameters, type Hex } from "viem";
import { day, keyOf, usdt, type Key, type Rail } from "./deployment.ts";
import { headerOf } from "./header.ts";
import { none, openMarket, sampleReceipt, totalsOf, type Market, type SignedVoucher } from "./market.ts";
import { structHash } from "./messages.ts";
import { repriced, type Step } from "./repriced.ts";
import { leafOf, levelsOf, noTotals, proofOf, rootOf } from "./sum-tree.ts";

/**
 * `items` is how many claims or statements the call held; `newSlots` how many storage slots it created; `later` what it
 * costs under the prices announced for Glamsterdam.
 */
export type Row = { group: string; name: string; gas: number; items: number; newSlots: number; later: number };

/** What a transaction costs, from its trace. */
export async function costOf(
  connection: Rail["connection"],
  hash: Hex,
): Promise<Pick<Row, "gas" | "newSlots" | "later">> {
  const client = await connection.viem.getPublicClient();
  const [receipt, { input }] = await Promise.all([
    client.getTransactionReceipt({ hash }),
    client.getTransaction({ hash }),
  ]);
  const options = { disableStorage: true, disableMemory: true, disableStack: true };
  const trace = { method: "debug_traceTransaction", params: [hash, options] };
  const { structLogs } = (await connection.provider.request(trace)) as { structLogs: Step[] };
  const gas = Number(receipt.gasUsed);
  // An SSTORE that turns zero into something costs 20,000 at least, one that changes a slot 5,000 at most.
  const newSlots = structLogs.filter(({ op, gasCost }) => op === "SSTORE" && gasCost >= 20_000).length;
  return { gas, newSlots, later: repriced(structLogs, gas, input) };
}

export async function measure(): Promise<Row[]> {
  const rows: Row[] = [];
  const m = await openMarket();
  const record = async (group: string, name: string, call: Promise<Hex>, items = 1) => {
    rows.push({ group, name, items, ...(await costOf(m.connection, await call)) });
  };
  await measureWallets(m, record);
  await measurePools(m, record);
  await measureVaults(m, record);
  await measureClaims(m, record);
  await measureStatements(m, record);
  await measureDisputes(m, record);
  return rows;
}

type Record = (group: string, name: string, call: Promise<Hex>, items?: number) => Promise<void>;

async function measureWallets(m: Market, record: Record) {
  const { escrow, staking, payer, provider, networkHelpers } = m;
  const as = (wallet: typeof payer) => ({ account: wallet.account });
  const me = payer.account.address;
  await m.fund(payer, escrow.address, usdt(1_000));
  await record("Payer", "deposit, the first", escrow.write.deposit([usdt(100)], as(payer)));
  await record("Payer", "deposit, again", escrow.write.deposit([usdt(100)], as(payer)));
  await record("Payer", "thaw, the first", escrow.write.thaw([usdt(20)], as(payer)));
  await record("Payer", "thaw, a second under way", escrow.write.thaw([usdt(20)], as(payer)));
  await networkHelpers.time.increase(day);
  await record("Payer", "withdraw two thaws", escrow.write.withdraw([me], as(payer)));
  await escrow.write.thaw([usdt(20)], as(payer));
  await record("Payer", "cancel a thaw", escrow.write.cancelThaw(as(payer)));
  await record("Payer", "revoke all grants", escrow.write.revokeGrants(as(payer)));

  const key = keyOf("a reserving key");
  await m.deposit(key.address, usdt(100));
  const until = BigInt(await networkHelpers.time.latest()) + day;
  const reserve = { payer: key.address, provider: provider.account.address, amount: usdt(5), until };
  const signature = await m.signSplit(key, "Reserve", reserve);
  await record("Payer", "reserve for a provider", m.settlement.write.reserve([reserve, signature]));
  const grant = await m.signedGrant(key, m.grant(key.address, keyOf("a spender").address));
  await record("Payer", "register a grant", m.settle([grant], []));

  await m.settle([], [await m.voucher(key, key.address, m.node.address, usdt(50))]);
  await record("Provider", "collect", escrow.write.collect([me, usdt(10)], as(provider)));
  await record("Provider", "recycle, the first", escrow.write.recycle([usdt(10)], as(provider)));
  await record("Provider", "recycle, again", escrow.write.recycle([usdt(10)], as(provider)));
  await m.fund(provider, staking.address, usdt(100));
  await record("Provider", "stake, again", staking.write.stake([usdt(100)], as(provider)));
  await record("Provider", "unstake, the first", staking.write.unstake([usdt(50)], as(provider)));
  await networkHelpers.time.increase(7n * day);
  await record("Provider", "withdraw stake", staking.write.withdraw([me], as(provider)));
  const node = keyOf("a measured node");
  const proof = await m.possession(node, provider.account.address);
  await record("Provider", "add a node", staking.write.addNode([node.address, proof], as(provider)));
  const words = ["https://node.example", '{"tiny":[150000,15000,600000]}'] as const;
  await record("Provider", "announce", staking.write.announce(words, as(provider)));
}

async function measurePools(m: Market, record: Record) {
  const { escrow, networkHelpers } = m;
  const [provider, ...workers] = [3, 4, 15, 16].map((i) => m.wallets[i]);
  const address = provider.account.address;
  const as = (wallet: typeof provider) => ({ account: wallet.account });
  const shares = workers.map((wallet, i) => ({
    wallet: wallet.account.address,
    basisPoints: [5_000, 3_000, 2_000][i],
  }));
  const node = keyOf("a node with a pool");
  await m.stake(provider, usdt(1_000));
  await m.addNode(provider, node);
  const key = keyOf("who pays a pool");
  await m.deposit(key.address, usdt(100));
  const earn = async (cumulative: number) =>
    m.settle([], [await m.voucher(key, key.address, node.address, usdt(cumulative))]);
  await earn(10);
  await record("Pools", "propose three members", escrow.write.proposePool([shares], as(provider)));
  const [pool] = await escrow.read.proposedPoolOf([address]);
  await record("Pools", "accept a share", escrow.write.acceptPool([address, pool], as(workers[0])));
  for (const worker of workers.slice(1)) await escrow.write.acceptPool([address, pool], as(worker));
  await networkHelpers.time.increase(2n * day);
  await record("Pools", "apply three members, the first pool", escrow.write.applyPool([address, shares]));
  await earn(20);
  await record("Pools", "divide among three, the first time", escrow.write.divide([address]));
  await earn(30);
  await record("Pools", "divide among three, again", escrow.write.divide([address]));
  const mine = escrow.write.collect([workers[0].account.address, usdt(1)], as(workers[0]));
  await record("Pools", "collect, a member the first time", mine);
}

async function measureVaults(m: Market, record: Record) {
  const { staking, networkHelpers } = m;
  const provider = m.wallets[3];
  const as = { account: provider.account };
  const vault = await m.connection.viem.deployContract("TestVault", [m.token.address]);
  await staking.write.proposeVault([vault.address], { account: m.owner.account });
  await networkHelpers.time.increase(2n * day);
  await record("Vaults", "enter a vault", staking.write.enterVault([1, 0n], as));
  await record("Vaults", "unstake from it", staking.write.unstake([usdt(50)], as));
  await networkHelpers.time.increase(7n * day);
  await record("Vaults", "withdraw from it", staking.write.withdraw([provider.account.address], as));
  const key = keyOf("who pays a provider in a vault");
  await m.deposit(key.address, usdt(100));
  const node = keyOf("a node with a pool").address;
  await m.settle([], [await m.voucher(key, key.address, node, usdt(1))]);
  const claim = m.settle([], [await m.voucher(key, key.address, node, usdt(2))]);
  await record("Vaults", "1 of a warm pair, by the payer, stake in a vault", claim);
  await record("Vaults", "leave a vault", staking.write.leaveVault([0n], as));
}

async function measureClaims(m: Market, record: Record) {
  const keys = Array.from({ length: 200 }, (_, i) => keyOf(`payer ${i}`));
  const spenders = keys.map((_, i) => keyOf(`spender ${i}`));
  for (const key of keys) await m.deposit(key.address, usdt(100));
  for (let i = 0; i < keys.length; i += 50) {
    const grants = keys.slice(i, i + 50).map((key, k) => {
      return m.signedGrant(key, m.grant(key.address, spenders[i + k].address));
    });
    await m.settle(await Promise.all(grants), []);
  }
  let round = 0n;
  const claims = (signers: Key[], count: number, nodes: Key[] = [m.node]): Promise<SignedVoucher[]> => {
    round += 1n;
    const cumulative = 1_000_000n * round + 234_567n;
    return Promise.all(
      signers.slice(0, count).map((signer, i) => {
        return m.voucher(signer, keys[i].address, nodes[i % nodes.length].address, cumulative);
      }),
    );
  };
  for (const count of [1, 10, 50, 200]) {
    const cold = keyOf(`a node for ${count}`);
    await m.addNode(m.provider, cold);
    await record(
      "Claims",
      `${count} of new pairs, by the payer`,
      m.settle([], await claims(keys, count, [cold])),
      count,
    );
  }
  await m.settle([], await claims(keys, 200));
  for (const count of [1, 10, 50, 200]) {
    await record("Claims", `${count} of warm pairs, by the payer`, m.settle([], await claims(keys, count)), count);
    await record("Claims", `${count} of warm pairs, by a spender`, m.settle([], await claims(spenders, count)), count);
  }
  const nodes = Array.from({ length: 10 }, (_, i) => keyOf(`one of ten nodes ${i}`));
  for (const node of nodes) await m.addNode(m.provider, node);
  await m.settle([], await claims(keys, 50, nodes));
  await record(
    "Claims",
    "50 of warm pairs at ten nodes, by a spender",
    m.settle([], await claims(spenders, 50, nodes)),
    50,
  );
}

async function measureStatements(m: Market, record: Record) {
  const providers = m.wallets.slice(5, 15);
  const nodes = providers.map((_, i) => keyOf(`a stating node ${i}`));
  for (const [i, provider] of providers.entries()) {
    await m.stake(provider, usdt(1_000));
    await m.addNode(provider, nodes[i]);
  }
  const sequences = nodes.map(() => 1n);
  const next = async (i: number) => {
    const first = sequences[i];
    sequences[i] += 2n;
    const receipts = [first, first + 1n].map((sequence) =>
      sampleReceipt(keyOf("payer 0").address, providers[i].account.address, sequence),
    );
    return (await m.statement(nodes[i], receipts)).item;
  };
  await record("Statements", "1, the first of a node", m.settle([], [], [await next(0)]));
  await record("Statements", "1, while the ring fills", m.settle([], [], [await next(0)]));
  for (const i of nodes.keys()) {
    for (let k = i === 0 ? 2 : 0; k < 128; k += 42) {
      const items = [];
      for (let j = k; j < Math.min(k + 42, 128); j++) items.push(await next(i));
      await m.settle([], [], items);
    }
  }
  await m.networkHelpers.time.increase(4n * day);
  await record("Statements", "1, ring full", m.settle([], [], [await next(0)]));
  const several = await Promise.all(nodes.map((_, i) => next(i)));
  await record("Statements", "10 of ten providers, ring full", m.settle([], [], several), 10);
  const ten = [];
  for (let i = 0; i < 10; i++) ten.push(await next(0));
  await record("Statements", "10 of one node, ring full", m.settle([], [], ten), 10);
}

async function measureDisputes(m: Market, record: Record) {
  const [payer, provider] = [keyOf("payer 0").address, m.provider.account.address];
  const node = keyOf("a disputed node");
  await m.addNode(m.provider, node);
  const make = async (sequence: bigint, changes: object = {}) => {
    const receipt = { ...sampleReceipt(payer, provider, sequence), ...changes };
    return [receipt, await m.signReceipt(node, receipt)] as const;
  };
  const report = async (name: string, functionName: string, args: unknown[]) =>
    record("Disputes", name, m.report(functionName, args));
  const bad = await make(9n, { fee: 1n });
  const announced = m.commitmentOf("reportReceipt", [...bad]);
  await record("Disputes", "announce a report", m.disputes.write.commitReport([announced]));
  const pair = [...(await make(9n)), ...(await make(9n, { durationMs: 1 }))];
  await report("two receipts for one sequence, the first of a provider", "reportReceipts", pair);
  await report("a receipt with a wrong fee", "reportReceipt", [...bad]);
  const sign = async (firstSequence: bigint, lastSequence: bigint, root: Hex = none) => {
    const message = { provider, firstSequence, lastSequence, root };
    return [message, await m.signSplit(node, "Statement", message)] as const;
  };
  await report("two statements for one sequence", "reportStatements", [
    ...(await sign(900n, 910n)),
    ...(await sign(905n, 920n)),
  ]);

  // A tree of 1,000 receipts that lies in a leaf, in an inner node and in its padding.
  const receipts = Array.from({ length: 1_000 }, (_, i) => sampleReceipt(payer, provider, BigInt(i + 1)));
  const leaves = receipts.map((receipt) => leafOf(structHash("Receipt", receipt), totalsOf(receipt)));
  leaves[500] = leafOf(none, totalsOf(receipts[500]));
  leaves.push({ hash: none, totals: { ...noTotals, points: 1n } });
  const levels = levelsOf(leaves);
  levels[1][0] = { ...levels[1][0], totals: { ...levels[1][0].totals, tokens: 1n } };
  for (let level = 2; level < levels.length; level++) {
    levels[level][0] = levelsOf(levels[level - 1].slice(0, 2))[1][0];
  }
  const top = levels.at(-1)![0];
  const [statement, signature] = await sign(1n, 1_000n, rootOf(top));
  await m.settle([], [], [{ statement, totals: top.totals, top: top.hash, signature }]);
  const receipt = await make(501n);
  const leaf = [...receipt, statement, leaves[500], proofOf(levels, 500)];
  await report("a wrong leaf of 1,000", "reportLeaf", leaf);
  const sum = [node.address, statement, levels[1][0].totals, levels[0][0], levels[0][1], 0n];
  await report("a wrong sum under 1,000", "reportSum", [...sum, proofOf(levels.slice(1), 0)]);
  const padding = [node.address, statement, levels[0][1_000], 1_000n, proofOf(levels, 1_000)];
  await report("padding behind 1,000 that isn't empty", "reportPadding", padding);
  await measureChallenge(m, record);
}

async function measureChallenge(m: Market, record: Record) {
  const { disputes, networkHelpers, provider } = m;
  const payer = keyOf("payer 0").address;
  const auditors = [...m.wallets.slice(5, 10)];
  const [challenger] = m.wallets;
  const as = (wallet: typeof challenger) => ({ account: wallet.account });
  for (const [i, wallet] of auditors.entries()) {
    await m.fund(wallet, disputes.address, usdt(500));
    const call = disputes.write.enroll([usdt(500)], as(wallet));
    if (i === 1) await record("Challenges", "enroll as an auditor", call);
    else await call;
  }
  const node = keyOf("a challenged node");
  await m.addNode(provider, node);
  const receipts = Array.from({ length: 1_000 }, (_, i) =>
    sampleReceipt(payer, provider.account.address, BigInt(i + 1)),
  );
  const { item, proofs } = await m.statement(node, receipts);
  await m.settle([], [], [item]);
  const evidence = `0x${"11".repeat(32)}` as const;
  const open = async (index: number) => {
    await m.fund(challenger, disputes.address, usdt(200));
    const signature = await m.signReceipt(node, receipts[index]);
    const place = "https://evidence.example/0123456789abcdef";
    const args = [receipts[index], signature, item.statement, proofs[index], usdt(200), evidence, place];
    return m.report("challenge", args, challenger);
  };
  const salt = `0x${"22".repeat(32)}` as const;
  for (const [id, convict, what] of [
    [1n, false, "resolve, acquitted by five"],
    [2n, true, "resolve, convicted by five"],
  ] as const) {
    const measured = id === 2n;
    const note = async (name: string, call: Promise<Hex>) =>
      void (measured ? await record("Challenges", name, call) : await call);
    await note("challenge one receipt of 1,000", open(Number(id)));
    await note("answer", disputes.write.answer([id, evidence, "https://evidence.example/answer"], as(provider)));
    await networkHelpers.mine(33);
    const { seedBlock, openedAt } = await disputes.read.challengeOf([id]);
    const block = await m.connection.provider.request({
      method: "eth_getBlockByNumber",
      params: [`0x${seedBlock.toString(16)}`, false],
    });
    await note("draw the seed", disputes.write.drawSeed([id, headerOf(block as { [field: string]: Hex })]));
    for (const [i, wallet] of auditors.entries()) {
      const call = disputes.write.nominate([id, wallet.account.address]);
      if (i === 4) await note("nominate the fifth auditor", call);
      else await call;
    }
    for (const [phase, verb] of ["commit", "reveal"].entries()) {
      await networkHelpers.time.increaseTo(openedAt + BigInt(phase + 1) * day);
      for (const [i, wallet] of auditors.entries()) {
        const fields = [id, wallet.account.address, convict, salt] as const;
        const commitment = keccak256(
          encodeAbiParameters(parseAbiParameters("uint256, address, bool, bytes32"), fields),
        );
        const call =
          verb === "commit"
            ? disputes.write.commitVote([id, commitment], as(wallet))
            : disputes.write.revealVote([id, convict, salt], as(wallet));
        if (i === 4) await note(`${verb} a vote`, call);
        else await call;
      }
    }
    await record("Challenges", what, disputes.write.resolve([id]));
  }
  const [one] = auditors;
  const me = one.account.address;
  await record("Challenges", "collect credit", disputes.write.collectCredit([me], as(one)));
  await record("Challenges", "retire", disputes.write.retire(as(one)));
  await record("Challenges", "withdraw a bond", disputes.write.withdrawBond([me], as(one)));
}
