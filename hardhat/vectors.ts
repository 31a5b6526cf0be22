// Writes tests/vectors/*.json, which Solidity, C# and TypeScript read; a test compares what is committed.
// Integers wider than 32 bits are decimal strings, bytes are hex strings.
import { mkdirSync, writeFileSync } from "node:fs";
import { concat, encodePacked, keccak256, numberToHex, stringToHex, zeroHash } from "viem";
import type { Hex } from "viem";
import { privateKeyToAccount, sign } from "viem/accounts";
import { digestOf, domainOf, domainSeparator, structHash, types, typeString } from "./lib/messages.ts";
import type { Message, MessageType } from "./lib/messages.ts";
import { feeOf, pointsOf } from "./lib/pricing.ts";
import { leafOf, levelsOf, proofOf, rootOf } from "./lib/sum-tree.ts";
import { philox4x32 } from "./lib/philox.ts";

const most = (bits: number) => 2n ** BigInt(bits) - 1n;
const word = (text: string) => keccak256(stringToHex(text));
const keys = ["payer", "spender", "provider", "node", "stranger"].map((name) => ({ name, privateKey: word(name) }));
const address = (name: string) => privateKeyToAccount(keys.find((key) => key.name === name)!.privateKey).address;

const settlement = "0x5e771e0000000000000000000000000000000001";
const staking = "0x57a4e00000000000000000000000000000000002";
const domains = {
  local: domainOf(31337, settlement),
  mainnet: domainOf(1, settlement),
  staking: domainOf(31337, staking),
};

const receipt = {
  requestId: word("request id"),
  payer: address("payer"),
  provider: address("provider"),
  sequence: 1n,
  model: word("model"),
  request: word("request"),
  response: word("response"),
  sampling: word("sampling"),
  trace: zeroHash,
  promptTokens: 57,
  cachedTokens: 7,
  completionTokens: 64,
  inputPrice: 150_000n,
  cachedPrice: 15_000n,
  outputPrice: 600_000n,
  fee: 47n,
  cumulative: 1_047n,
  startedAt: 1_760_000_000_123n,
  firstTokenMs: 85,
  durationMs: 1_420,
  status: 0,
};

const extreme = (type: MessageType, largest: boolean): Message =>
  Object.fromEntries(
    types[type].map(({ name, type: kind }) => {
      const bits = kind.startsWith("uint") ? Number(kind.slice(4)) : 0;
      if (bits === 0)
        return [
          name,
          numberToHex(largest ? most(kind === "address" ? 160 : 256) : 0n, { size: kind === "address" ? 20 : 32 }),
        ];
      const value = largest ? most(bits) : 0n;
      return [name, bits > 32 ? value : Number(value)];
    }),
  );

const messages: [name: string, type: MessageType, message: Message][] = [
  [
    "a grant",
    "Grant",
    { payer: address("payer"), spender: address("spender"), cap: 25_000_000n, validUntil: 1_790_000_000n, epoch: 0 },
  ],
  [
    "a grant of a later epoch without a cap",
    "Grant",
    { payer: address("payer"), spender: address("spender"), cap: most(128), validUntil: most(64), epoch: 7 },
  ],
  [
    "a reserve",
    "Reserve",
    { payer: address("payer"), provider: address("provider"), amount: 1_000_000n, until: 1_770_000_000n },
  ],
  [
    "a voucher in mid-stream",
    "Voucher",
    { payer: address("payer"), node: address("node"), cumulative: 1_000n, receipt: zeroHash },
  ],
  [
    "a voucher that accepts a receipt",
    "Voucher",
    { payer: address("payer"), node: address("node"), cumulative: 1_047n, receipt: structHash("Receipt", receipt) },
  ],
  ["a receipt", "Receipt", receipt],
  [
    "a receipt of a cancelled request",
    "Receipt",
    { ...receipt, sequence: 2n, completionTokens: 0, fee: 0n, status: 2 },
  ],
  [
    "a statement",
    "Statement",
    { provider: address("provider"), firstSequence: 1n, lastSequence: 1_000n, root: word("root") },
  ],
  ["a node key", "NodeKey", { provider: address("provider"), node: address("node") }],
  ...(Object.keys(types) as MessageType[]).flatMap((type): [string, MessageType, Message][] => [
    [`${type} of zeros`, type, extreme(type, false)],
    [`${type} of the largest values`, type, extreme(type, true)],
  ]),
];

