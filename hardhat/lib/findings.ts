// Small static analyses of the contracts, over solc's syntax trees: what slither would look for first.
import { walk, type Node } from "./sources.ts";

/** `where` is contract and function; a finding is suppressed by `rule: where`, with a reason. */
export type Finding = { rule: string; where: string };

type Step = { kind: "call" | "write"; node: Node };
type Code = { contract: Node; fn: Node };

const isFunction = (node: Node) => node.nodeType === "FunctionDefinition" && node.body;
const nameOf = ({ contract, fn }: Code) => `${contract.name}.${fn.name || fn.kind}`;
const typeOf = (node: Node): string => node.typeDescriptions?.typeIdentifier ?? "";
const isOpen = (fn: Node) => fn.kind === "function" && ["external", "public"].includes(fn.visibility);
const changes = (fn: Node) => !["view", "pure"].includes(fn.stateMutability);
const nodesOf = (node: Node) => [...walk(node)].map(({ node }) => node);

/** What an assignment, a ++ or a delete writes to: the variable at the root of a[b].c, and the keys on the way. */
function rootOf(target: Node): { base: Node; keys: Node[] } {
  const keys: Node[] = [];
  let base = target;
  while (["IndexAccess", "MemberAccess"].includes(base.nodeType)) {
    if (base.nodeType === "IndexAccess") keys.push(base.indexExpression);
    base = base.nodeType === "IndexAccess" ? base.baseExpression : base.expression;
  }
  return { base, keys };
}

export class Analysis {
  private readonly declared = new Map<number, Node>();
  private readonly functions: Code[] = [];

  /** @param own the trees to look at @param all those and what they import, for calls that lead there */
  private readonly own: Node[];

  constructor(own: Node[], all: Node[]) {
    this.own = own;
    for (const tree of all) for (const { node } of walk(tree)) if ("id" in node) this.declared.set(node.id, node);
    for (const tree of own) {
      for (const { node, above } of walk(tree)) {
        const contract = above.find(({ nodeType }) => nodeType === "ContractDefinition");
        if (isFunction(node) && contract) this.functions.push({ contract, fn: node });
      }
    }
  }

  findings(): Finding[] {
    const rules: [string, (code: Code) => boolean][] = [
      [
        "writes after a call, unguarded",
        (code) => isOpen(code.fn) && !this.isGuarded(code.fn) && this.writesAfterCall(code.fn),
      ],
      ["ignores the result of a call", ({ fn }) => this.ignoresResult(fn)],
      ["takes an address without a check", ({ fn }) => fn.kind === "constructor" && this.takesUnchecked(fn)],
      [
        "asks for tx.origin",
        ({ fn }) => nodesOf(fn).some((node) => node.memberName === "origin" && node.expression?.name === "tx"),
      ],
      ["compares time for equality", ({ fn }) => this.comparesTime(fn)],
      ["could be external", (code) => this.couldBeExternal(code)],
      ["writes under another's key, unprotected", ({ fn }) => isOpen(fn) && changes(fn) && this.writesForOthers(fn)],
      [
        "delegates or destroys itself",
        ({ fn }) => nodesOf(fn).some((node) => ["delegatecall", "selfdestruct"].includes(node.memberName ?? node.name)),
      ],
    ];
    return this.functions.flatMap((code) =>
      rules.filter(([, holds]) => holds(code)).map(([rule]) => ({ rule, where: nameOf(code) })),
    );
  }

  private functionOf(expression: Node): Node | undefined {
    const found = this.declared.get(expression.referencedDeclaration);
    return found?.nodeType === "FunctionDefinition" ? found : undefined;
  }
  /** What a function without a body will do: what a contract that has one does. */
  private withBody = (fn: Node): Node =>
    fn.body ? fn : (this.functions.find((code) => code.fn.name === fn.name)?.fn ?? fn);
  private modifiersOf = (fn: Node): string[] => fn.modifiers.map((modifier: Node) => modifier.modifierName.name);
  private isGuarded = (fn: Node) => this.modifiersOf(fn).includes("nonReentrant");

  private isStorage(base: Node): boolean {
    const declaration = this.declared.get(base.referencedDeclaration);
    return declaration?.stateVariable === true || /storage_ptr/.test(typeOf(base));
  }

  /** Calls and writes of a function in the order of the text, with those of the functions that it calls. */
  private *stepsOf(fn: Node, depth = 0): Generator<Step> {
    if (depth > 6 || !fn.body) return;
    for (const node of nodesOf(fn.body).toSorted((a, b) => this.endOf(a) - this.endOf(b))) {
      const targets = this.targetsOf(node);
      if (targets.some((target) => this.isStorage(rootOf(target).base))) yield { kind: "write", node };
      if (node.nodeType === "FunctionCall" && node.kind === "functionCall") {
        const callee = this.declared.get(node.expression.referencedDeclaration);
        const type = typeOf(node.expression);
        if (/^t_function_(barecall|baredelegatecall)/.test(type)) yield { kind: "call", node };
        else if (/^t_function_external_nonpayable|^t_function_external_payable/.test(type))
          yield { kind: "call", node };
        else if (callee?.nodeType === "FunctionDefinition" && !this.isGuarded(callee)) {
          yield* this.stepsOf(this.withBody(callee), depth + 1);
        }
      }
      if (node.nodeType === "YulFunctionCall" && ["call", "callcode"].includes(node.functionName.name))
        yield { kind: "call", node };
    }
  }

