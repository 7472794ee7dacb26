import { createHash } from 'node:crypto';

/**
 * The tree of RFC 9162, section 2.1, word for word: recursive, over all leaves, without any stored hash. Slow, and
 * obviously right. The engine is held to it.
 */
const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

function largestPowerBelow(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

export function slowRoot(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.from([0]), leaves[0] as Uint8Array);
  const k = largestPowerBelow(leaves.length);
  return sha256(Buffer.from([1]), slowRoot(leaves.slice(0, k)), slowRoot(leaves.slice(k)));
}

export function slowInclusion(m: number, leaves: readonly Uint8Array[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = largestPowerBelow(leaves.length);
  return m < k
    ? [...slowInclusion(m, leaves.slice(0, k)), slowRoot(leaves.slice(k))]
    : [...slowInclusion(m - k, leaves.slice(k)), slowRoot(leaves.slice(0, k))];
}

export function slowConsistency(m: number, leaves: readonly Uint8Array[]): Buffer[] {
  return slowSubproof(m, leaves, true);
}

function slowSubproof(m: number, leaves: readonly Uint8Array[], b: boolean): Buffer[] {
  const n = leaves.length;
  if (m === n) return b ? [] : [slowRoot(leaves)];
  const k = largestPowerBelow(n);
  return m <= k
    ? [...slowSubproof(m, leaves.slice(0, k), b), slowRoot(leaves.slice(k))]
    : [...slowSubproof(m - k, leaves.slice(k), false), slowRoot(leaves.slice(0, k))];
}
