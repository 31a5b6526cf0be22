/** Philox-4x32-10: four words of noise from a counter and a key. */
export function philox4x32(counter: number[], key: number[]): number[] {
  let [c0, c1, c2, c3] = counter.map((word) => word >>> 0);
  let [k0, k1] = key.map((word) => word >>> 0);
  for (let round = 0; round < 10; round++) {
    const a = BigInt(c0) * 0xd2511f53n;
    const b = BigInt(c2) * 0xcd9e8d57n;
    [c0, c1, c2, c3] = [
      (Number(b >> 32n) ^ c1 ^ k0) >>> 0,
      Number(b & 0xffffffffn),
      (Number(a >> 32n) ^ c3 ^ k1) >>> 0,
      Number(a & 0xffffffffn),
    ];
    [k0, k1] = [(k0 + 0x9e3779b9) >>> 0, (k1 + 0xbb67ae85) >>> 0];
  }
  return [c0, c1, c2, c3];
}