  /** Where a node's text ends: what it holds comes first, as in its evaluation. */
  private endOf(node: Node): number {
    const [start, length] = node.src.split(":").map(Number);
    return start + length;
  }

  private targetsOf(node: Node): Node[] {
    if (node.nodeType === "Assignment") {
      const left = node.leftHandSide;
      return left.nodeType === "TupleExpression" ? left.components.filter(Boolean) : [left];
    }
    return node.nodeType === "UnaryOperation" && ["++", "--", "delete"].includes(node.operator)
      ? [node.subExpression]
      : [];
  }

  private writesAfterCall(fn: Node): boolean {
    const kinds = [...this.stepsOf(fn)].map(({ kind }) => kind);
    return kinds.includes("call") && kinds.lastIndexOf("write") > kinds.indexOf("call");
  }

  private ignoresResult(fn: Node): boolean {
    return nodesOf(fn).some((node) => {
      if (node.nodeType !== "ExpressionStatement" || node.expression.nodeType !== "FunctionCall") return false;
      const type = typeOf(node.expression.expression);
      return /^t_function_bare/.test(type) || (/^t_function_external/.test(type) && /\$returns\$_t_bool/.test(type));
    });
  }

  private takesUnchecked(fn: Node): boolean {
    const addresses = fn.parameters.parameters.filter((parameter: Node) => typeOf(parameter) === "t_address");
    const all = [...nodesOf(fn.body), ...fn.modifiers.flatMap((modifier: Node) => nodesOf(modifier))];
    return addresses.some((parameter: Node) => {
      const uses = (node: Node) => nodesOf(node).some((inner) => inner.referencedDeclaration === parameter.id);
      // Compared with something, or handed to another function (a parent's constructor, a call on it) that sees to it.
      return !all.some(
        (node) =>
          (node.nodeType === "BinaryOperation" && ["!=", "=="].includes(node.operator) && uses(node)) ||
          (["FunctionCall", "ModifierInvocation"].includes(node.nodeType) && (node.arguments ?? []).some(uses)),
      );
    });
  }

  private comparesTime(fn: Node): boolean {
    const isTime = (node: Node) =>
      node.nodeType === "MemberAccess" &&
      node.expression.name === "block" &&
      ["timestamp", "number"].includes(node.memberName);
    return nodesOf(fn).some(
      (node) =>
        node.nodeType === "BinaryOperation" &&
        ["==", "!="].includes(node.operator) &&
        [node.leftExpression, node.rightExpression].some(isTime),
    );
  }

  private couldBeExternal({ fn }: Code): boolean {
    if (fn.visibility !== "public" || fn.kind !== "function") return false;
    return !this.own.some((tree) =>
      nodesOf(tree).some((node) => node.nodeType === "Identifier" && node.referencedDeclaration === fn.id),
    );
  }

  /** A write to a mapping under a key from the arguments, in a function that asks nothing of its caller. */
  private writesForOthers(fn: Node): boolean {
    // A modifier may leave the looking to a function.
    const looks = (node?: Node, depth = 0): boolean =>
      node !== undefined &&
      nodesOf(node).some(({ memberName, nodeType, expression }) => {
        if (memberName === "sender") return true;
        return depth < 2 && nodeType === "FunctionCall" && looks(this.functionOf(expression), depth + 1);
      });
    const asks =
      fn.modifiers.some(({ modifierName }: Node) => {
        return /^only/.test(modifierName.name) || looks(this.declared.get(modifierName.referencedDeclaration));
      }) || nodesOf(fn.body).some((node) => node.expression?.name === "require" && looks(node.arguments[0]));
    if (asks) return false;
    const parameters = new Set(fn.parameters.parameters.map(({ id }: Node) => id));
    const fromCaller = (node: Node) => nodesOf(node).some((inner) => parameters.has(inner.referencedDeclaration));
    const handed = (node: Node) => {
      const callee = this.declared.get(node.expression?.referencedDeclaration);
      return (
        node.nodeType === "FunctionCall" &&
        ["private", "internal"].includes(callee?.visibility) &&
        node.arguments.some((argument: Node) => typeOf(argument) === "t_address" && fromCaller(argument)) &&
        [...this.stepsOf(this.withBody(callee!))].some(({ kind }) => kind === "write")
      );
    };
    return nodesOf(fn.body).some(
      (node) =>
        handed(node) ||
        this.targetsOf(node).some((target) => {
          const { base, keys } = rootOf(target);
          return this.isStorage(base) && keys.some((key) => key && typeOf(key) === "t_address" && fromCaller(key));
        }),
    );
  }
}
