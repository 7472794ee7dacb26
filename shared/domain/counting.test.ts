import { describe, expect, it } from 'vitest';
import { countChecks, countsInWords, groupWords, totalOf, waitingOf } from './counting.ts';
import type { Counts } from './counts.ts';

const finding = (
  check: 'backups' | 'ssh-server' | 'time-sync',
  status: 'fix' | 'unknown' | 'pass',
  lacking = false,
) => ({
  check,
  status,
  lacking,
});

describe('countChecks', () => {
  it('counts a check once over several nodes, by its worst', () => {
    const counts = countChecks([
      finding('ssh-server', 'pass'),
      finding('ssh-server', 'fix'),
      finding('time-sync', 'pass'),
      finding('time-sync', 'unknown'),
      finding('backups', 'unknown', true),
      finding('backups', 'unknown', true),
    ]);
    expect(counts).toMatchObject({ fix: 1, unknown: 2, pass: 0, lacking: 1 });
    expect([totalOf(counts), waitingOf(counts)]).toEqual([3, 1]);
    expect(countsInWords(counts)).toEqual(['1 to fix', '1 could not look', '1 not in this version']);
  });

  it('counts as unseen what one node could have shown', () => {
    const counts = countChecks([finding('backups', 'unknown', true), finding('backups', 'unknown')]);
    expect(counts).toEqual(expect.not.objectContaining({ lacking: 1 }));
    expect(countsInWords(counts)).toEqual(['1 could not look']);
  });

  it('says numbers as people read them', () => {
    expect(groupWords('not-applicable', 1)).toBe('1 does not apply');
    expect(groupWords('not-applicable', 1_200)).toBe('1,200 do not apply');
    const none: Counts = { pass: 0, fix: 0, review: 0, unknown: 0, notApplicable: 0, waived: 0 };
    expect(countsInWords(none)).toEqual([]);
  });
});
