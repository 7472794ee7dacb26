import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Incident, incident as incidentForm } from '#shared/domain/incident/incident.ts';
import { needsOf } from '#shared/domain/incident/playbook.ts';
import type { NodeBefore } from '#shared/domain/incident/rebuild-state.ts';
import { applyMove, type Move } from './moves.ts';
import { NEW_KEY, OLD_KEY } from './testing/fake-rebuilding.ts';
import { caseOf } from './testing/naive-runbook.ts';

const AT = '2026-11-23T08:00:00.000Z';
const LATER = '2026-11-24T08:00:00.000Z';
const RUN = 'a'.repeat(32);

function made(start: Incident, moves: Move[], at = AT): Incident {
  return moves.reduce((incident, move) => {
    const moved = applyMove(incident, move, at, 'ana');
    if (!moved.ok) throw new Error(`${move.kind}: ${moved.why}`);
    expect(incidentForm.safeParse(moved.incident).success).toBe(true);
    return moved.incident;
  }, start);
}
const why = (start: Incident, move: Move) => {
  const moved = applyMove(start, move, LATER, 'ana');
  return moved.ok ? 'ok' : moved.why;
};
const changesNothing = (start: Incident, move: Move) =>
  expect(applyMove(start, move, LATER, 'ben')).toEqual({ ok: true, incident: start, entry: null });
const begin = (step: string): Move => ({ kind: 'begin', step, run: RUN, plan: null });
const done = (step: string): Move => ({
  kind: 'end',
  step,
  run: RUN,
  outcome: 'done',
  proof: 'proven',
  words: 'seen',
});
const shut = () => made(caseOf('exfiltration'), [begin('isolate'), done('isolate')]);
const of = (incident: Incident, step: string) => incident.steps.find((one) => one.step === step);

describe('a false alarm', () => {
  const move: Move = { kind: 'false-alarm', words: 'It was the backup.' };

  it('closes a case in which nothing was shut off, with its reason at every step that is left', () => {
    const closed = made(caseOf('exfiltration'), [move]);
    expect(closed).toMatchObject({ closedAt: AT, closing: 'A false alarm: It was the backup.' });
    expect(closed.falseAlarm).toEqual({ at: AT, who: 'ana', words: 'It was the backup.' });
    expect(closed.steps.every(({ state }) => state === 'skipped')).toBe(true);
  });

  it('needs a reason, and waits for what is under way', () => {
    expect(why(caseOf('exfiltration'), { kind: 'false-alarm', words: ' ' })).toBe('no-words');
    expect(why(made(caseOf('exfiltration'), [begin('isolate')]), move)).toBe('under-way');
  });

  it('leaves open what was shut off until that is opened, past no gate', () => {
    const told = made(shut(), [move]);
    expect(told.closedAt).toBeNull();
    expect(of(told, 'isolate')).toMatchObject({ state: 'done', proof: 'proven' });
    expect(of(told, 'release')?.state).toBe('not-begun');
    expect(needsOf(told, 'release')).toEqual(['isolate']);
    expect(needsOf(shut(), 'release')).toEqual(['isolate', 'rejoin']);
    expect(why(told, { kind: 'close', words: 'over', rest: 'over' })).toBe('held');
    expect(why(told, move)).toBe('false-alarm');
    const open = made(told, [
      begin('release'),
      done('release'),
      { kind: 'close', words: 'over', rest: null },
    ]);
    expect(open.closedAt).toBe(AT);
  });

  it('is none any more once a step is taken up again, or the case is opened again', () => {
    const again = made(made(shut(), [move]), [{ kind: 'again', step: 'preserve' }]);
    expect(again.falseAlarm).toBeNull();
    expect(why(again, begin('release'))).toBe('needs');
    const closed = made(caseOf('exfiltration'), [move]);
    expect(made(closed, [{ kind: 'reopen' }]).falseAlarm).toBeNull();
  });
});

