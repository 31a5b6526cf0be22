// A rail with people on it: what tests do again and again, in the words of the protocol.
import {
  encodeAbiParameters,
  encodeFunctionData,
  getAbiItem,
  keccak256,
  parseAbiParameters,
  parseEventLogs,
  parseSignature,
  toFunctionSelector,
} from "viem";
import type { Abi, AbiFunction, Hex } from "viem";
import { deploy, keyOf, usdt, type Key, type Rail } from "./deployment.ts";
import { digestOf, domainOf, structHash, types, type Domain, type Message, type MessageType } from "./messages.ts";
import { leafOf, levelsOf, proofOf, rootOf, type Totals } from "./sum-tree.ts";
import { pointsOf } from "./pricing.ts";

export type Rsv = { r: Hex; s: Hex; v: number };
export type Grant = { payer: Hex; spender: Hex; cap: bigint; validUntil: bigint; epoch: number };
export type Voucher = { payer: Hex; node: Hex; cumulative: bigint; receipt: Hex };
export type SignedVoucher = Voucher & { signature: Rsv };
export type Statement = { provider: Hex; firstSequence: bigint; lastSequence: bigint; root: Hex };
export type Receipt = ReturnType<typeof sampleReceipt>;
type Wallet = Rail["wallets"][number];

export const none: Hex = `0x${"00".repeat(32)}`;
export const split = (signature: Hex): Rsv => {
  const { r, s, v } = parseSignature(signature);
  return { r, s, v: Number(v) };
};

export const sampleReceipt = (payer: Hex, provider: Hex, sequence: bigint) => ({
  requestId: structHash("NodeKey", { provider: payer, node: provider }),
  payer,
  provider,
  sequence,
  model: none,
  request: none,
  response: none,
  sampling: none,
  trace: none,
  promptTokens: 57 + Number(sequence % 7n),
  cachedTokens: 0,
  completionTokens: 0,
  inputPrice: 150_000n,
  cachedPrice: 15_000n,
  outputPrice: 600_000n,
  fee: 0n,
  cumulative: 0n,
  startedAt: 1_760_000_000_000n,
  firstTokenMs: 90,
  durationMs: 1_400,
  status: 0,
});

export const totalsOf = (receipt: Receipt): Totals => ({
  completed: receipt.status <= 1 ? 1n : 0n,
  tokens: BigInt(receipt.promptTokens + receipt.completionTokens),
  fees: receipt.fee,
  points: BigInt(pointsOf(receipt)),
});

/** Vouchers in the order they come, those of one node in a group. */
export const byNode = (claims: SignedVoucher[]) => {
  const groups = new Map<Hex, SignedVoucher[]>();
  for (const claim of claims) groups.set(claim.node, [...(groups.get(claim.node) ?? []), claim]);
  return [...groups].map(([node, list]) => ({ node, claims: list }));
};

