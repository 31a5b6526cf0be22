// Writes src/Chain/Contracts/*.g.cs from contracts/abi/*.json; with --check it compares and exits 1 where a file differs.
// Enums have no names in an ABI, so theirs are read from contracts/interfaces/*.sol.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const root = new URL("../../../", import.meta.url);
const text = (path) => readFileSync(new URL(path, root), "utf8");

// Messages that the protocol defines itself, by their Solidity names.
const protocolTypes = { Grant: "Grant", Reserve: "Reserve", Voucher: "Voucher", Receipt: "Receipt", Statement: "Statement", Signature: "Signature", Totals: "Totals", ProofStep: "SumNode", SignedVoucher: "SignedVoucher", SignedStatement: "SignedStatement" };
// On chain a grant's signature is of any length (ERC-1271), in the protocol it has 65 bytes: two types, so two names.
const renamed = { SignedGrant: "GrantToRegister" };
// Fields that the protocol gives a type of its own.
const fieldTypes = { "Receipt.status": "ReceiptStatus" };
// uint256 that are money in a token of at most 2^128 units; others stay big integers, an allowance above all.
const moneyNames = new Set(["amount", "value", "balance", "initialSupply", "maxFee", "balanceOf", "totalSupply", "maximumFee"]);

const contracts = readdirSync(new URL("contracts/abi/", root)).filter((file) => file.endsWith(".json")).sort().map((file) => JSON.parse(text(`contracts/abi/${file}`)));
const pascal = (name) => {
  const words = /^[A-Z0-9_]+$/.test(name) ? name.toLowerCase().split("_") : name.split("_");
  return words.filter(Boolean).map((word) => word[0].toUpperCase() + word.slice(1)).join("");
};
const keywords = new Set(["from", "to", "event", "params", "fixed", "string", "checked", "lock", "operator", "object"]);
const camel = (name, index) => {
  const plain = name === "" ? `argument${index}` : pascal(name)[0].toLowerCase() + pascal(name).slice(1);
  return keywords.has(plain) && !["from", "to"].includes(plain) ? `@${plain}` : plain;
};
const solName = (p) => p.internalType.replace(/^(struct|enum|contract) /, "").replace(/(\[\d*\])+$/, "").split(".").pop();
const canonical = (p) => (p.type.startsWith("tuple") ? `(${p.components.map(canonical).join(",")})${p.type.slice(5)}` : p.type);
const signature = (entry) => `${entry.name}(${entry.inputs.map(canonical).join(",")})`;
const structs = new Map(), enums = new Set(), events = new Map(), errors = new Map();

// One parameter: its C# type, how it is written and read, its words in the head.
function shape(p, owner, tokenMoney) {
  if (p.type.endsWith("]")) {
    if (!p.type.endsWith("[]")) throw new Error(`fixed arrays aren't used: ${p.type}`);
    const element = shape({ ...p, type: p.type.slice(0, -2) }, owner, tokenMoney);
    return {
      type: `${element.type}[]`, isDynamic: true, words: 1,
      write: (value) => `abi.Add(${value}, ${element.isDynamic ? 1 : element.words}, static (abi, item) => ${element.write("item")})`,
      read: `abi.Array(${element.isDynamic ? 1 : element.words}, static abi => ${element.read})`,
    };
  }
  if (p.type === "tuple") return structShape(p);
  const plain = (type, read, isDynamic = false) => ({ type, read: `abi.${read}()`, isDynamic, words: 1, write: (value) => `abi.Add(${value})` });
  if (p.internalType?.startsWith("enum ")) {
    enums.add(solName(p));
    return { ...plain(enumName(solName(p))), read: `(${enumName(solName(p))})abi.UInt8()`, write: (value) => `abi.Add((ulong)${value})` };
  }
  const own = fieldTypes[`${owner}.${p.name}`];
  if (own) return { ...plain(own), read: `(${own})abi.UInt8()`, write: (value) => `abi.Add((ulong)${value})` };
  switch (p.type) {
    case "address": return plain("Address", "Address");
    case "bytes32": return plain("Bytes32", "Bytes32");
    case "bool": return plain("bool", "Bool");
    case "bytes": return plain("byte[]", "Bytes", true);
    case "string": return plain("string", "String", true);
    case "uint8": return plain("byte", "UInt8");
    case "uint16": return plain("ushort", "UInt16");
    case "uint32": return plain("uint", "UInt32");
    case "uint64": return plain("ulong", "UInt64");
    case "uint128": return plain("TokenAmount", "Amount");
    case "uint256": return p.name === "index" ? plain("ulong", "UInt64") : tokenMoney && moneyNames.has(p.name) ? plain("TokenAmount", "Amount") : plain("BigInteger", "UInt256");
  }
  const fixed = /^bytes(\d+)$/.exec(p.type);
  if (fixed) return { type: "byte[]", isDynamic: false, words: 1, write: (value) => `abi.AddFixed(${value})`, read: `abi.Fixed(${fixed[1]})` };
  throw new Error(`no C# type is known for ${p.type} ${p.name}`);
}

const enumName = (name) => `Contract${name}`;

