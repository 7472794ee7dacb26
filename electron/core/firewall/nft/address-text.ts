import { parseAddress } from '../address.ts';

const DOT = 46;
const ZERO = 48;
const COLON = 58;

/** A dotted quad as a number; null for anything else. */
function readQuad(text: string): bigint | null {
  let number = 0;
  let part = -1;
  let parts = 1;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === DOT && part >= 0) {
      number = number * 256 + part;
      part = -1;
      parts += 1;
    } else if (code >= ZERO && code < COLON && part !== 0) part = Math.max(part, 0) * 10 + code - ZERO;
    else return null;
    if (part > 255) return null;
  }
  return parts === 4 && part >= 0 ? BigInt(number * 256 + part) : null;
}

/** The groups of one side of `::`; null where they are not plain hexadecimal of at most 16 bits. */
function readGroups(text: string, groups: number[]): boolean {
  if (text === '') return true;
  for (const group of text.split(':')) {
    if (group.length === 0 || group.length > 4) return false;
    let value = 0;
    for (let index = 0; index < group.length; index += 1) {
      const code = group.charCodeAt(index) | 32;
      const digit = code >= 97 && code <= 102 ? code - 87 : group.charCodeAt(index) - ZERO;
      if (digit < 0 || (digit > 9 && (code < 97 || code > 102))) return false;
      value = value * 16 + digit;
    }
    groups.push(value);
  }
  return groups.length <= 8;
}

/** IPv6 in hexadecimal groups as a number; null for anything else, as for a dotted end. */
function readColons(text: string): bigint | null {
  const gap = text.indexOf('::');
  const groups: number[] = [];
  if (!readGroups(gap < 0 ? text : text.slice(0, gap), groups)) return null;
  if (gap >= 0) {
    const tail: number[] = [];
    if (!readGroups(text.slice(gap + 2), tail) || groups.length + tail.length > 7) return null;
    while (groups.length + tail.length < 8) groups.push(0);
    groups.push(...tail);
  }
  if (groups.length !== 8) return null;
  const pair = (index: number) =>
    BigInt((groups[2 * index] as number) * 65_536 + (groups[2 * index + 1] as number));
  return (pair(0) << 96n) | (pair(1) << 64n) | (pair(2) << 32n) | pair(3);
}

/**
 * An address as nft prints it, as a number of 32 or 128 bits. As `parseAddress`, and ten times faster for the usual writings:
 * sets hold 100,000 of them.
 * @returns null for what is no address of this version
 */
export function readAddress(version: 4 | 6, text: string): bigint | null {
  const usual = version === 4 ? readQuad(text) : readColons(text);
  if (usual !== null) return usual;
  const address = parseAddress(text);
  return address?.version === version ? address.value : null;
}
