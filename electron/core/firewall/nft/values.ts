import { prefixInterval } from '../address.ts';
import type { Interval } from '../interval.ts';
import { readAddress } from './address-text.ts';
import { type Key, LOOPBACK_TYPE } from './expression.ts';
import { isList, isObject, type Json, Malformed, member, shown, tagged, wholeNumber } from './json.ts';
import { ETHER_TYPE, ETHER_TYPE_NUMBER } from './names.ts';

function isAddress(key: Key): boolean {
  return key.field === 'saddr' || key.field === 'daddr';
}

function addressVersion(key: Key): 4 | 6 {
  return key.bits === 32 ? 4 : 6;
}

function bounded(key: Key, value: bigint): bigint {
  if (value >> BigInt(key.bits) !== 0n)
    throw new Malformed(`A number is too large for ${key.field}, which has ${key.bits} bits.`);
  return value;
}

function readText(key: Key, value: string): bigint | null {
  if (isAddress(key)) {
    const address = readAddress(addressVersion(key), value);
    if (address === null) throw new Malformed(`${shown(value)} is no IPv${addressVersion(key)} address.`);
    return address;
  }
  const named = key.names?.get(value);
  if (named !== undefined) return named;
  // Some versions print numbers as text; a word that is not known here may be a name in a file of the host.
  return /^(?:0|[1-9]\d{0,19})$/.test(value)
    ? bounded(key, BigInt(value))
    : /^0x[0-9a-f]{1,32}$/i.test(value)
      ? bounded(key, BigInt(value))
      : null;
}

/**
 * One number of a field: a word, an address, a number, or several bits as a list or joined with `|`.
 * @returns null for a word that this model does not know
 * @throws Malformed for a number or address that the field cannot have
 */
export function readNumber(key: Key, value: Json | undefined, depth = 0): bigint | null {
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 0) throw new Malformed(`${value} is no value of ${key.field}.`);
    return bounded(key, BigInt(value));
  }
  if (typeof value === 'string') return readText(key, value);
  const bits = isList(value) ? value : isObject(value) ? member(value, '|') : undefined;
  if (!isList(bits) || depth > 16) {
    if (isObject(value) && depth <= 16) return null;
    throw new Malformed(`Expected a value of ${key.field}, not ${shown(value)}.`);
  }
  let all = 0n;
  for (const bit of bits) {
    const number = readNumber(key, bit, depth + 1);
    if (number === null) return null;
    all |= number;
  }
  return all;
}

/** @returns null where the kernel's comparison cannot be said with ranges of this field */
function throughKey(key: Key, [low, high]: Interval): Interval | null {
  if (key.flip !== 0n && low !== high) return null;
  const shift = BigInt(key.shift);
  if (key.flip !== 0n) return [(low << shift) ^ key.flip, (low << shift) ^ key.flip];
  return shift === 0n ? [low, high] : [low << shift, (high << shift) | ((1n << shift) - 1n)];
}

function etherType(value: Json | undefined): Interval[] | null {
  if (typeof value === 'string') {
    const known = ETHER_TYPE.get(value);
    return known === undefined ? [] : [[known, known]];
  }
  if (typeof value !== 'number') return null;
  const known = ETHER_TYPE_NUMBER.get(BigInt(wholeNumber(value, 'An ether type')));
  return known === undefined ? [] : [[known, known]];
}

/**
 * The ends of one value of a field as nft prints it: a number or word, `{range}`, `{prefix}`.
 * @returns null for what this model does not know
 * @throws Malformed for a value that the field cannot have and for a range that ends before it begins
 */
export function readEnds(key: Key, value: Json | undefined): Interval | null {
  const [name, body] = (isObject(value) ? tagged(value) : null) ?? [null, null];
  if (name === 'range') {
    if (!isList(body) || body.length !== 2)
      throw new Malformed(`A range should have two ends: ${shown(body)}.`);
    const low = readNumber(key, body[0]);
    const high = readNumber(key, body[1]);
    if (low === null || high === null) return null;
    if (low > high)
      throw new Malformed(`The range of ${key.field} from ${low} to ${high} ends before it begins.`);
    return [low, high];
  }
  if (name === 'prefix') {
    if (!isObject(body)) throw new Malformed(`A prefix should have an address and a length: ${shown(body)}.`);
    const length = wholeNumber(member(body, 'len'), 'The length of a prefix');
    const base = readNumber(key, member(body, 'addr'));
    if (length > key.bits) throw new Malformed(`A prefix of ${length} bits is longer than ${key.field}.`);
    if (base === null) return null;
    if (isAddress(key)) return prefixInterval(addressVersion(key), base, length);
    const rest = BigInt(key.bits - length);
    const low = (base >> rest) << rest;
    // nft prints `mark & 0 != 16` as `mark != 16/0`: the kernel compares with all bits, so what is behind the prefix counts.
    if (low !== base) return null;
    return [low, low + (1n << rest) - 1n];
  }
  const number = readNumber(key, value);
  return number === null ? null : [number, number];
}

/**
 * Which values of the field satisfy one printed value, as ranges of the masked field.
 * @returns null for what this model does not know
 * @throws Malformed as `readEnds`
 */
export function readIntervals(key: Key, value: Json | undefined): readonly Interval[] | null {
  if (key.names === ETHER_TYPE) return etherType(value);
  const ends = readEnds(key, value);
  const interval = ends && throughKey(key, ends);
  return interval && [interval];
}

const MAX_NAME = 255;

/**
 * An interface name, perhaps with a star at its end for "any rest".
 * @returns null for a name with a real star in it, which nft prints with a backslash, and for the number of an interface that is gone
 * @throws Malformed for anything that is no name
 */
export function readName(key: Key, value: Json | undefined): string | null {
  if (key.names === LOOPBACK_TYPE) return value === 'loopback' ? 'lo' : null;
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))) return null;
  if (typeof value !== 'string' || value.length > MAX_NAME)
    throw new Malformed(`Expected the name of an interface, not ${shown(value)}.`);
  return value.includes('\\') || value.slice(0, -1).includes('*') ? null : value;
}