function structShape(p) {
  const solidity = solName(p), name = protocolTypes[solidity] ?? renamed[solidity] ?? solidity;
  const fields = p.components.map((component) => ({ ...shape(component, solidity), name: pascal(component.name) }));
  const isDynamic = fields.some((field) => field.isDynamic);
  const words = fields.reduce((sum, field) => sum + (field.isDynamic ? 1 : field.words), 0);
  const known = structs.get(name), kind = JSON.stringify(p.components.map((c) => [c.name, canonical(c)]));
  if (known && known.kind !== kind) throw new Error(`two structs are called ${name}`);
  structs.set(name, { name, kind, fields, isDynamic, words, own: !(solidity in protocolTypes) });
  return { type: name, isDynamic, words: isDynamic ? 1 : words, write: (value) => `AbiStructs.Write(abi, ${value})`, read: `AbiStructs.Read${name}(abi)` };
}

const heads = (fields) => fields.reduce((sum, field) => sum + field.words, 0);
const record = (fields) => fields.map((field) => `${field.type} ${field.name}`).join(", ");

function contractFile({ contractName, abi }) {
  const className = `${contractName}Contract`, money = contractName === "TestTether";
  const parts = [];
  const constructor = abi.find((entry) => entry.type === "constructor") ?? { inputs: [] };
  const args = (inputs) => inputs.map((input, i) => ({ ...shape(input, contractName, money), name: camel(input.name, i) }));
  const fill = (fields) => fields.map((field) => `        ${field.write(field.name)};\n`).join("");
  const made = args(constructor.inputs);
  parts.push(`    /// <summary>Creation code with its constructor's arguments.</summary>
    public static byte[] DeploymentData(${record(made)})
    {
        var abi = new AbiWriter(ContractBytecode.Of("${contractName}"), ${heads(made)});
${fill(made)}        return abi.ToArray();
    }

    public static async Task<${className}> DeployAsync(${["Web3 web3", ...made.map((f) => `${f.type} ${f.name}`), "CancellationToken stop = default"].join(", ")}) =>
        new(web3, await web3.DeployAsync(DeploymentData(${made.map((f) => f.name).join(", ")}), stop));
`);
  const own = [];
  for (const entry of abi) {
    if (entry.type === "event") own.push(remember(events, entry, contractName, money));
    if (entry.type === "error") remember(errors, entry, contractName, false);
    if (entry.type === "function") parts.push(functionText(entry, args(entry.inputs), contractName, money, fill));
  }
  parts.push(`    static readonly FrozenDictionary<Bytes32, Func<Log, ContractEvent>> Events = new Dictionary<Bytes32, Func<Log, ContractEvent>>
    {
${own.map((name) => `        [${name}.Topic] = ${name}.Read,\n`).join("")}    }.ToFrozenDictionary();

    /// <summary>The event that a log of this contract holds, or null for one that it doesn't have or that is malformed.</summary>
    public static ContractEvent? DecodeEvent(Log log) => ContractEvent.Decode(Events, log);
`);
  return `/// <summary>The ${contractName} contract at an address; what each call does and why it refuses stands in contracts/.</summary>
public sealed partial class ${className}(Web3 web3, Address address) : Contract(web3, address)
{
${parts.join("\n")}}
`;
}

function remember(all, entry, contractName, money) {
  const name = `${entry.name}${entry.type === "event" ? "Event" : "Error"}`;
  const fields = entry.inputs.map((input) => ({ ...shape(input, entry.name, money), name: pascal(input.name), indexed: input.indexed }));
  const kind = JSON.stringify([signature(entry), fields.map((f) => [f.type, f.name, f.indexed])]);
  if (all.has(name) && all.get(name).kind !== kind) throw new Error(`two contracts declare ${name} differently (${contractName})`);
  all.set(name, { name, kind, fields, signature: signature(entry) });
  return name;
}

function functionText(entry, fields, contractName, money, fill) {
  const name = pascal(entry.name), data = `${name}Data`;
  const list = record(fields), names = fields.map((field) => field.name).join(", ");
  const encode = fields.length === 0
    ? `    public static byte[] ${data}() => Selector("${signature(entry)}");\n`
    : `    public static byte[] ${data}(${list})
    {
        var abi = new AbiWriter(Selector("${signature(entry)}"), ${heads(fields)});
${fill(fields)}        return abi.ToArray();
    }
`;
  const isView = entry.stateMutability === "view" || entry.stateMutability === "pure";
  if (!isView) return `${encode}
    public Task<TransactionReceipt> ${name}Async(${[list, "CancellationToken stop = default"].filter(Boolean).join(", ")}) =>
        SendAsync(${data}(${names}), stop);
`;
  const outputs = entry.outputs.map((output, i) => ({ ...shape(output.name === "" && money ? { ...output, name: entry.name } : output, contractName, money), name: pascal(output.name || `value${i}`) }));
  const type = outputs.length === 1 ? outputs[0].type : `(${record(outputs)})`;
  const read = outputs.length === 1 ? outputs[0].read : `(${outputs.map((output) => output.read).join(", ")})`;
  return `${encode}
    public Task<${type}> ${name}Async(${[list, "BlockParameter at = default", "CancellationToken stop = default"].filter(Boolean).join(", ")}) =>
        CallAsync(${data}(${names}), static abi => ${read}, at, stop);
`;
}

