import { describe, expect, it } from 'vitest';
import { anIncident, OPENED } from './testing/report-input.ts';
import { duration, timesOf } from './times-of.ts';

const after = (minutes: number) => new Date(Date.parse(OPENED) + minutes * 60_000).toISOString();

function done(steps: Readonly<Record<string, number>>, proof: 'proven' | 'said' = 'proven') {
  const incident = anIncident();
  return {
    ...incident,
    steps: incident.steps.map((step) => {
      const minutes = steps[step.step];
      return minutes === undefined
        ? step
        : { ...step, state: 'done' as const, endedAt: after(minutes), proof };
    }),
  };
}

describe('how long an incident took', () => {
  it('has no end for what is not over', () => {
    expect(timesOf(anIncident()).map(({ part, tookMs, proven }) => [part, tookMs, proven])).toEqual([
      ['detect', 2_850_000, true],
      ['contain', null, null],
      ['recover', null, null],
    ]);
  });

  it('counts from when it was noticed to when it was contained, and to when it was opened again', () => {
    const times = timesOf(done({ isolate: 3, rejoin: 90, release: 95 }));
    expect(times.map(({ tookMs, proven }) => [tookMs, proven])).toEqual([
      [2_850_000, true],
      [180_000, true],
      [5_700_000, true],
    ]);
  });

  it('does not call seen what only a person said', () => {
    expect(timesOf(done({ isolate: 3 }, 'said'))[1]?.proven).toBe(false);
  });

  it('takes a new secret for containment only where its playbook does', () => {
    // With data that leaves, a new secret comes after the cut and stops nothing.
    expect(timesOf(done({ rotate: 4 }))[1]?.tookMs).toBeNull();
  });

  it('is never negative, whatever a clock said', () => {
    const times = timesOf(anIncident({ since: after(10) }));
    expect(times[0]?.tookMs).toBe(0);
    expect(timesOf(done({ isolate: -5 }))[1]?.tookMs).toBeNull();
  });

  it.each([
    [0, '0 s'],
    [499, '0 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [93_600_000, '1 d 2 h'],
    [86_430_000, '1 d'],
  ])('%s ms are %s', (ms, words) => expect(duration(ms)).toBe(words));
});
