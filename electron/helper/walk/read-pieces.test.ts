import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPieces, readUpTo } from './read-pieces.ts';

describe('a file that somebody else can write', () => {
  let folder = '';
  let opened = -1;
  const file = () => join(folder, 'file');
  const open = (contents: string) => {
    writeFileSync(file(), contents);
    opened = openSync(file(), 'r');
    return opened;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-pieces-'));
  });
  afterEach(() => {
    if (opened >= 0) closeSync(opened);
    opened = -1;
    rmSync(folder, { recursive: true });
  });

  it('is read whole, piece by piece', () => {
    const text = 'x'.repeat(2 * 1024 * 1024 + 7);
    let read = '';
    const total = readPieces(open(text), text.length, 'f', (piece) => {
      read += piece.toString();
    });
    expect(total).toBe(text.length);
    expect(read).toBe(text);
    expect(readUpTo(open(''), 0)).toEqual(Buffer.alloc(0));
    expect(readUpTo(open('abc'), 3)?.toString()).toBe('abc');
    expect(readUpTo(open('abcd'), 3)).toBeNull();
  });

  it('is read no further than it was, when it grows with every piece that is read', () => {
    let used = 0;
    const grows = () =>
      readPieces(open('x'.repeat(100)), 1_000_000, 'the log', (piece) => {
        used += piece.length;
        if (used > 10_000) throw new Error('it would go on for ever');
        appendFileSync(file(), 'y'.repeat(piece.length + 1));
      });
    expect(grows).toThrow('the log grows while it is read');
    expect(used).toBe(100);
  });

  it('is not read at all where it is longer than every disk', () => {
    open('');
    truncateSync(file(), 2 ** 40);
    expect(() => readPieces(opened, 2 ** 30, 'the log', () => expect.unreachable())).toThrow('too large');
    expect(readUpTo(opened, 2 ** 30)).toBeNull();
  });
});
