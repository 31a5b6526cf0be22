// The protocol's messages for viem: types, and sample values that tests and vectors share.
import { encodeAbiParameters, hashStruct, hashTypedData, keccak256, parseAbiParameters, toHex, type Hex } from "viem";

type Field = { readonly name: string; readonly type: string };
const fields = (text: string): readonly Field[] =>
  text.split(",").map((field) => {
    const [type, name] = field.split(" ");
    return { type, name };
  });

export const types = {
  Grant: fields("address payer,address spender,uint128 cap,uint64 validUntil,uint32 epoch"),
  Reserve: fields("address payer,address provider,uint128 amount,uint64 until"),
  Voucher: fields("address payer,address node,uint128 cumulative,bytes32 receipt"),
  Receipt: fields(
    "bytes32 requestId,address payer,address provider,uint64 sequence,bytes32 model,bytes32 request,bytes32 response," +
      "bytes32 sampling,bytes32 trace,uint32 promptTokens,uint32 cachedTokens,uint32 completionTokens," +
      "uint64 inputPrice,uint64 cachedPrice,uint64 outputPrice,uint128 fee,uint128 cumulative,uint64 startedAt," +
      "uint32 firstTokenMs,uint32 durationMs,uint8 status",
  ),
  Statement: fields("address provider,uint64 firstSequence,uint64 lastSequence,bytes32 root"),
  NodeKey: fields("address provider,address node"),
};
export type MessageType = keyof typeof types;
export type Message = Record<string, Hex | bigint | number>;

export type Domain = { name: "ProofMesh"; version: "1"; chainId: number; verifyingContract: Hex };
export const domainOf = (chainId: number, verifyingContract: Hex): Domain => ({
  name: "ProofMesh",
  version: "1",
  chainId,
  verifyingContract,
});

export const typeString = (type: MessageType) => `${type}(${types[type].map((f) => `${f.type} ${f.name}`).join(",")})`;
export const structHash = (type: MessageType, data: Message): Hex => hashStruct({ primaryType: type, types, data });
export const digestOf = (domain: Domain, type: MessageType, message: Message): Hex =>
  hashTypedData({ domain, types, primaryType: type, message } as Parameters<typeof hashTypedData>[0]);

export const domainSeparator = (domain: Domain): Hex =>
  keccak256(
    encodeAbiParameters(parseAbiParameters("bytes32, bytes32, bytes32, uint256, address"), [
      keccak256(toHex("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")),
      keccak256(toHex(domain.name)),
      keccak256(toHex(domain.version)),
      BigInt(domain.chainId),
      domain.verifyingContract,
    ]),
  );
