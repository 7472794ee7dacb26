import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FindingStatus, findingStatus } from './finding.ts';
import { daysUpTo, foldDay, foldStatus, type StatusTrack } from './history.ts';
import { WORST_FIRST } from './level.ts';

type Seen = { at: string; status: FindingStatus; underneath: FindingStatus };

function runsOf(all: Seen[], by: 'status' | 'underneath'): Seen[][] {
  const runs: Seen[][] = [];
  for (const seen of all) {
    const run = runs.at(-1);
    if (run?.[0]?.[by] === seen[by]) run.push(seen);
    else runs.push([seen]);
  }
  return runs;
}

/** The slow and obvious twin: keeps every observation and works everything out from the whole list. */
function slowly(all: Seen[]): { track: StatusTrack; changes: Seen[]; days: Record<string, FindingStatus> } {
  const runs = runsOf(all, 'underneath');
  const last = runs.at(-1) as Seen[];
  const previous = runs.at(-2)?.at(-1);
  const days: Record<string, FindingStatus> = {};
  for (const day of new Set(all.map((seen) => seen.at.slice(0, 10)))) {
    const ofDay = all.filter((seen) => seen.at.startsWith(day)).map((seen) => seen.status);
    days[day] = WORST_FIRST.find((status) => ofDay.includes(status)) as FindingStatus;
  }
  return {
    track: {
      status: last.at(-1)?.status as FindingStatus,
      underneath: last[0]?.underneath as FindingStatus,
      since: last[0]?.at as string,
      lastSeen: last.at(-1)?.at as string,
      before: previous ? { status: previous.status, until: previous.at } : null,
    },
    changes: runsOf(all, 'status').map((run) => run[0] as Seen),
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

const seen = fc
  .record({
    at: fc
      .date({
        min: new Date('2026-11-01T00:00:00Z'),
        max: new Date('2026-11-06T00:00:00Z'),
        noInvalidDate: true,
      })
      .map((date) => date.toISOString()),
    underneath: fc.constantFrom(...findingStatus.options.filter((status) => status !== 'waived')),
    accepted: fc.boolean(),
  })
  .map(
    ({ at, underneath, accepted }): Seen => ({ at, underneath, status: accepted ? 'waived' : underneath }),
  );

const plain = (at: string, status: FindingStatus): Seen => ({ at, status, underneath: status });

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
    const first = foldStatus(null, plain('2026-11-20T20:04:00.000Z', 'pass')).track;
    const again = foldStatus(first, plain('2026-11-20T21:04:00.000Z', 'pass')).track;
    const worse = foldStatus(again, plain('2026-11-21T09:00:00.000Z', 'fix'));
    expect(worse.changed).toBe(true);
    expect(worse.track.before).toEqual({ status: 'pass', until: '2026-11-20T21:04:00.000Z' });
    expect(worse.track.since).toBe('2026-11-21T09:00:00.000Z');
  });

  it('does not begin anew when a risk is accepted or that is taken back', () => {
    const fine = foldStatus(null, plain('2026-11-18T09:00:00.000Z', 'pass')).track;
    const open = foldStatus(fine, plain('2026-11-19T09:00:00.000Z', 'fix')).track;
    const accepted = foldStatus(open, {
      at: '2026-11-20T09:00:00.000Z',
      status: 'waived',
      underneath: 'fix',
    });
    const again = foldStatus(accepted.track, plain('2026-11-21T09:00:00.000Z', 'fix'));
    for (const { track, changed } of [accepted, again]) {
      expect(changed).toBe(true);
      expect(track.since).toBe('2026-11-19T09:00:00.000Z');
      expect(track.before?.status).toBe('pass');
    }
  });

  it('lists days over the end of a month and a leap day', () => {
    expect(daysUpTo('2028-03-01', 3)).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
  });
});
