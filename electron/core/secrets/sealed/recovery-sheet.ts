import { createHash } from 'node:crypto';
import { KEY_BYTES } from './box.ts';

/** Digits of Crockford's base 32 (crockford.com/base32): without I, L, O and U, which are mistaken for others. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Groups that hold the key: 20 bits each, 256 bits in all, and 4 bits of nothing. */
const KEY_GROUPS = 13;
/** All groups: the last one is the checksum of all. */
export const SHEET_GROUPS = KEY_GROUPS + 1;
/** Characters of a group: four of the key, and one that says whether they are right. */
export const GROUP_LENGTH = 5;

/**
 * Writes a key so that a person can type it from paper: 14 groups of five. The fifth character of a group checks the four before it and
 * its place, so that a slip can be named; the last group checks all.
 * @param key KEY_BYTES bytes
 */
export function sheetOf(key: Uint8Array): string[] {
  if (key.length !== KEY_BYTES) throw new Error('A recovery key has 32 bytes');
  const groups: string[] = [];
  for (let place = 0; place < KEY_GROUPS; place += 1) {
    const four = digits(bitsAt(key, place * 20, 20), 4);
    groups.push(four + checkOf(place, four));
  }
  return [...groups, sumOf(groups)];
}

/** What a person typed: a key, or what is wrong with it. Groups are counted from 1. */
export type SheetReading =
  | { ok: true; key: Buffer }
  | { ok: false; problem: 'too-short' | 'too-long' | 'sum' }
  | { ok: false; problem: 'group'; group: number };

/**
 * Reads what was typed. Case, spaces and hyphens do not matter; O is read as 0, I and L as 1, as Crockford has it.
 * @param typed at most a few hundred characters count
 */
export function readSheet(typed: string): SheetReading {
  const text = plainDigits(typed);
  const wanted = SHEET_GROUPS * GROUP_LENGTH;
  const groups: string[] = [];
  for (let at = 0; at + GROUP_LENGTH <= Math.min(text.length, wanted); at += GROUP_LENGTH)
    groups.push(text.slice(at, at + GROUP_LENGTH));
  const wrong = groups.slice(0, KEY_GROUPS).findIndex((group, place) => !isRight(group, place));
  if (wrong >= 0) return { ok: false, problem: 'group', group: wrong + 1 };
  if (text.length < wanted) return { ok: false, problem: 'too-short' };
  if (text.length > wanted) return { ok: false, problem: 'too-long' };
  const key = groups.slice(0, KEY_GROUPS);
  if (sumOf(key) !== groups[KEY_GROUPS]) return { ok: false, problem: 'sum' };
  return keyFrom(key);
}

/** @returns a group as it is compared: what a person typed for one group of the sheet */
export function plainDigits(typed: string): string {
  return typed
    .slice(0, 1_024)
    .toUpperCase()
    .replaceAll(/[\s\u00ad\u2010-\u2015-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
}

function keyFrom(groups: readonly string[]): SheetReading {
  const bytes = Buffer.allocUnsafeSlow(KEY_BYTES).fill(0);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of groups.map((group) => group.slice(0, 4)).join('')) {
    held = (held << 5) | DIGITS.indexOf(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      if (at < KEY_BYTES) bytes[at] = (held >> bits) & 0xff;
      at += 1;
      held &= (1 << bits) - 1;
    }
  }
  // The 4 bits behind the key are nothing: another sheet would be read as the same key.
  return held === 0 ? { ok: true, key: bytes } : { ok: false, problem: 'sum' };
}

function isRight(group: string, place: number): boolean {
  const four = group.slice(0, 4);
  return [...four].every((digit) => DIGITS.includes(digit)) && checkOf(place, four) === group[4];
}

function checkOf(place: number, four: string): string {
  const sum = createHash('sha256').update(`swarmkeep sheet group ${place} ${four}`).digest();
  return digits((sum[0] ?? 0) & 0x1f, 1);
}

function sumOf(groups: readonly string[]): string {
  const sum = createHash('sha256')
    .update(`swarmkeep sheet ${groups.join(' ')}`)
    .digest();
  return digits(bitsAt(sum, 0, 25), 5);
}

/** @returns `count` bits from bit `from` on, the highest first; bits behind the end are 0 */
function bitsAt(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let bit = from; bit < from + count; bit += 1) {
    const byte = bytes[bit >> 3] ?? 0;
    value = (value << 1) | ((byte >> (7 - (bit & 7))) & 1);
  }
  return value;
}

function digits(value: number, count: number): string {
  let text = '';
  for (let place = count - 1; place >= 0; place -= 1) text += DIGITS[(value >> (place * 5)) & 0x1f] ?? '';
  return text;
}
