// Ways to break a contract: by rules over its syntax tree, and by hand where the order of effects is what matters.
import { edit, lineOf, rangeOf, textOf, walk, type Node, type Source } from "./sources.ts";

export type Mutant = { source: string; line: number; rule: string; from: string; to: string; content: string };
type Change = { rule: string; node: Node; to: string };

const swaps: Record<string, string> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "==": "!=",
  "!=": "==",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "/",
  "&&": "||",
  "||": "&&",
};
const inConstant = (above: Node[]) => above.some((node) => node.nodeType === "VariableDeclaration" && node.constant);

/** Every change that the rules make to a source. */
function* changesOf(source: Source): Generator<Change> {
  const text = (node: Node) => textOf(source, node);
  for (const { node, above } of walk(source.tree)) {
    const type = node.nodeType;
    if (type === "BinaryOperation" && node.operator in swaps && !inConstant(above)) {
      const to = `${text(node.leftExpression)} ${swaps[node.operator]} ${text(node.rightExpression)}`;
      yield { rule: "operator", node, to };
    }
    if (type === "Assignment" && ["+=", "-="].includes(node.operator)) {
      const to = `${text(node.leftHandSide)} ${node.operator === "+=" ? "-=" : "+="} ${text(node.rightHandSide)}`;
      yield { rule: "operator", node, to };
    }
    if (type === "FunctionCall" && node.expression.name === "require") {
      yield { rule: "missing check", node: node.arguments[0], to: "true" };
    }
    if (type === "IfStatement" || type === "Conditional") {
      yield { rule: "condition", node: node.condition, to: `!(${text(node.condition)})` };
    }
    if (type === "ModifierInvocation" && node.kind === "modifierInvocation") {
      yield { rule: "missing modifier", node, to: "" };
    }
    if (type === "ExpressionStatement" && node.expression.expression?.name !== "require") {
      yield { rule: "missing statement", node, to: "{}" };
    }
    if (type === "EmitStatement") yield { rule: "missing event", node, to: "{}" };
    if (type === "VariableDeclaration" && node.constant && /^[\d_]+$/.test(node.value ? text(node.value) : "")) {
      yield { rule: "bound", node: node.value, to: `${text(node.value)} + 1` };
    }
  }
}

/** [source, what it is, from, to]: what rules can't say. */
export const byHand: [source: string, rule: string, from: string, to: string][] = [
  [
    "contracts/Escrow.sol",
    "order of effects",
    `_accounts[msg.sender].word = account.debit(amount);
        emit Withdrawn(msg.sender, to, amount);
        IERC20(TOKEN).safeTransfer(to, amount);`,
    `IERC20(TOKEN).safeTransfer(to, amount);
        _accounts[msg.sender].word = account.debit(amount);
        emit Withdrawn(msg.sender, to, amount);`,
  ],
  ["contracts/Escrow.sol", "more than is due", "total.value = claimed + amount;", "total.value = cumulative;"],
  ["contracts/Escrow.sol", "claimed forgotten", "total.value = claimed + amount;", ""],
  ["contracts/Escrow.sol", "the ceiling per claim, not per call", "ceiling - moved", "ceiling"],
  ["contracts/Escrow.sol", "the fee beside the earnings", "_earn(provider, net);", "_earn(provider, moved);"],
  [
    "contracts/parts/Deposits.sol",
    "trust in the amount",
    "credited = TokenIn.pull(IERC20(TOKEN), msg.sender, amount);",
    "TokenIn.pull(IERC20(TOKEN), msg.sender, amount); credited = amount;",
  ],
  [
    "contracts/libraries/ExitQueue.sol",
    "the newest exit first",
    "queue.exits[(queue.head + count) % LENGTH]",
    "queue.exits[queue.head % LENGTH]",
  ],
  [
    "contracts/libraries/PaymentList.sol",
    "malleable signatures",
    "if iszero(gt(calldataload(add(claim, 128)), halfOrder))",
    "if 1",
  ],
  ["contracts/libraries/PaymentList.sol", "dirty fields", "require(dirty == 0, DirtyClaim(dirty));", ""],
  [
    "contracts/libraries/PaymentList.sol",
    "another claim's voucher",
    "calldatacopy(add(voucher, 96), add(claim, 32), 64)",
    "calldatacopy(add(voucher, 96), add(claim, 32), 32)",
  ],
  [
    "contracts/libraries/Recover.sol",
    "malleable signatures",
    "if (uint256(signature.s) > HALF_ORDER) return address(0);",
    "",
  ],
  ["contracts/libraries/Recover.sol", "yesterday's scratch space", "mstore(0, 0)", ""],
  ["contracts/libraries/Recover.sol", "a wallet with all the gas", "staticcall(WALLET_GAS,", "staticcall(gas(),"],
  ["contracts/libraries/Recover.sol", "a short answer", "if lt(returndatasize(), 32)", "if lt(returndatasize(), 4)"],
  [
    "contracts/libraries/TokenIn.sol",
    "the balance itself",
    "uint256 before = token.balanceOf(address(this));",
    "uint256 before = 0;",
  ],
  ["contracts/libraries/SumTree.sol", "left and right alike", "(index >> level) & 1 == 0", "true"],
  [
    "contracts/libraries/Pricing.sol",
    "rounded down",
    "(micro + TOKENS_PER_PRICE - 1) / TOKENS_PER_PRICE",
    "micro / TOKENS_PER_PRICE",
  ],
  ["contracts/libraries/AccountWord.sol", "spent forgotten", " - amount + (amount << SPENT)", " - amount"],
  [
    "contracts/libraries/AccountWord.sol",
    "a field too narrow",
    "uint256 internal constant MOST = type(uint104).max;",
    "uint256 internal constant MOST = type(uint103).max;",
  ],
];

const short = (text: string) => text.replaceAll(/\s+/g, " ").trim();

function made(source: Source, rule: string, range: [number, number], to: string): Mutant {
  const from = source.text.subarray(...range).toString();
  const content = edit(source.text, [{ start: range[0], end: range[1], text: to }]);
  return { source: source.name, line: lineOf(source, range[0]), rule, from: short(from), to: short(to), content };
}

/** The mutants of the rules, in the order of the sources. */
export const byRules = (sources: Source[]): Mutant[] =>
  sources.flatMap((source) =>
    [...changesOf(source)].map(({ rule, node, to }) => made(source, rule, rangeOf(node), to)),
  );

export function handMade(sources: Source[]): Mutant[] {
  return byHand.map(([name, rule, from, to]) => {
    const source = sources.find((one) => one.name === name);
    const at = source?.text.indexOf(from) ?? -1;
    if (at < 0) throw new Error(`${name} holds no "${short(from)}": mend the list in lib/mutants.ts`);
    return made(source!, rule, [at, at + Buffer.byteLength(from)], to);
  });
}

/** A random order that a seed repeats (mulberry32). */
export function shuffled<T>(list: T[], seed: number): T[] {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return list
    .map((value) => ({ value, order: next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}
