import { type Hash, nodeHash } from './hash.ts';

const odd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);

/**
 * Checks an inclusion proof, as RFC 9162, section 2.1.3.2, has it.
 * @param leaf hash of the leaf
 * @param index of the leaf, from 0
 * @returns whether `path` leads from the leaf to the root of the tree of `size` leaves
 */
export function includes(
  leaf: Hash,
  index: number,
  size: number,
  path: readonly Hash[],
  root: Hash,
): boolean {
  if (index < 0 || index >= size) return false;
  let [fn, sn, reached] = [index, size - 1, leaf];
  for (const step of path) {
    if (sn === 0) return false;
    if (odd(fn) || fn === sn) {
      reached = nodeHash(step, reached);
      while (!odd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      reached = nodeHash(reached, step);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && reached === root;
}

/**
 * Checks a consistency proof, as RFC 9162, section 2.1.4.2, has it.
 * @returns whether the tree of `second` leaves begins with the tree of `first` leaves, which is at least 1
 */
export function extendsTree(
  first: number,
  firstRoot: Hash,
  second: number,
  secondRoot: Hash,
  path: readonly Hash[],
): boolean {
  if (first < 1 || first > second) return false;
  if (first === second) return path.length === 0 && firstRoot === secondRoot;
  const complete = Number.isInteger(Math.log2(first));
  const [start, ...rest] = complete ? [firstRoot, ...path] : path;
  if (start === undefined || path.length === 0) return false;
  let [fn, sn] = [first - 1, second - 1];
  while (odd(fn)) [fn, sn] = [half(fn), half(sn)];
  let [fr, sr] = [start, start];
  for (const step of rest) {
    if (sn === 0) return false;
    if (odd(fn) || fn === sn) {
      fr = nodeHash(step, fr);
      sr = nodeHash(step, sr);
      while (!odd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      sr = nodeHash(sr, step);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && fr === firstRoot && sr === secondRoot;
}
