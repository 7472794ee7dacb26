import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FollowedLine } from '../follower.ts';
import { LineSplitter } from './line-splitter.ts';

/** The obvious way: everything at once. */
function slowly(bytes: Buffer, longest: number): { lines: FollowedLine[]; rest: Buffer } {
  const lines: FollowedLine[] = [];
  let start = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] !== 10) continue;
    let end = index;
    if (end > start && bytes[end - 1] === 13) end -= 1;
    lines.push(lineOf(bytes.subarray(start, end), longest));
    start = index + 1;
  }
  return { lines, rest: bytes.subarray(start) };
}

function lineOf(bytes: Buffer, longest: number): FollowedLine {
  if (bytes.length <= longest) return { text: bytes.toString('utf8'), cut: null };
  // What is cut ends with a whole character: the longest beginning that a decoder would not have to wait behind.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, longest), {
    stream: true,
  });
  return { text, cut: { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') } };
}

function split(bytes: Buffer, cuts: readonly number[], longest: number) {
  const splitter = new LineSplitter(longest);
  const lines: FollowedLine[] = [];
  let consumed = 0;
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    const end = splitter.push(bytes.subarray(at, cut), lines);
    if (end > 0) consumed = at + end;
    at = cut;
  }
  return { lines, consumed, waiting: splitter.waiting, last: splitter.finish() };
}

const piece = fc.oneof(
  fc
    .constantFrom('\n', '\r', '\r\n', '\0', 'é', '€', '😀', '\ufeff', 'a', 'line')
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
);
const content = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.concat(pieces));

describe('LineSplitter', () => {
  it('makes the same lines wherever the pieces are cut', () => {
    const cutsOf = fc.array(fc.nat(400), { maxLength: 12 });
    fc.assert(
      fc.property(content, cutsOf, fc.constantFrom(3, 8, 1_000), (bytes, wanted, longest) => {
        const cuts = wanted.map((cut) => cut % (bytes.length + 1)).sort((one, other) => one - other);
        const expected = slowly(bytes, longest);
        const seen = split(bytes, cuts, longest);
        expect(seen.lines).toEqual(expected.lines);
        expect(seen.consumed).toBe(bytes.length - expected.rest.length);
        expect(seen.waiting).toBe(expected.rest.length);
        const last = expected.rest.at(-1) === 13 ? expected.rest.subarray(0, -1) : expected.rest;
        expect(seen.last).toEqual(expected.rest.length === 0 ? null : lineOf(last, longest));
      }),
      { numRuns: 2_000 },
    );
  });

  it('makes the same lines with a cut at every single byte', () => {
    const bytes = Buffer.concat([
      Buffer.from('plain\ncr lf\r\n\r\nlone \r return\n€ 😀\r\n'),
      Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0xe2, 0x82, 0x0a, 0xf0, 0x9f, 0x0d, 0x0a]),
      Buffer.from('no end'),
    ]);
    const expected = slowly(bytes, 1_000);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(split(bytes, [cut], 1_000).lines).toEqual(expected.lines);
    }
    const everywhere = Array.from({ length: bytes.length }, (_, index) => index);
    expect(split(bytes, everywhere, 1_000).lines).toEqual(expected.lines);
  });

  it('cuts, marks and hashes a line that is too long, and keeps no more of it', () => {
    const splitter = new LineSplitter();
    const lines: FollowedLine[] = [];
    const block = Buffer.alloc(1024 * 1024, 'x');
    const hash = createHash('sha256');
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 100; count += 1) {
      splitter.push(block, lines);
      hash.update(block);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
    splitter.push(Buffer.from('\r\nnext\n'), lines);
    expect(lines.map(({ text }) => text.length)).toEqual([16 * 1024 * 1024, 4]);
    expect(lines[0]?.cut).toEqual({ bytes: 100 * 1024 * 1024, sha256: hash.digest('hex') });
    expect(lines[1]).toEqual({ text: 'next', cut: null });
  });
});
