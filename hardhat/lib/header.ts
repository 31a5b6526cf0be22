// The RLP encoding of a block's header, as the chain hashes it.
import { toRlp, trim, type Hex } from "viem";

type Block = Record<string, Hex | undefined>;

const integers = new Set(
  "difficulty number gasLimit gasUsed timestamp baseFeePerGas blobGasUsed excessBlobGas".split(" "),
);
// In the order of the header; those behind the nonce came with later forks, and a chain may lack the last ones.
const fields = (
  "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom difficulty number gasLimit gasUsed " +
  "timestamp extraData mixHash nonce baseFeePerGas withdrawalsRoot blobGasUsed excessBlobGas parentBeaconBlockRoot " +
  "requestsHash"
).split(" ");

const encoded = (name: string, value: Hex): Hex => {
  if (!integers.has(name)) return value;
  const digits = trim(`0x${value.slice(2).padStart(64, "0")}`);
  return digits === "0x00" ? "0x" : digits;
};

/** @param block as eth_getBlockByNumber gives it */
export const headerOf = (block: Block): Hex =>
  toRlp(fields.filter((name) => block[name] !== undefined).map((name) => encoded(name, block[name]!)));
