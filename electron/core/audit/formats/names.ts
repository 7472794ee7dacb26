import { Buffer } from 'node:buffer';

/** Places for names; a power of two. */
const SIZE = 2_048;
const LONGEST = 64;

const table: (string | undefined)[] = new Array(SIZE);

/**
 * The name that stands at a place of a line, as one string for all lines: logs have few names and very many lines, and making each name
 * anew costs more than reading it. A name that meets another one in its place takes that place over.
 * @param hash of the characters, made while they were read: `(hash * 31 + code) | 0` from 0
 */
export function nameAt(line: string, start: number, end: number, hash: number): string {
  const place = (hash ^ (hash >>> 15)) & (SIZE - 1);
  const known = table[place];
  if (known !== undefined && known.length === end - start && line.startsWith(known, start)) return known;
  const name = line.slice(start, end);
  // A short slice is a string of its own in V8 only up to 12 characters; a longer one would keep its whole line in memory.
  if (end - start <= LONGEST) table[place] = Buffer.from(name).toString();
  return name;
}