describe('what was settled', () => {
  const passed = () =>
    made(shut(), [
      begin('preserve'),
      done('preserve'),
      begin('rebuild'),
      done('rebuild'),
      begin('rejoin'),
      done('rejoin'),
    ]);

  it('about the gate counts no more once the node is shut off or set up anew again', () => {
    expect(why(passed(), begin('release'))).toBe('ok');
    const again = made(passed(), [{ kind: 'again', step: 'rebuild' }]);
    expect(of(again, 'rejoin')?.state).toBe('not-begun');
    const open = made(passed(), [begin('release'), done('release'), { kind: 'again', step: 'isolate' }]);
    const second = made(open, [{ ...begin('isolate'), run: 'b'.repeat(32) } as Move]);
    expect(of(second, 'release')?.state).toBe('not-begun');
    expect(of(second, 'rejoin')?.state).toBe('not-begun');
  });

  it('by leaving the gate out opens nothing, whenever that was said', () => {
    const left = made(caseOf('exfiltration'), [{ kind: 'skip', step: 'rejoin', words: 'no need' }]);
    const held = made(left, [
      begin('isolate'),
      done('isolate'),
      { kind: 'skip', step: 'preserve', words: 'x' },
    ]);
    expect(why(held, begin('release'))).toBe('needs');
  });
});

it('a gate that an older console let be left out opens nothing either', () => {
  const held = made(shut(), [{ kind: 'skip', step: 'preserve', words: 'x' }]);
  const steps = held.steps.map((one) =>
    one.step === 'rejoin' || one.step === 'rebuild' ? { ...one, state: 'skipped' as const, words: 'x' } : one,
  );
  expect(why({ ...held, steps }, begin('release'))).toBe('needs');
});

describe('what is to change', () => {
  const wish = { words: 'Pin every package', check: 'pinned-dependencies', owner: '', due: null } as const;
  const add: Move = { kind: 'follow-up', ...wish };

  it('is written down once, changed, and ticked off, also when the case is closed', () => {
    const closed = made(caseOf('exfiltration'), [{ kind: 'close', words: 'over', rest: 'over' }, add]);
    changesNothing(closed, add);
    expect(closed.followUps).toEqual([{ number: 1, ...wish, at: AT, who: 'ana', doneAt: null }]);
    const changed = made(closed, [
      { kind: 'follow-up-change', number: 1, ...wish, owner: 'ben', due: '2026-12-01' },
    ]);
    expect(changed.followUps[0]).toMatchObject({ owner: 'ben', due: '2026-12-01', doneAt: null });
    const tick: Move = { kind: 'follow-up-done', number: 1, done: true, words: 'locked' };
    const ticked = made(changed, [tick]);
    expect(ticked.followUps[0]?.doneAt).toBe(AT);
    changesNothing(ticked, tick);
    expect(made(ticked, [{ ...tick, done: false }]).followUps[0]?.doneAt).toBeNull();
  });

  it('is refused without words, for a number that there is not, and beyond its bound', () => {
    expect(why(caseOf('exfiltration'), { ...add, words: ' ' })).toBe('no-words');
    expect(why(caseOf('exfiltration'), { kind: 'follow-up-done', number: 1, done: true, words: '' })).toBe(
      'no-follow-up',
    );
    const many = Array.from({ length: 64 }, (_, index): Move => ({ ...add, words: `change ${index}` }));
    expect(why(made(caseOf('exfiltration'), many), add)).toBe('full');
  });
});

const BEFORE: NodeBefore = {
  at: AT,
  hostKeys: [OLD_KEY],
  nodeId: 'aaaa1111',
  level: 2,
  findings: { 'dedicated-user': 'pass' },
};
const knowBefore: Move = { kind: 'known-before', before: BEFORE };
const ready = () => made(shut(), [begin('preserve'), done('preserve'), knowBefore]);
const meet = (fingerprint = NEW_KEY): Move => ({ kind: 'host-key', fingerprint });

