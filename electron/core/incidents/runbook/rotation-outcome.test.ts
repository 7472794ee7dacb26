import { describe, expect, it } from 'vitest';
import type { Incident, IncidentEntry } from '#shared/domain/incident/incident.ts';
import { applyMove, type Move } from './moves.ts';
import { containedSince, countsSince, rotateOutcome } from './rotation-outcome.ts';
import { aRotation } from './testing/fake-rebuilding.ts';
import { caseOf } from './testing/naive-runbook.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 23, minute)).toISOString();

/** Makes moves, one a minute, and keeps the lines about them. */
function told(start: Incident, moves: [minute: number, move: Move][]) {
  const entries: IncidentEntry[] = [];
  const incident = moves.reduce((state, [minute, move]) => {
    const moved = applyMove(state, move, at(minute), 'ana');
    if (!moved.ok) throw new Error(moved.why);
    if (moved.entry !== null) entries.push({ ...moved.entry, entry: entries.length + 1 });
    return moved.incident;
  }, start);
  return { incident, entries };
}
const RUN = 'a'.repeat(32);
const isolate = (proof: 'proven' | 'part', outcome: 'done' | 'failed' = 'done'): Move => ({
  kind: 'end',
  step: 'isolate',
  run: RUN,
  outcome,
  proof: outcome === 'done' ? proof : null,
  words: proof,
});
const begun: [number, Move] = [10, { kind: 'begin', step: 'isolate', run: RUN, plan: null }];

describe('a new secret', () => {
  it('counts from when the node was first known to be contained', () => {
    const { incident, entries } = told(caseOf('exfiltration'), [
      begun,
      [11, isolate('part')],
      [30, isolate('proven')],
    ]);
    expect(containedSince(incident, entries)).toBe(at(11));
    expect(rotateOutcome(incident, aRotation({ startedAt: at(10) }), at(11))).toBeNull();
    expect(rotateOutcome(incident, aRotation({ startedAt: at(12) }), at(11))).toMatchObject({
      outcome: 'done',
      proof: 'proven',
    });
  });

  it('does not count while the node is not contained', () => {
    expect(containedSince(caseOf('exfiltration'), [])).toBeNull();
    const failed = told(caseOf('exfiltration'), [begun, [11, isolate('proven', 'failed')]]);
    expect(containedSince(failed.incident, failed.entries)).toBeNull();
  });

  it('counts from a containment that was made anew, and not from one that was given up', () => {
    const { incident, entries } = told(caseOf('exfiltration'), [
      begun,
      [11, isolate('proven')],
      [20, { kind: 'again', step: 'isolate' }],
      [21, { kind: 'begin', step: 'isolate', run: 'b'.repeat(32), plan: null }],
      [22, { ...isolate('proven'), run: 'b'.repeat(32) } as Move],
    ]);
    expect(containedSince(incident, entries)).toBe(at(22));
  });

  it('counts from the beginning where the secret comes before the node', () => {
    expect(containedSince(caseOf('stolen-secret'), [])).toBe(caseOf('stolen-secret').openedAt);
    const skipped = told(caseOf('exfiltration'), [
      [9, { kind: 'skip', step: 'isolate', words: 'it is off' }],
    ]);
    expect(containedSince(skipped.incident, skipped.entries)).toBe(caseOf('exfiltration').openedAt);
  });

  it('is one more when the step is taken up again', () => {
    const { incident, entries } = told(caseOf('stolen-secret'), [
      [12, { kind: 'begin', step: 'rotate', run: RUN, plan: null }],
      [13, { ...isolate('proven'), step: 'rotate' } as Move],
      [40, { kind: 'again', step: 'rotate' }],
    ]);
    expect(countsSince(incident, entries)).toBe(at(40));
  });

  it('is proven by none that was taken back or is under way, and in part where nodes are left', () => {
    const { incident } = told(caseOf('exfiltration'), [begun, [11, isolate('proven')]]);
    for (const stage of ['aborted', 'decided', 'committed', 'verified', 'old-destroyed'] as const)
      expect(rotateOutcome(incident, aRotation({ stage }), at(11))).toBeNull();
    const away = aRotation();
    const [first, second] = away.nodes;
    if (first === undefined || second === undefined) throw new Error('Two nodes');
    expect(
      rotateOutcome(incident, { ...away, nodes: [first, { ...second, state: 'away' }] }, at(11)),
    ).toMatchObject({ proof: 'part', words: expect.stringContaining('boa') });
    expect(rotateOutcome(incident, aRotation({ names: ['miu', 'naru'] }), at(11))).toMatchObject({
      proof: 'part',
      words: expect.stringContaining('whoever is still on it'),
    });
  });
});