/** bigint to decimal string, addresses in lower case. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, v) => (typeof v === "bigint" ? v.toString() : v)),
    (_, v) => (typeof v === "string" && v.startsWith("0x") ? v.toLowerCase() : v),
  );

const typedData = () => ({
  types: Object.fromEntries(
    (Object.keys(types) as MessageType[]).map((type) => [
      type,
      { type: typeString(type), typeHash: keccak256(stringToHex(typeString(type))) },
    ]),
  ),
  domains: Object.entries(domains).map(([name, domain]) => ({
    name,
    chainId: domain.chainId,
    verifyingContract: domain.verifyingContract,
    separator: domainSeparator(domain),
  })),
  cases: messages.map(([name, type, message]) => ({
    name,
    type,
    message,
    structHash: structHash(type, message),
    digests: Object.fromEntries(Object.entries(domains).map(([d, domain]) => [d, digestOf(domain, type, message)])),
  })),
});

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

async function signatures() {
  const cases = [];
  for (const { name, privateKey } of keys) {
    for (const digest of [
      word("digest"),
      digestOf(domains.local, "Voucher", messages[3][2]),
      zeroHash,
      numberToHex(most(256)),
    ]) {
      cases.push({ signer: name, digest, signature: await sign({ hash: digest, privateKey, to: "hex" }) });
    }
  }
  const digest = word("digest");
  const good = await sign({ hash: digest, privateKey: keys[0].privateKey, to: "object" });
  const [r, s, v] = [BigInt(good.r), BigInt(good.s), Number(good.v)];
  const join = (rr: bigint, ss: bigint, vv: number) =>
    concat([numberToHex(rr, { size: 32 }), numberToHex(ss, { size: 32 }), numberToHex(vv, { size: 1 })]);
  const whole = join(r, s, v);
  return {
    keys: keys.map((key) => ({ ...key, address: privateKeyToAccount(key.privateKey).address })),
    cases,
    refused: [
      { name: "s in the upper half, and v to match", digest, signature: join(r, order - s, v === 27 ? 28 : 27) },
      { name: "v of 0", digest, signature: join(r, s, 0) },
      { name: "v of 1", digest, signature: join(r, s, 1) },
      { name: "v of 29", digest, signature: join(r, s, 29) },
      { name: "r of 0", digest, signature: join(0n, s, v) },
      { name: "s of 0", digest, signature: join(r, 0n, v) },
      { name: "r of the order", digest, signature: join(order, s, v) },
      { name: "s of the order", digest, signature: join(r, order, v) },
      { name: "all zero", digest, signature: join(0n, 0n, 0) },
      { name: "64 bytes", digest, signature: whole.slice(0, -2) },
      { name: "66 bytes", digest, signature: `${whole}00` },
      { name: "nothing", digest, signature: "0x" },
    ],
  };
}

// Requests, responses, sampling and models

const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${canonical(v)}`).join(",")}}`;
};
const hashText = (text: string) => keccak256(stringToHex(text));
const floatBits = (value: number) => new DataView(Float32Array.of(value).buffer).getUint32(0, true);

function identity() {
  const salt = word("salt");
  const requests = [
    { model: "m", messages: [{ role: "user", content: "Hello" }], max_tokens: 64, stop: [] },
    {
      model: "proofmesh/tiny",
      messages: [
        { role: "system", content: 'Answer "briefly".\n\tUse no \\ and no /.' },
        { role: "user", content: "Grüße, 世界 🌍, \u0001 \u007f \u2028 </script> + & '" },
      ],
      max_tokens: 4_294_967_295,
      stop: ["\n\n", "###"],
    },
    {
      model: "m",
      messages: [{ role: "user", content: "As JSON" }],
      max_tokens: 9,
      stop: [],
      response_format: '{"type":"json_object"}',
    },
  ].map((request) => {
    const text = canonical(request);
    return {
      request,
      canonical: text,
      digest: hashText(text),
      salt,
      commitment: keccak256(concat([salt, hashText(text)])),
    };
  });
  const responses = [[], [0], [1, 2, 3], [4_294_967_295, 2]].map((tokens) => {
    const digest = keccak256(tokens.length === 0 ? "0x" : concat(tokens.map((id) => numberToHex(id, { size: 4 }))));
    return { tokens, digest, salt, commitment: keccak256(concat([salt, digest])) };
  });
  const requestIds = ["payer", "stranger"].map((who) => ({
    payer: address(who),
    clientNonce: word("client nonce"),
    requestId: keccak256(encodePacked(["address", "bytes32"], [address(who), word("client nonce")])),
  }));
  const nodeNonce = word("node nonce");
  const seeds = [
    ...requestIds.map(({ requestId, clientNonce }) => ({
      requestId,
      clientNonce,
      nodeNonce,
      seed: keccak256(concat([requestId, clientNonce, nodeNonce])),
    })),
    ...[0n, 1n, 42n, -1n, -(2n ** 63n), 2n ** 63n - 1n].map((integer) => ({
      integer,
      seed: keccak256(encodePacked(["int64"], [integer])),
    })),
  ];
  const sampling = [
    { temperature: 0, topP: 1, minP: 0, topK: 0, repetitionPenalty: 1, frequencyPenalty: 0, presencePenalty: 0 },
    {
      temperature: 0.7,
      topP: 0.95,
      minP: 0.05,
      topK: 40,
      repetitionPenalty: 1.1,
      frequencyPenalty: 0.5,
      presencePenalty: -0.25,
    },
  ].map((parameters) => {
    const { temperature, topP, minP, topK, repetitionPenalty, frequencyPenalty, presencePenalty } = parameters;
    const words = [temperature, topP, minP].map(floatBits);
    const penalties = [repetitionPenalty, frequencyPenalty, presencePenalty].map(floatBits);
    const packed = [...words, topK, ...penalties].map((w) => numberToHex(w, { size: 4 }));
    const seed = seeds[0].seed;
    return { ...parameters, seed, salt, commitment: keccak256(concat([salt, seed, ...packed])) };
  });
  const manifests = [
    {
      context: 2048,
      engine: "proofmesh-cpu/1",
      name: "proofmesh/tiny",
      scheme: "float32",
      tokenizer: word("tokenizer"),
      weights: [word("weights")],
    },
    {
      context: 131_072,
      engine: "proofmesh-torch/1",
      name: 'A "large" one/é',
      scheme: "int8-block32",
      tokenizer: word("tokenizer 2"),
      weights: [word("a"), word("b"), word("c")],
    },
  ].map((manifest) => ({ manifest, canonical: canonical(manifest), model: hashText(canonical(manifest)) }));
  return { requestIds, requests, responses, seeds, sampling, manifests };
}

/** Noise words, exact; the gumbel beside each is -ln(-ln((x + 0.5) / 2^32)) in binary64, to compare within 1e-12. */
function noise() {
  const seed = word("seed");
  const s = [0, 1, 2, 3].map((i) => parseInt(seed.slice(2 + 8 * i, 10 + 8 * i), 16));
  const cases = [
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 0],
    [31_999, 17],
    [128_255, 4_095],
    [7, 4_294_967_295],
  ];
  return {
    known: [
      { counter: [0, 0, 0, 0], key: [0, 0], words: philox4x32([0, 0, 0, 0], [0, 0]) },
      {
        counter: [4294967295, 4294967295, 4294967295, 4294967295],
        key: [4294967295, 4294967295],
        words: philox4x32([4294967295, 4294967295, 4294967295, 4294967295], [4294967295, 4294967295]),
      },
    ],
    seed,
    cases: cases.map(([token, position]) => {
      const x = philox4x32([Math.floor(token / 4), position, s[2], s[3]], [s[0], s[1]])[token % 4];
      return { token, position, word: x, gumbel: -Math.log(-Math.log((x + 0.5) * 2 ** -32)) };
    }),
  };
}

