import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from './frames.ts';

const NONCE = '0123456789abcdef';

/** Cuts bytes into pieces at random places, as a network does. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.subarray(places[index - 1] ?? 0, end));
}

describe('FrameReader', () => {
  it('finds the same frames wherever the stream is cut, whatever stands between them', () => {
    const noise = fc.uint8Array({ maxLength: 5_000 }).map((bytes) => Buffer.from(bytes));
    const frame = fc.record({
      job: fc.option(fc.nat({ max: 999 })),
      kind: fc.constantFrom('o', 'e', 'exit', 'end', 'done'),
      payload: fc.string({ unit: fc.constantFrom(...'ABCxyz019+/='), minLength: 1, maxLength: 3_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(noise, frame), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (parts, cuts) => {
          const lines = parts.map(([before, entry]) =>
            Buffer.concat([
              before,
              Buffer.from(`\n${NONCE} ${entry.job ?? '-'} ${entry.kind} ${entry.payload}\n`, 'latin1'),
            ]),
          );
          const reader = new FrameReader(NONCE);
          const frames = pieces(Buffer.concat(lines), cuts).flatMap((piece) => reader.push(piece));
          expect(frames).toEqual(parts.map(([, entry]) => entry));
        },
      ),
    );
  });

  it('takes nothing for a frame that does not know the nonce', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 10_000 }), (bytes) => {
        expect(new FrameReader(NONCE).push(Buffer.from(bytes))).toEqual([]);
      }),
    );
    const forged = Buffer.from(
      `${'f'.repeat(NONCE.length)} 0 end\nx${NONCE} 0 end\n ${NONCE} 0 end\nffff 0 end\n${NONCE}0 end\n`,
    );
    expect(new FrameReader(NONCE).push(forged)).toEqual([]);
  });

  it('holds no more than a line of what never ends, and counts it', () => {
    const reader = new FrameReader(NONCE);
    for (let count = 0; count < 100; count += 1) reader.push(Buffer.alloc(10_000, 0x61));
    expect(reader.noiseBytes).toBeGreaterThan(990_000);
    expect(reader.push(Buffer.from(`${NONCE} - done\n${NONCE} - done\n`))).toEqual([
      { job: null, kind: 'done', payload: '' },
    ]);
  });
});
