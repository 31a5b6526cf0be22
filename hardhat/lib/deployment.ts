// One rail on a chain of its own: token, contracts, and the wallets that tests act with.
import { network } from "hardhat";
import { getContractAddress, keccak256, stringToHex } from "viem";
import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";
import ProofMesh from "../ignition/modules/ProofMesh.ts";

export const usdt = (amount: number) => BigInt(Math.round(amount * 1_000_000));
export const day = 86_400n;

export const defaults = {
  unbondingPeriod: 7n * day,
  minimumStake: usdt(100),
  thawPeriod: day,
  disputeWindow: 3n * day,
  feeBasisPoints: 100,
  stakeMultiple: 1_000,
  penalty: usdt(100),
  challengeBond: usdt(200),
  auditorBond: usdt(500),
  phase: day,
};

export type Key = PrivateKeyAccount;
export const keyOf = (name: string): Key => privateKeyToAccount(keccak256(stringToHex(name)));

/** A fresh chain with token and contracts, deployed through Ignition. */
export async function deploy(changes: Partial<typeof defaults> = {}) {
  const connection = await network.create();
  const { viem, ignition } = connection;
  const [deployer, owner, treasury, ...wallets] = await viem.getWalletClients();
  const client = await viem.getPublicClient();
  const token = await viem.deployContract("TestTether", [usdt(1_000_000_000), "Tether USD", "USDT", 6]);
  const permit2 = await viem.deployContract("TestPermit2", []);
  const first = await client.getTransactionCount({ address: deployer.account.address });
  const predicted = (offset: number) =>
    getContractAddress({ from: deployer.account.address, nonce: BigInt(first + offset) });
  const parameters = {
    ...defaults,
    ...changes,
    token: token.address,
    permit2: permit2.address,
    owner: owner.account.address,
    treasury: treasury.account.address,
    settlement: predicted(2),
    disputes: predicted(3),
  };
  const contracts = await ignition.deploy(ProofMesh, { parameters: { ProofMesh: parameters } });
  return { connection, client, token, permit2, deployer, owner, treasury, wallets, ...contracts };
}
export type Rail = Awaited<ReturnType<typeof deploy>>;
