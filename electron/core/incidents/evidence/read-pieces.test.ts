import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './piece-outcome.ts';
import { readPieces } from './read-pieces.ts';

const EDGE = '0123456789abcdef0123456789abcdef';
const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const mark = (text: string): Buffer => Buffer.from(`\0${EDGE}${text}\0`, 'latin1');
const piece = (origin: string, content: Buffer, status = 0): Buffer =>
  Buffer.concat([mark(`+${origin}`), content, mark(`=${status} ${hash(content)}`)]);

const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
const origin = fc.stringMatching(/^[ -~]{1,40}$/);

describe('pieces of evidence', () => {
  it('come back as they were given, whatever bytes they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(origin, bytes), { maxLength: 12 }), bytes, (given, noise) => {
        const parts = given.flatMap(([name, content]) => [piece(name, content), Buffer.from(noise)]);
        const { pieces, finished } = readPieces(Buffer.concat([...parts, mark('!')]), EDGE);
        expect(finished).toBe(true);
        expect(
          pieces.map((one) =>
            one.kind === 'content' ? [one.origin.toString(), one.content, one.end?.sha256] : null,
          ),
        ).toEqual(given.map(([name, content]) => [name, content, hash(content)]));
      }),
    );
  });

  it('are never more than was sent when they are cut anywhere', () => {
    const whole = Buffer.concat([
      piece('a', Buffer.from('one')),
      mark('-not-there /x'),
      piece('b', Buffer.alloc(50, 7)),
      mark('!'),
    ]);
    for (let end = 0; end < whole.length; end += 1) {
      const { pieces, finished } = readPieces(whole.subarray(0, end), EDGE);
      expect(finished).toBe(false);
      for (const one of pieces)
        if (one.kind === 'content' && one.end !== null) expect(one.end.sha256).toBe(one.received);
    }
  });

  it('survive whatever else a node may say', () => {
    const words = fc.constantFrom(
      mark('+'),
      mark('='),
      mark('= 1'),
      mark('!'),
      mark('-'),
      mark('?'),
      Buffer.from(`\0${EDGE}`),
      Buffer.from('\0'),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, bytes), { maxLength: 30 }), (all) => {
        const { pieces } = readPieces(Buffer.concat(all), EDGE);
        expect(pieces.length).toBeLessThanOrEqual(all.length);
      }),
    );
  });

  it('whose bytes are not those that the node hashed are never called whole', () => {
    const lie = Buffer.concat([
      mark('+ps'),
      Buffer.from('changed'),
      mark(`=0 ${hash(Buffer.from('first'))}`),
    ]);
    const [only] = readPieces(lie, EDGE).pieces;
    const job = { timedOut: false, cut: false };
    expect(only && outcomeOf(only, job, true).outcome).toBe('failed');
    const [open] = readPieces(Buffer.concat([mark('+ps'), Buffer.from('half')]), EDGE).pieces;
    expect(open && outcomeOf(open, { ...job, timedOut: true }, true).outcome).toBe('timed-out');
    expect(open && outcomeOf(open, { ...job, cut: true }, true).outcome).toBe('cut');
    const [empty] = readPieces(piece('nft', Buffer.alloc(0), 1), EDGE).pieces;
    expect(empty && outcomeOf(empty, job, false).outcome).toBe('not-allowed');
    expect(empty && outcomeOf(empty, job, true).outcome).toBe('failed');
  });
});
