// Fee and points as docs/encodings.md and the protocol have them.
export type Priced = {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  inputPrice: bigint;
  cachedPrice: bigint;
  outputPrice: bigint;
};

export function feeOf(receipt: Priced): bigint {
  if (receipt.completionTokens === 0) return 0n;
  const micro =
    BigInt(receipt.promptTokens - receipt.cachedTokens) * receipt.inputPrice +
    BigInt(receipt.cachedTokens) * receipt.cachedPrice +
    BigInt(receipt.completionTokens) * receipt.outputPrice;
  return (micro + 999_999n) / 1_000_000n;
}

export function pointsOf(receipt: { durationMs: number; promptTokens: number; status: number }): number {
  if (receipt.status > 1) return 0;
  const speed = [1_000, 2_000, 3_000, 5_000, 10_000].filter((limit) => receipt.durationMs < limit).length;
  const complexity = [12, 50, 125].filter((limit) => receipt.promptTokens > limit).length;
  return 3 + speed + complexity;
}
