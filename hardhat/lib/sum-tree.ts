// The Merkle sum tree of a statement.
import { concat, encodePacked, keccak256, zeroHash, type Hex } from "viem";

export type Totals = { completed: bigint; tokens: bigint; fees: bigint; points: bigint };
export type TreeNode = { hash: Hex; totals: Totals };

export const noTotals: Totals = { completed: 0n, tokens: 0n, fees: 0n, points: 0n };
const padding: TreeNode = { hash: zeroHash, totals: noTotals };

const packed = ({ hash, totals }: TreeNode): Hex =>
  concat([
    hash,
    encodePacked(
      ["uint64", "uint64", "uint128", "uint64"],
      [totals.completed, totals.tokens, totals.fees, totals.points],
    ),
  ]);

export const leafOf = (structHash: Hex, totals: Totals): TreeNode => ({
  hash: keccak256(concat(["0x00", packed({ hash: structHash, totals })])),
  totals,
});

const join = (left: TreeNode, right: TreeNode): TreeNode => ({
  hash: keccak256(concat(["0x01", packed(left), packed(right)])),
  totals: {
    completed: left.totals.completed + right.totals.completed,
    tokens: left.totals.tokens + right.totals.tokens,
    fees: left.totals.fees + right.totals.fees,
    points: left.totals.points + right.totals.points,
  },
});

export const rootOf = (top: TreeNode): Hex => keccak256(concat(["0x02", packed(top)]));

/** All levels from the leaves (padded to a power of two) to the top. */
export function levelsOf(leaves: TreeNode[]): TreeNode[][] {
  const width = 2 ** Math.ceil(Math.log2(leaves.length));
  const levels = [[...leaves, ...Array<TreeNode>(width - leaves.length).fill(padding)]];
  while (levels[0].length > 1) {
    const below = levels[0];
    levels.unshift(below.filter((_, i) => i % 2 === 0).map((left, i) => join(left, below[2 * i + 1])));
  }
  return levels.reverse();
}

export const proofOf = (levels: TreeNode[][], index: number): TreeNode[] =>
  levels.slice(0, -1).map((level, k) => level[(index >> k) ^ 1]);
