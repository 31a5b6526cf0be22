// What viem makes of each case: JSON lines in, a JSON line out for each, in their order.
import { createInterface } from "node:readline";
import {
  encodeAbiParameters, getAddress, getContractAddress, hashMessage, hashTypedData, keccak256, parseAbiParameters,
  recoverAddress, recoverTransactionAddress, serializeTransaction, toRlp,
} from "viem";
import { mnemonicToAccount, privateKeyToAccount, privateKeyToAddress, sign } from "viem/accounts";

const isInteger = (type) => /^u?int\d*$/.test(type);

// Integers travel as decimal text.
function revive(parameter, value) {
  const array = /^(.*)\[\d*\]$/.exec(parameter.type);
  if (array) return value.map((item) => revive({ ...parameter, type: array[1] }, item));
  if (parameter.type === "tuple") return value.map((item, i) => revive(parameter.components[i], item));
  return isInteger(parameter.type) ? BigInt(value) : value;
}

function reviveTyped(types, type, value) {
  const array = /^(.*)\[\d*\]$/.exec(type);
  if (array) return value.map((item) => reviveTyped(types, array[1], item));
  if (types[type]) return Object.fromEntries(types[type].map((field) => [field.name, reviveTyped(types, field.type, value[field.name])]));
  return isInteger(type) ? BigInt(value) : value;
}

const transactionOf = (c) => ({
  type: "eip1559", chainId: c.chainId, nonce: c.nonce, to: c.to, data: c.data, accessList: c.accessList,
  maxPriorityFeePerGas: BigInt(c.tip), maxFeePerGas: BigInt(c.max), gas: BigInt(c.gas), value: BigInt(c.value),
});

const kinds = {
  keccak: (c) => keccak256(c.data),
  address: (c) => getAddress(c.lower),
  message: (c) => hashMessage(c.text),
  rlp: (c) => toRlp(c.item),
  created: (c) => getContractAddress({ from: c.from, nonce: BigInt(c.nonce) }),
  abi: (c) => {
    const parameters = parseAbiParameters(c.types);
    return encodeAbiParameters(parameters, c.values.map((value, i) => revive(parameters[i], value)));
  },
  typed: (c) => {
    const { types, primaryType, domain, message } = c.json;
    return hashTypedData({ types, primaryType, domain: { ...domain, ...("chainId" in domain && { chainId: BigInt(domain.chainId) }) }, message: reviveTyped(types, primaryType, message) });
  },
  unsigned: (c) => keccak256(serializeTransaction(transactionOf(c))),
  signed: (c) => serializeTransaction(transactionOf(c), { r: c.r, s: c.s, yParity: c.yParity }),
  sender: (c) => recoverTransactionAddress({ serializedTransaction: c.raw }),
  signing: (c) => privateKeyToAccount(c.key).signTransaction(transactionOf(c)),
  account: (c) => privateKeyToAddress(c.key),
  sign: (c) => sign({ hash: c.digest, privateKey: c.key, to: "hex" }),
  recover: (c) => recoverAddress({ hash: c.digest, signature: c.signature }),
  wallet: (c) => mnemonicToAccount(c.words, { passphrase: c.passphrase, addressIndex: c.index }).address,
};

const output = [];
for await (const line of createInterface({ input: process.stdin })) {
  const c = JSON.parse(line);
  output.push(JSON.stringify(await kinds[c.kind](c)));
  if (output.length === 1000) process.stdout.write(output.splice(0).join("\n") + "\n");
}
process.stdout.write(output.map((text) => text + "\n").join(""));
