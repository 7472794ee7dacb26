import { addressFamilyOf } from '../facts/script/addresses.ts';
import type { Interval, IntervalSet } from './interval.ts';

/** An address as a number of 32 or 128 bits. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

function parse4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parse6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const low = parse4(dotted[2] as string);
    return parse6(`${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`);
  }
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = new Array<string>(tail === undefined ? 0 : 8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/**
 * Reads an address as RFC 4291 section 2.2 or as a dotted quad writes it, without brackets and zone.
 * @returns null for anything else
 */
export function parseAddress(text: string): Address | null {
  const version = addressFamilyOf(text);
  if (version === 0) return null;
  return { version, value: version === 4 ? parse4(text) : parse6(text) };
}

/** The addresses of `prefix` leading bits of a value. */
export function prefixInterval(version: 4 | 6, value: bigint, prefix: number): Interval {
  const bits = BigInt((version === 4 ? 32 : 128) - prefix);
  const low = (value >> bits) << bits;
  return [low, low + (1n << bits) - 1n];
}

/** An address in text, IPv6 as RFC 5952 wants it. */
export function formatAddress(version: 4 | 6, value: bigint): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  // The longest run of zero groups, the first of equals, and at least two of them (RFC 5952 section 4.2).
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

/** A range of addresses as one prefix where it is one (`10.0.0.0/8`, `192.168.1.7`), else as `low-high`. */
export function formatRange(version: 4 | 6, [low, high]: Interval): string {
  const width = version === 4 ? 32 : 128;
  const size = high - low + 1n;
  if ((size & (size - 1n)) === 0n && low % size === 0n) {
    const prefix = width - (size.toString(2).length - 1);
    return prefix === width ? formatAddress(version, low) : `${formatAddress(version, low)}/${prefix}`;
  }
  return `${formatAddress(version, low)}-${formatAddress(version, high)}`;
}

/** Ranges in words, at most `most` of them and then how many more. */
export function formatRanges(version: 4 | 6, set: IntervalSet, most = 8): string {
  const shown = set.slice(0, most).map((range) => formatRange(version, range));
  return set.length > most ? `${shown.join(', ')} and ${set.length - most} more` : shown.join(', ');
}
