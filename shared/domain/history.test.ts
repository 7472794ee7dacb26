import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FindingStatus, findingStatus } from './finding.ts';
import { daysUpTo, foldDay, foldStatus, type StatusTrack } from './history.ts';
import { WORST_FIRST } from './level.ts';

type Seen = { at: string; status: FindingStatus };

/** The slow and obvious twin: keeps every observation and works everything out from the whole list. */
function slowly(all: Seen[]): { track: StatusTrack; changes: Seen[]; days: Record<string, FindingStatus> } {
  const runs: Seen[][] = [];
  for (const seen of all) {
    const run = runs.at(-1);
    if (run?.[0]?.status === seen.status) run.push(seen);
    else runs.push([seen]);
  }
  const last = runs.at(-1) as Seen[];
  const previous = runs.at(-2)?.at(-1);
  const days: Record<string, FindingStatus> = {};
  for (const day of new Set(all.map((seen) => seen.at.slice(0, 10)))) {
    const ofDay = all.filter((seen) => seen.at.startsWith(day)).map((seen) => seen.status);
    days[day] = WORST_FIRST.find((status) => ofDay.includes(status)) as FindingStatus;
  }
  return {
    track: {
      status: last[0]?.status as FindingStatus,
      since: last[0]?.at as string,
      lastSeen: last.at(-1)?.at as string,
      before: previous ? { status: previous.status, until: previous.at } : null,
    },
    changes: runs.map((run) => run[0] as Seen),
    days,
  };
}

function quickly(all: Seen[]): ReturnType<typeof slowly> {
  let track: StatusTrack | null = null;
  const changes: Seen[] = [];
  const days: Record<string, FindingStatus> = {};
  for (const seen of all) {
    const folded = foldStatus(track, seen);
    track = folded.track;
    if (folded.changed) changes.push(seen);
    const day = seen.at.slice(0, 10);
    days[day] = foldDay(days[day] ?? null, seen.status);
  }
  return { track: track as StatusTrack, changes, days };
}

const seen = fc.record({
  at: fc
    .date({
      min: new Date('2026-11-01T00:00:00Z'),
      max: new Date('2026-11-06T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString()),
  status: fc.constantFrom(...findingStatus.options),
});

describe('history', () => {
  it('folds to what the whole list says, whatever the clock did', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.array(seen, { minLength: 1, maxLength: 60 }), (all) => {
        expect(quickly(all)).toEqual(slowly(all));
      }),
      { numRuns: 500 },
    );
  });

  it('remembers until when the status before was seen', () => {
    const first = foldStatus(null, { at: '2026-11-20T20:04:00.000Z', status: 'pass' }).track;
    const again = foldStatus(first, { at: '2026-11-20T21:04:00.000Z', status: 'pass' }).track;
    const worse = foldStatus(again, { at: '2026-11-21T09:00:00.000Z', status: 'fix' });
    expect(worse.changed).toBe(true);
    expect(worse.track.before).toEqual({ status: 'pass', until: '2026-11-20T21:04:00.000Z' });
    expect(worse.track.since).toBe('2026-11-21T09:00:00.000Z');
  });

  it('lists days over the end of a month and a leap day', () => {
    expect(daysUpTo('2028-03-01', 3)).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
  });
});
