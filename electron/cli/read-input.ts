import { closeSync, openSync, readSync } from 'node:fs';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from './failure.ts';

const PIECE = 65_536;

/**
 * Reads a file of JSON that a person names: a pipe too (`<(pip list --format=json)`), of which nobody knows beforehand how long it
 * is, and never more than a bound.
 * @param most bytes @param what it may be at most, such as `list of packages` @param form said beside an error: what it should look like
 * @throws CommandFailure when it cannot be read, is longer, or no JSON
 */
export function readJsonInput(path: string, most: number, what: string, form: string): unknown {
  const text = readText(path, most, what, form).replace(/^\ufeff/, '');
  try {
    return JSON.parse(text);
  } catch {
    throw couldNot(`${visible(path)} is no JSON.`, form);
  }
}

function readText(path: string, most: number, what: string, form: string): string {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    const file = openSync(path, 'r');
    try {
      for (;;) {
        const piece = Buffer.allocUnsafe(PIECE);
        const count = readSync(file, piece);
        if (count === 0) break;
        size += count;
        if (size > most) throw couldNot(`${visible(path)} is larger than any ${what}.`, form);
        pieces.push(piece.subarray(0, count));
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) throw error;
    const words: Readonly<Record<string, string>> = {
      ENOENT: 'There is nothing at that place.',
      EISDIR: 'It is a folder.',
      EACCES: 'It is closed to this account.',
    };
    throw couldNot(`${visible(path)} could not be read (${code}). ${words[code] ?? ''}`.trim(), form);
  }
  return Buffer.concat(pieces).toString('utf8');
}