const eventText = ({ name, fields, signature }) => {
  const reading = (field) => field.read.replace(/^(\(\w+\))?abi\./, `$1${field.indexed ? "topics" : "data"}.`).replace(/\(abi\)$/, "(data)");
  // Indexed fields come from the topics and the others from the data, each in the order of the declaration.
  return `public sealed record ${name}(${record(fields)}) : ContractEvent
{
    public static readonly Bytes32 Topic = Abi.Topic("${signature}");

    internal static ${name} Read(Log log) => Open(log, ${fields.filter((field) => field.indexed).length}, static (topics, data) => new ${name}(${fields.map(reading).join(", ")}));
}
`;
};

const errorText = ({ name, fields }) => `public sealed record ${name}${fields.length ? `(${record(fields)})` : ""} : ContractError;\n`;

const errorTable = () => `static class ContractErrors
{
    public static readonly KeyValuePair<uint, Func<AbiReader, ContractError>>[] All =
    [
${[...errors.values()].map(({ name, fields, signature }) => `        new(SelectorOf("${signature}"), static abi => new ${name}(${fields.map((field) => field.read).join(", ")})),\n`).join("")}    ];

    static uint SelectorOf(string signature) => BinaryPrimitives.ReadUInt32BigEndian(Abi.Selector(signature));
}
`;

function structsText() {
  const all = [...structs.values()];
  const records = all.filter((s) => s.own).map((s) => `public sealed partial record ${s.name}(${record(s.fields)});\n`);
  const codecs = all.map((s) => {
    const writes = s.fields.map((field) => `        ${field.write(`value.${field.name}`)};\n`).join("");
    const reads = s.fields.map((field) => `${field.name}: ${field.read}`).join(", ");
    return s.isDynamic
      ? `    public static void Write(AbiWriter abi, ${s.name} value)
    {
        var outer = abi.Enter(${s.words});
${writes}        abi.Leave(outer);
    }

    public static ${s.name} Read${s.name}(AbiReader abi)
    {
        var outer = abi.Enter();
        var value = new ${s.name}(${reads});
        abi.Leave(outer);
        return value;
    }
`
      : `    public static void Write(AbiWriter abi, ${s.name} value)
    {
${writes}    }

    public static ${s.name} Read${s.name}(AbiReader abi) =>
        new(${reads});
`;
  });
  return `${records.join("\n")}
/// <summary>How each struct of the contracts lies in the ABI.</summary>
static class AbiStructs
{
${codecs.join("\n")}}
`;
}

function enumsText() {
  const sources = readdirSync(new URL("contracts/interfaces/", root)).sort().map((file) => text(`contracts/interfaces/${file}`)).join("\n");
  return [...enums].sort().map((name) => {
    const body = new RegExp(`(?:///? @notice (.*)\\n)?enum ${name} \\{([^}]*)\\}`).exec(sources);
    if (!body) throw new Error(`no interface declares enum ${name}`);
    const members = body[2].replace(/\/\/.*$/gm, "").split(",").map((member) => member.trim()).filter(Boolean);
    return `/// <summary>${(body[1] ?? `Solidity's ${name}.`).replaceAll("`", "")}</summary>\npublic enum ${enumName(name)} : byte { ${members.join(", ")} }\n`;
  }).join("\n");
}

const head = `// Generated by scripts/bindings from contracts/abi; change the contracts instead.
#nullable enable
`;
const file = (usings, body) => `${head}${usings.map((name) => `using ${name};\n`).join("")}
namespace ProofMesh.Chain.Contracts;

${body}`;

const files = new Map(contracts.map((contract) => [`${contract.contractName}Contract.g.cs`, file(["System.Collections.Frozen", "System.Numerics", "ProofMesh.Protocol"], contractFile(contract))]));
files.set("Events.g.cs", file(["System.Numerics", "ProofMesh.Protocol"], [...events.values()].map(eventText).join("\n")));
files.set("Errors.g.cs", file(["System.Buffers.Binary", "System.Numerics", "ProofMesh.Protocol"], [...errors.values()].map(errorText).join("\n") + "\n" + errorTable()));
files.set("Structs.g.cs", file(["System.Numerics", "ProofMesh.Protocol"], structsText()));
files.set("Enums.g.cs", file([], enumsText()));

const target = new URL("src/Chain/Contracts/", root);
let stale = readdirSync(target).filter((name) => name.endsWith(".g.cs") && !files.has(name));
for (const [name, wanted] of files) {
  const path = new URL(name, target);
  if (process.argv.includes("--check")) {
    if (!existsSync(path) || readFileSync(path, "utf8") !== wanted) stale.push(name);
  } else writeFileSync(path, wanted);
}
if (stale.length > 0) {
  console.error(`not what contracts/abi says: ${stale.join(", ")}; run scripts/bindings (and delete what no contract needs)`);
  process.exit(1);
}
console.log(`${files.size} files are current`);