export async function openMarket(...changes: Parameters<typeof deploy>) {
  const rail = await deploy(...changes);
  const { token, escrow, staking, settlement, connection } = rail;
  const { networkHelpers } = connection;
  const domain = domainOf(31337, settlement.address);
  const [anyone, provider, payer] = rail.wallets;

  const sign = async (key: Key, type: MessageType, message: Message, under: Domain = domain) =>
    key.signTypedData({ domain: under, types, primaryType: type, message } as Parameters<Key["signTypedData"]>[0]);

  const signSplit = async (key: Key, type: MessageType, message: Message) => split(await sign(key, type, message));

  /** Gives tokens to a wallet and lets a contract take them. */
  const fund = async (wallet: Wallet, spender: Hex, amount: bigint) => {
    await token.write.transfer([wallet.account.address, amount]);
    if (amount !== 0n) await token.write.approve([spender, 0n], { account: wallet.account });
    await token.write.approve([spender, amount], { account: wallet.account });
  };

  const deposit = async (account: Hex, amount: bigint) => {
    await fund(anyone, escrow.address, amount);
    await escrow.write.depositFor([account, amount], { account: anyone.account });
  };

  const stake = async (wallet: Wallet, amount: bigint) => {
    await fund(wallet, staking.address, amount);
    await staking.write.stake([amount], { account: wallet.account });
  };

  const possession = async (node: Key, owner: Hex) =>
    split(await sign(node, "NodeKey", { provider: owner, node: node.address }, domainOf(31337, staking.address)));

  const addNode = async (wallet: Wallet, node: Key) =>
    staking.write.addNode([node.address, await possession(node, wallet.account.address)], { account: wallet.account });

  const grant = (payerAddress: Hex, spender: Hex, changes: Partial<Grant> = {}): Grant => ({
    payer: payerAddress,
    spender,
    cap: usdt(1_000),
    validUntil: 4_000_000_000n,
    epoch: 0,
    ...changes,
  });
  const signedGrant = async (key: Key, message: Grant) => ({
    grant: message,
    signature: await sign(key, "Grant", message),
  });
  const voucher = async (key: Key, payerAddress: Hex, node: Hex, cumulative: bigint, receipt: Hex = none) => {
    const message: Voucher = { payer: payerAddress, node, cumulative, receipt };
    return { ...message, signature: split(await sign(key, "Voucher", message)) };
  };

  /** A statement over receipts, and the proof of each. */
  const statement = async (node: Key, receipts: Receipt[]) => {
    const levels = levelsOf(receipts.map((receipt) => leafOf(structHash("Receipt", receipt), totalsOf(receipt))));
    const top = levels.at(-1)![0];
    const message: Statement = {
      provider: receipts[0].provider,
      firstSequence: receipts[0].sequence,
      lastSequence: receipts.at(-1)!.sequence,
      root: rootOf(top),
    };
    const signature = split(await sign(node, "Statement", message));
    return {
      item: { statement: message, totals: top.totals, top: top.hash, signature },
      proofs: receipts.map((_, index) => proofOf(levels, index)),
    };
  };
  const signReceipt = async (node: Key, receipt: Receipt) => split(await sign(node, "Receipt", receipt));

  const settle = (
    grants: Awaited<ReturnType<typeof signedGrant>>[],
    claims: SignedVoucher[],
    statements: Awaited<ReturnType<typeof statement>>["item"][] = [],
  ) => settlement.write.settle([grants, byNode(claims), statements], { account: anyone.account });

  /** What Escrow, Staking and Settlement said in a transaction: `[name, args]` of each event. */
  const eventsOf = async (hash: Hex): Promise<[string, Record<string, any>][]> => {
    const { logs } = await rail.client.getTransactionReceipt({ hash });
    const abi = [...escrow.abi, ...staking.abi, ...settlement.abi, ...rail.disputes.abi].filter(
      (entry) => entry.type === "event",
    );
    return parseEventLogs({ abi, logs }).map((log) => [log.eventName, log.args as Record<string, any>]);
  };
  const refuses = (call: Promise<unknown>, contract: { address: Hex }, error: string, args: unknown[]) =>
    connection.viem.assertions.revertWithCustomErrorWithArgs(
      call as Promise<Hex>,
      contract as Parameters<typeof connection.viem.assertions.revertWithCustomErrorWithArgs>[1],
      error as never,
      args as never,
    );

  /** What `commitReport` announces for a call of Disputes. */
  const commitmentOf = (functionName: string, args: unknown[], wallet: Wallet = anyone): Hex => {
    const data = encodeFunctionData({ abi: rail.disputes.abi as Abi, functionName, args });
    return keccak256(
      encodeAbiParameters(parseAbiParameters("address, bytes32"), [wallet.account.address, keccak256(data)]),
    );
  };
  /** Announces a report, and sends it as soon as it may come. */
  const report = async (functionName: string, args: unknown[], wallet: Wallet = anyone): Promise<Hex> => {
    const { disputes } = rail;
    await disputes.write.commitReport([commitmentOf(functionName, args, wallet)], { account: wallet.account });
    await networkHelpers.mine(4);
    const verbs = disputes.write as unknown as Record<string, (args: unknown[], options: object) => Promise<Hex>>;
    return verbs[functionName](args, { account: wallet.account });
  };

  /** A provider with a stake and one node. */
  const node = keyOf("a node");
  await stake(provider, usdt(10_000));
  await addNode(provider, node);

  return {
    ...rail,
    ...{ networkHelpers, domain, anyone, provider, payer, node },
    ...{ eventsOf, refuses, commitmentOf, report },
    ...{
      sign,
      signSplit,
      fund,
      deposit,
      stake,
      possession,
      addNode,
      grant,
      signedGrant,
      voucher,
      statement,
      signReceipt,
      settle,
    },
    selectorOf: (name: string) => toFunctionSelector(getAbiItem({ abi: settlement.abi as Abi, name }) as AbiFunction),
    digest: (type: MessageType, message: Message) => digestOf(domain, type, message),
  };
}
export type Market = Awaited<ReturnType<typeof openMarket>>;