describe('setting a node up anew', () => {
  it('keeps what was known first of how it was', () => {
    const later: NodeBefore = { ...BEFORE, at: LATER, hostKeys: [NEW_KEY], nodeId: 'bbbb2222', level: 0 };
    changesNothing(ready(), { kind: 'known-before', before: later });
    const half = made(shut(), [{ kind: 'known-before', before: { ...BEFORE, nodeId: null } }]);
    expect(
      made(half, [{ kind: 'known-before', before: { ...later, nodeId: 'aaaa1111' } }]).rebuild.before,
    ).toEqual(BEFORE);
  });

  it('counts from the moment in which its new key is known, and is proven in part only', () => {
    const met = made(ready(), [meet()]);
    expect(of(met, 'rebuild')).toMatchObject({ state: 'done', proof: 'part', endedAt: AT });
    expect(met.rebuild.hostKey).toEqual({ at: AT, fingerprint: NEW_KEY, isNew: true, who: 'ana' });
    changesNothing(met, meet());
  });

  it('is not done by the key that it had before, nor where nobody knows which that was', () => {
    const old = made(ready(), [meet(OLD_KEY)]);
    expect(of(old, 'rebuild')?.state).toBe('not-begun');
    expect(old.rebuild.hostKey?.isNew).toBe(false);
    const unknown = made(shut(), [begin('preserve'), done('preserve'), meet()]);
    expect(of(unknown, 'rebuild')?.state).toBe('not-begun');
    expect(unknown.rebuild.hostKey?.isNew).toBe(false);
  });

  it('waits for the evidence', () => {
    expect(why(made(shut(), [knowBefore]), meet())).toBe('needs');
  });

  it('done once more takes another key once more', () => {
    const again = made(made(ready(), [meet()]), [{ kind: 'again', step: 'rebuild' }]);
    expect(again.rebuild.hostKey).toBeNull();
    expect(of(made(again, [meet()], LATER), 'rebuild')?.state).toBe('not-begun');
    const third = `SHA256:${'t'.repeat(43)}`;
    expect(of(made(again, [meet(third)], LATER), 'rebuild')).toMatchObject({ state: 'done', endedAt: LATER });
  });

  it('forgets a decision about the gate when the gate is asked anew', () => {
    const letIn = made(ready(), [meet(), { kind: 'let-in', words: 'The fair is tomorrow.' }]);
    expect(letIn.rebuild.override).toEqual({ at: AT, who: 'ana', words: 'The fair is tomorrow.' });
    const passed = made(letIn, [begin('rejoin'), done('rejoin')]);
    expect(made(passed, [{ kind: 'again', step: 'rejoin' }]).rebuild.override).toBeNull();
    expect(why(ready(), { kind: 'let-in', words: '' })).toBe('no-words');
  });

  it('is no part of a case without a node', () => {
    expect(why(caseOf('stolen-secret'), meet())).toBe('no-step');
  });

  it('never calls a key new that was known before, in whatever order things are said', () => {
    const key = fc.constantFrom(OLD_KEY, NEW_KEY, `SHA256:${'t'.repeat(43)}`);
    const anything = fc.oneof(
      key.map((fingerprint): Move => ({ kind: 'host-key', fingerprint })),
      fc.constantFrom<Move>(
        { kind: 'again', step: 'rebuild' },
        { kind: 'did', step: 'rebuild', words: 'by hand' },
        { kind: 'kit-made', sha256: 'a'.repeat(64), hostName: 'naru', account: 'ines' },
        knowBefore,
      ),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 20 }), (moves) => {
        let state = ready();
        for (const move of moves) {
          const moved = applyMove(state, move, AT, 'ana');
          if (!moved.ok) continue;
          state = moved.incident;
          const { hostKey, before } = state.rebuild;
          if (hostKey?.isNew) expect(before?.hostKeys).not.toContain(hostKey.fingerprint);
          expect(before?.hostKeys).toContain(OLD_KEY);
        }
      }),
    );
  });
});
