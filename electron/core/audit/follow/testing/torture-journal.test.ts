import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Committed, readJournal, readLast } from './torture-journal.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-journal-'));
  path = join(folder, 'journal');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const committed = fc.record({
  lines: fc.array(fc.string({ maxLength: 40 }), { maxLength: 3 }),
  // Some are longer than what is read at once.
  position: fc.oneof(fc.nat(100), fc.integer({ min: 60_000, max: 140_000 })),
});

it('gives the last whole line and all of them, whatever the end was torn off of', async () => {
  expect(readLast(path)).toEqual({ last: null, bytes: 0 });
  await fc.assert(
    fc.asyncProperty(fc.array(committed, { maxLength: 5 }), fc.nat(), async (all, torn) => {
      const written: Committed[] = all.map(({ lines, position }) => ({
        lines,
        gaps: [],
        position: position > 50_000 ? 'x'.repeat(position) : position,
      }));
      const texts = written.map((one) => `${JSON.stringify(one)}\n`);
      const whole = Buffer.from(texts.join(''));
      const next = Buffer.from(JSON.stringify({ lines: ['torn'], gaps: [], position: null }));
      writeFileSync(path, Buffer.concat([whole, next.subarray(0, torn % (next.length + 1))]));
      expect(readLast(path)).toEqual({ last: written.at(-1) ?? null, bytes: whole.length });
      const read: Committed[] = [];
      for await (const one of readJournal(path)) read.push(one);
      expect(read).toEqual(written);
    }),
    { numRuns: 40 },
  );
});
