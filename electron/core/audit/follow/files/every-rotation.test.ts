import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { MIXED, REMOVED, RENAMED } from '../testing/found-histories.ts';
import { historyOf, PLAIN_COPY, rotation } from '../testing/histories.ts';
import { type Deed, type ModelOptions, playModel } from '../testing/model-run.ts';

/** `FOLLOW_HISTORIES=20000` for the long run, with other histories each time. */
const HISTORIES = Number(process.env.FOLLOW_HISTORIES ?? 60);
const SEED = process.env.FOLLOW_HISTORIES === undefined ? { seed: 20_261_122 } : {};

/** As many as there is time for, where that is bounded: minutes for each kind of rotation. */
const MINUTES = Number(process.env.FOLLOW_MINUTES ?? 0);
const bounded =
  MINUTES > 0 ? { interruptAfterTimeLimit: MINUTES * 60_000, markInterruptAsFailure: false } : {};
const tried = { numRuns: HISTORIES, ...SEED, ...bounded };
/** Milliseconds: a history takes some ten of them, several times as much where the machine is busy, and one that fails is made smaller. */
const limit = { timeout: 120_000 + HISTORIES * 100 };
let played = 0;
afterEach(({ task }) => {
  if (process.env.FOLLOW_HISTORIES) process.stdout.write(`${played} histories: ${task.name}\n`);
  played = 0;
});
const play = (history: ModelOptions) => {
  played += 1;
  return playModel(history);
};

it('a log that is renamed is read once, without a gap, whatever happens when', limit, async () => {
  await fc.assert(
    fc.asyncProperty(historyOf(rotation('rename') as fc.Arbitrary<Deed>), async (history) => {
      const { wrong, gaps } = await play(history);
      expect({ wrong, gaps }).toEqual({ wrong: [], gaps: [] });
    }),
    { ...tried, examples: RENAMED },
  );
});

it.for([
  ['copied and cut', [rotation('copy')]],
  ['copied and cut now, and renamed then', [rotation('copy'), rotation('rename')]],
] as const)('a log that is %s is read once, and every cut is told', limit, async ([, kinds]) => {
  await fc.assert(
    fc.asyncProperty(historyOf(fc.oneof(...kinds) as fc.Arbitrary<Deed>), async (history) => {
      const { wrong } = await play({ ...history, ending: PLAIN_COPY });
      expect(wrong).toEqual([]);
    }),
    { ...tried, examples: MIXED },
  );
});

it('tells of what was removed before it could be read', limit, async () => {
  const any = fc.oneof(rotation('copy'), rotation('rename')) as fc.Arbitrary<Deed>;
  await fc.assert(
    fc.asyncProperty(historyOf(any, [1, 2, 3]), async (history) => {
      const { wrong } = await play({ ...history, ending: PLAIN_COPY });
      expect(wrong).toEqual([]);
    }),
    { ...tried, examples: REMOVED },
  );
});