// Receipts

const totalsOf = (r: Message) => ({
  completed: Number(r.status) <= 1 ? 1n : 0n,
  tokens: BigInt(r.promptTokens as number) + BigInt(r.completionTokens as number),
  fees: r.fee as bigint,
  points: BigInt(pointsOf(r as { durationMs: number; promptTokens: number; status: number })),
});

const binary = (r: Message): Hex =>
  encodePacked(
    types.Receipt.map((f) => f.type),
    types.Receipt.map((f) => r[f.name]),
  );

async function receipts() {
  const cases = messages.filter(([, type]) => type === "Receipt");
  const node = keys.find((key) => key.name === "node")!;
  return Promise.all(
    cases.map(async ([name, , r]) => ({
      name,
      receipt: r,
      structHash: structHash("Receipt", r),
      binary: binary(r),
      signature: await sign({ hash: digestOf(domains.local, "Receipt", r), privateKey: node.privateKey, to: "hex" }),
      totals: totalsOf(r),
      leaf: leafOf(structHash("Receipt", r), totalsOf(r)).hash,
    })),
  );
}

function sumTrees() {
  const leaf = (i: number) =>
    leafOf(keccak256(numberToHex(i, { size: 8 })), {
      completed: BigInt(i % 2),
      tokens: BigInt(7 * i + 1),
      fees: 1_000_003n * BigInt(i),
      points: BigInt(i % 12),
    });
  const trees = [1, 2, 3, 4, 5, 8, 9, 1_000].map((count) => {
    const levels = levelsOf(Array.from({ length: count }, (_, i) => leaf(i)));
    const top = levels.at(-1)![0];
    const indexes = [...new Set([0, 1, Math.floor(count / 2), count - 1])].filter((i) => i < count);
    return {
      count,
      depth: levels.length - 1,
      top: top.hash,
      totals: top.totals,
      root: rootOf(top),
      proofs: indexes.map((index) => ({ index, leaf: levels[0][index], proof: proofOf(levels, index) })),
    };
  });
  return {
    rule: "leaf i: struct hash keccak256(i as 8 bytes), completed i mod 2, tokens 7i + 1, fees 1000003i, points i mod 12",
    trees,
  };
}

