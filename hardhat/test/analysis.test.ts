import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { Analysis } from "../lib/findings.ts";
import { byRules, handMade } from "../lib/mutants.ts";
import { compile, parse, sourceNames, treesOf } from "../lib/sources.ts";

const explained: Record<string, string> = JSON.parse(
  readFileSync(new URL("../findings-explained.json", import.meta.url), "utf8"),
);

const findingsIn = (body: string) => {
  const content = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;
interface Other { function poke() external; function transfer(address to, uint256 amount) external returns (bool); }
contract Bad {
    mapping(address => uint256) private sums;
    Other private other;
    address private owner;
    modifier onlyOwner() { require(msg.sender == owner); _; }
    modifier nonReentrant() { _; }
    ${body}
}`;
  const trees = treesOf(compile({ "Bad.sol": { content } }, { outputSelection: { "*": { "": ["ast"] } } }));
  const found = new Analysis([trees["Bad.sol"]], Object.values(trees)).findings();
  return found.filter(({ where }) => where === "Bad.f" || where === "Bad.constructor").map(({ rule }) => rule);
};

describe("The static analysis", () => {
  for (const [what, body, rules] of [
    [
      "a write after a call",
      "function f() external { other.poke(); sums[msg.sender] = 1; }",
      ["writes after a call, unguarded"],
    ],
    [
      "a write after a call, each in a function of its own",
      "function f() external { _a(); _b(); } function _a() private { other.poke(); } function _b() private { sums[msg.sender] = 1; }",
      ["writes after a call, unguarded"],
    ],
    [
      "a write through a pointer after a call in assembly",
      "function f() external { assembly { pop(call(gas(), 1, 0, 0, 0, 0, 0)) } delete sums[msg.sender]; }",
      ["writes after a call, unguarded"],
    ],
    [
      "no write after a call when it is guarded",
      "function f() external nonReentrant { other.poke(); sums[msg.sender] = 1; }",
      [],
    ],
    ["no write before a call", "function f() external { sums[msg.sender] = 1; other.poke(); }", []],
    [
      "a transfer that answers nobody",
      "function f() external { other.transfer(msg.sender, 1); }",
      ["ignores the result of a call"],
    ],
    [
      "a low-level call that answers nobody",
      'function f() external { owner.call(""); }',
      ["ignores the result of a call"],
    ],
    ["no transfer whose answer is read", "function f() external { require(other.transfer(msg.sender, 1)); }", []],
    [
      "an owner that can be nobody",
      "constructor(address owner_) { owner = owner_; }",
      ["takes an address without a check"],
    ],
    ["no owner that is checked", "constructor(address owner_) { require(owner_ != address(0)); owner = owner_; }", []],
    ["tx.origin", "function f() external view returns (bool) { return tx.origin == owner; }", ["asks for tx.origin"]],
    [
      "a moment that never comes",
      "function f() external view returns (bool) { return block.timestamp == 5; }",
      ["compares time for equality"],
    ],
    [
      "a function that nobody calls from within",
      "function f() public view returns (address) { return owner; }",
      ["could be external"],
    ],
    [
      "no function that somebody calls from within",
      "function f() public view returns (address) { return owner; } function g() external view returns (address) { return f(); }",
      [],
    ],
    [
      "a write under another's key",
      "function f(address who) external { sums[who] = 1; }",
      ["writes under another's key, unprotected"],
    ],
    [
      "a write under another's key by a function of its own",
      "function f(address who) external { _g(who); } function _g(address who) private { sums[who] = 1; }",
      ["writes under another's key, unprotected"],
    ],
    ["no write under another's key by the owner", "function f(address who) external onlyOwner { sums[who] = 1; }", []],
    ["no write under the caller's key", "function f(uint256 amount) external { sums[msg.sender] = amount; }", []],
    [
      "a delegation",
      'function f() external { (bool ok, ) = owner.delegatecall(""); require(ok); }',
      ["delegates or destroys itself"],
    ],
  ] as const) {
    it(`finds ${what}`, () => assert.deepEqual(findingsIn(body), rules));
  }

  it("finds nothing in the contracts but what is explained", () => {
    const { sources, all } = parse();
    const trees = sources.map(({ tree }) => tree);
    const found = new Analysis(trees, all).findings().map(({ rule, where }) => `${rule}: ${where}`);
    assert.deepEqual([...new Set(found)].sort(), Object.keys(explained).sort());
  });
});

describe("The mutants", () => {
  it("made by hand fit the contracts as they are, and the rules make hundreds", () => {
    const { sources } = parse();
    assert.ok(handMade(sources).length > 0 && byRules(sources).length > 500);
  });
});

describe("The compiler", () => {
  it("has no warning for the contracts", () => {
    const names = sourceNames();
    const sources = Object.fromEntries(
      names.map((name) => [name, { content: readFileSync(new URL(`../../${name}`, import.meta.url), "utf8") }]),
    );
    const { errors = [] } = compile(sources, {
      viaIR: true,
      evmVersion: "cancun",
      outputSelection: { "*": { "*": ["abi"] } },
    });
    const ours = errors.filter(
      (error: { sourceLocation?: { file: string } }) => !error.sourceLocation?.file.startsWith("@"),
    );
    assert.deepEqual(
      ours.map((error: { formattedMessage: string }) => error.formattedMessage),
      [],
    );
  });
});
