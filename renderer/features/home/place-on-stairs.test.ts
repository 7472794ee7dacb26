import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Standing } from '#shared/contract/findings.ts';
import type { Level } from '#shared/domain/level.ts';
import { chipWords } from './chip-words.ts';
import { placeOnStairs } from './place-on-stairs.ts';

const NOTHING = { pass: 0, fix: 0, review: 0, unknown: 0, notApplicable: 0, waived: 0 };

function standing(name: string, level: Level | null, change: Partial<Standing> = {}): Standing {
  return {
    node: name,
    nodeName: name,
    sample: false,
    level,
    heldBy: [],
    counts: NOTHING,
    lookedAt: '2026-11-21T19:17:00.000Z',
    away: false,
    acceptedUntil: null,
    ...change,
  };
}

describe('placeOnStairs', () => {
  it('draws the step of the weakest and keeps who has no level beside', () => {
    const { weakest, steps, beside } = placeOnStairs([
      standing('uncho', 3),
      standing('boa', 1),
      standing('nas', null),
      standing('pi', 2),
    ]);
    expect(weakest).toBe(1);
    expect(steps[1]?.shown.map(({ nodeName }) => nodeName)).toEqual(['boa']);
    expect(steps[0]).toBeUndefined();
    expect(beside.map(({ nodeName }) => nodeName)).toEqual(['nas']);
  });

  it('puts those with most to do first, and those that sleep last', () => {
    const { steps } = placeOnStairs([
      standing('sleeper', 0, { away: true, counts: { ...NOTHING, fix: 9 } }),
      standing('calm', 0),
      standing('reviewer', 0, { counts: { ...NOTHING, review: 3 } }),
      standing('fixer', 0, { counts: { ...NOTHING, fix: 1 } }),
    ]);
    expect(steps[0]?.shown.map(({ nodeName }) => nodeName)).toEqual(['fixer', 'reviewer', 'calm', 'sleeper']);
  });

  it('writes the earliest end of an accepted risk under the step', () => {
    const { steps } = placeOnStairs([
      standing('a', 0, { acceptedUntil: '2027-01-01T00:00:00.000Z' }),
      standing('b', 0, { acceptedUntil: '2026-12-12T22:59:59.000Z' }),
      standing('c', 0),
    ]);
    expect(steps[0]?.acceptedUntil).toBe('2026-12-12T22:59:59.000Z');
  });

  it('never loses a node, whatever their number', () => {
    const levels = fc.array(fc.constantFrom<Level | null>(0, 1, 2, 3, 4, null), { maxLength: 300 });
    fc.assert(
      fc.property(levels, (all) => {
        const { steps, beside, weakest } = placeOnStairs(
          all.map((level, index) => standing(`n${index}`, level)),
        );
        const drawn = Object.values(steps).reduce((sum, step) => sum + step.shown.length + step.more, 0);
        expect(drawn + beside.length).toBe(all.length);
        for (const step of Object.values(steps)) expect(step.more === 0 || step.more > 1).toBe(true);
        const placed = all.filter((level) => level !== null);
        expect(weakest).toBe(placed.length === 0 ? null : Math.min(...placed));
      }),
    );
  });
});

describe('chipWords', () => {
  it('is never green for what could not be seen', () => {
    const counts = { ...NOTHING, pass: 20, unknown: 1 };
    expect(chipWords(standing('a', 1, { counts }))).toEqual({ status: 'unknown', words: '1 could not look' });
    expect(chipWords(standing('a', 1, { counts: { ...counts, unknown: 12, lacking: 11 } })).words).toBe(
      '1 could not look',
    );
    expect(chipWords(standing('a', 1, { counts: { ...counts, unknown: 11, lacking: 11 } }))).toEqual({
      status: 'unknown',
      words: '11 not in this version',
    });
    expect(chipWords(standing('a', 1, { counts, lookedAt: null })).status).toBe('unknown');
    expect(chipWords(standing('a', 1, { counts: { ...NOTHING, pass: 20 }, away: true })).status).toBe(
      'asleep',
    );
  });

  it('says the worst that waits', () => {
    expect(chipWords(standing('a', 1, { counts: { ...NOTHING, fix: 2, review: 5 } })).words).toBe('2 to fix');
    expect(chipWords(standing('a', 1, { counts: { ...NOTHING, review: 5, unknown: 1 } })).words).toBe(
      '5 to review',
    );
    expect(chipWords(standing('a', 4, { counts: { ...NOTHING, pass: 5 } })).words).toBe('fine');
  });
});