function points() {
  const durations = [0, 999, 1_000, 1_999, 2_000, 2_999, 3_000, 4_999, 5_000, 9_999, 10_000, 4_294_967_295];
  const prompts = [0, 12, 13, 50, 51, 125, 126, 4_294_967_295];
  return durations.flatMap((durationMs) =>
    prompts.flatMap((promptTokens) =>
      [0, 1, 2, 3, 4, 5].map((status) => ({
        durationMs,
        promptTokens,
        status,
        points: pointsOf({ durationMs, promptTokens, status }),
      })),
    ),
  );
}

function fees() {
  const m = 4_294_967_295;
  const cases: [
    prompt: number,
    cached: number,
    completion: number,
    input: bigint,
    cachedPrice: bigint,
    output: bigint,
  ][] = [
    [0, 0, 0, 0n, 0n, 0n],
    [100, 0, 0, 150_000n, 0n, 600_000n],
    [0, 0, 1, 0n, 0n, 0n],
    [0, 0, 1, 0n, 0n, 1n],
    [0, 0, 1, 0n, 0n, 999_999n],
    [0, 0, 1, 0n, 0n, 1_000_000n],
    [0, 0, 1, 0n, 0n, 1_000_001n],
    [1, 0, 1, 999_999n, 0n, 0n],
    [1, 0, 1, 999_999n, 0n, 1n],
    [1, 0, 1, 999_999n, 0n, 2n],
    [2, 1, 1, 1n, 999_998n, 1n],
    [2, 1, 1, 1n, 999_999n, 1n],
    [57, 7, 64, 150_000n, 15_000n, 600_000n],
    [57, 57, 64, 150_000n, 15_000n, 600_000n],
    [3, 2, 1, most(64), most(64), most(64)],
    [m, 0, m, most(64), most(64), most(64)],
    [m, m, m, most(64), most(64), most(64)],
    [m, m, m, 0n, 0n, 1n],
  ];
  return cases.map(([promptTokens, cachedTokens, completionTokens, inputPrice, cachedPrice, outputPrice]) => {
    const priced = { promptTokens, cachedTokens, completionTokens, inputPrice, cachedPrice, outputPrice };
    return { ...priced, fee: feeOf(priced) };
  });
}

export const vectorFolder = new URL("../tests/vectors/", import.meta.url);

/** What each file in tests/vectors must hold. */
export async function vectorFiles(): Promise<Record<string, string>> {
  const files: Record<string, unknown> = {
    "typed-data.json": typedData(),
    "signatures.json": await signatures(),
    "identity.json": identity(),
    "noise.json": noise(),
    "receipts.json": await receipts(),
    "sum-trees.json": sumTrees(),
    "points.json": points(),
    "fees.json": fees(),
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, `${JSON.stringify(plain(content), null, 1)}\n`]),
  );
}

if (import.meta.main) {
  mkdirSync(vectorFolder, { recursive: true });
  for (const [name, text] of Object.entries(await vectorFiles())) writeFileSync(new URL(name, vectorFolder), text);
}
