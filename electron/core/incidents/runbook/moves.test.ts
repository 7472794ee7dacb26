import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Incident, incident } from '#shared/domain/incident/incident.ts';
import { PLAYBOOK_LIST, PLAYBOOKS, stepOf } from '#shared/domain/incident/playbook.ts';
import { isHeld } from './held.ts';
import { applyMove, type Move } from './moves.ts';
import { caseOf, naiveMove, naiveOf } from './testing/naive-runbook.ts';

const AT = '2026-11-22T23:04:00.000Z';
const LATER = '2026-11-25T08:00:00.000Z';
const run = (digit: string) => digit.repeat(32);

/** Makes moves one after the other; each has to be accepted. */
function made(start: Incident, ...moves: Move[]): Incident {
  return moves.reduce((incident, move) => {
    const moved = applyMove(incident, move, AT, 'ana');
    if (!moved.ok) throw new Error(`${move.kind}: ${moved.why}`);
    return moved.incident;
  }, start);
}
const why = (start: Incident, move: Move) => {
  const moved = applyMove(start, move, LATER, 'ana');
  return moved.ok ? 'ok' : moved.why;
};
const begin = (step: string, digit = 'a'): Move => ({ kind: 'begin', step, run: run(digit), plan: null });
const end = (step: string, outcome: 'done' | 'failed', digit = 'a'): Move => ({
  kind: 'end',
  step,
  run: run(digit),
  outcome,
  proof: outcome === 'done' ? 'proven' : null,
  words: 'seen',
});
const skip = (step: string): Move => ({ kind: 'skip', step, words: 'not needed here' });

describe('a move', () => {
  it('leaves one intent for two clicks', () => {
    const once = made(caseOf('exfiltration'), begin('isolate'));
    expect(applyMove(once, begin('isolate'), LATER, 'ana')).toEqual({
      ok: true,
      incident: once,
      entry: null,
    });
    expect(why(once, begin('isolate', 'b'))).toBe('under-way');
  });

  it('believes only the try that is under way', () => {
    const failed = made(caseOf('exfiltration'), begin('isolate'), end('isolate', 'failed'));
    const second = made(failed, begin('isolate', 'b'));
    expect(why(second, end('isolate', 'done', 'a'))).toBe('other-run');
    expect(
      made(second, end('isolate', 'done', 'b')).steps.find(({ step }) => step === 'isolate'),
    ).toMatchObject({ state: 'done', tries: 2, proof: 'proven', startedAt: AT });
  });

  it('lets the same try tell better later, and says nothing twice', () => {
    const part = made(caseOf('exfiltration'), begin('isolate'), {
      kind: 'end',
      step: 'isolate',
      run: run('a'),
      outcome: 'done',
      proof: 'part',
      words: 'contained by its peers, not confirmed',
    });
    const proven = made(part, end('isolate', 'done'));
    expect(proven.steps.find(({ step }) => step === 'isolate')?.proof).toBe('proven');
    expect(applyMove(proven, end('isolate', 'done'), LATER, 'ana')).toMatchObject({ ok: true, entry: null });
  });

  it('asks for words where a person says what they did', () => {
    const fresh = caseOf('exfiltration');
    for (const kind of ['did', 'skip'] as const)
      expect(why(fresh, { kind, step: 'confirm', words: '  ' })).toBe('no-words');
    expect(why(fresh, { kind: 'note', words: '' })).toBe('no-words');
    expect(made(fresh, { kind: 'did', step: 'confirm', words: 'yes' }).steps[0]).toMatchObject({
      state: 'done',
      proof: 'said',
      run: null,
    });
  });

  it('opens a node only when its checks are settled', () => {
    const shut = made(caseOf('exfiltration'), begin('isolate'), end('isolate', 'done'));
    expect(why(shut, begin('release', 'b'))).toBe('needs');
    const settled = made(shut, skip('preserve'), skip('rebuild'));
    expect(why(settled, skip('rejoin'))).toBe('gate');
    expect(why(settled, { kind: 'did', step: 'rejoin', words: 'it is fine' })).toBe('seen-only');
    expect(why(settled, begin('release', 'b'))).toBe('needs');
    const passed = made(settled, begin('rejoin', 'c'), end('rejoin', 'done', 'c'));
    expect(why(passed, begin('release', 'b'))).toBe('ok');
  });

  it('lets the gate be skipped where nothing is shut off', () => {
    expect(why(caseOf('exfiltration'), skip('rejoin'))).toBe('ok');
  });

  it('takes nobody’s word for a new secret, and a reason for leaving it out', () => {
    const fresh = caseOf('exfiltration');
    expect(why(fresh, { kind: 'did', step: 'rotate', words: 'done' })).toBe('seen-only');
    expect(why(fresh, skip('rotate'))).toBe('ok');
  });

  it('does not close while steps are left, one is under way, or a node is still shut off', () => {
    const close: Move = { kind: 'close', words: 'over', rest: null };
    const rest: Move = { kind: 'close', words: 'a false alarm', rest: 'a false alarm' };
    const fresh = caseOf('exfiltration');
    expect(why(fresh, close)).toBe('steps-left');
    expect(why(fresh, { ...rest, words: '' })).toBe('no-words');
    const running = made(fresh, begin('isolate'));
    expect(why(running, rest)).toBe('under-way');
    const shut = made(running, end('isolate', 'done'));
    expect(isHeld(shut)).toBe(true);
    expect(why(shut, rest)).toBe('held');
    // A try that failed may have left something in force all the same.
    expect(why(made(running, end('isolate', 'failed')), rest)).toBe('held');
    const closed = made(fresh, rest);
    expect(closed.steps.every(({ state, words }) => state === 'skipped' && words === 'a false alarm')).toBe(
      true,
    );
    expect(why(closed, { kind: 'note', words: 'late' })).toBe('closed');
    expect(why(made(closed, { kind: 'reopen' }), { kind: 'note', words: 'late' })).toBe('ok');
  });

  it('ticks a credential once, and pins once', () => {
    const tick: Move = { kind: 'credential', credential: 'c', name: 'GitHub', revoked: true, words: '' };
    const ticked = made(caseOf('exfiltration'), tick);
    expect(applyMove(ticked, tick, LATER, 'ben')).toMatchObject({ ok: true, entry: null });
    expect(made(ticked, { ...tick, revoked: false }).credentials).toEqual([]);
    const pin: Move = { kind: 'pin', item: 'event:4', title: 'a line', words: '' };
    const pinned = made(ticked, pin);
    expect(applyMove(pinned, pin, LATER, 'ben')).toMatchObject({ ok: true, entry: null });
    expect(made(pinned, { kind: 'unpin', item: 'event:4' }).pins).toEqual([]);
  });
});

describe('playbooks', () => {
  it('have each step once, need only what comes before, and begin with detecting and end with lessons', () => {
    for (const { steps } of PLAYBOOK_LIST) {
      const names = steps.map(({ step }) => step);
      expect(new Set(names).size).toBe(names.length);
      steps.forEach(({ needs }, index) => {
        for (const need of needs) expect(names.slice(index)).not.toContain(need);
      });
      expect(steps[0]?.phase).toBe('detect');
      expect(steps.at(-1)?.step).toBe('lessons');
      const order = ['detect', 'contain', 'eradicate', 'recover', 'learn'];
      const phases = steps.map(({ phase }) => order.indexOf(phase));
      expect(phases, names.join()).toEqual([...phases].sort());
    }
  });

  it('say of each step either how it is taken back or that it cannot be, where it touches a node', () => {
    for (const { steps } of PLAYBOOK_LIST)
      for (const { touches, reversible, final } of steps)
        if (touches) expect((reversible === null) !== (final === null)).toBe(true);
  });

  it('leave out what needs a node where there is none', () => {
    expect(caseOf('rogue-node', null).steps.map(({ step }) => step)).not.toContain('isolate');
    expect(() => stepOf('rogue-node', 'rebuild')).toThrow(RangeError);
  });
});

const anyStep = fc.constantFrom(
  'confirm',
  'isolate',
  'preserve',
  'rebuild',
  'rejoin',
  'release',
  'rotate',
  'hunt',
  'none',
);
const digit = fc.constantFrom('a', 'b', 'c');
const words = fc.constantFrom('', 'because', 'seen');
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('begin' as const),
      step: anyStep,
      run: digit.map(run),
      plan: fc.constant(null),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      step: anyStep,
      run: digit.map(run),
      outcome: fc.constantFrom('done' as const, 'failed' as const),
      proof: fc.constantFrom('proven' as const, 'part' as const, null),
      words,
    }),
  },
  fc.record({ kind: fc.constantFrom('did' as const, 'skip' as const), step: anyStep, words }),
  fc.record({ kind: fc.constant('again' as const), step: anyStep }),
  fc.record({ kind: fc.constantFrom('note' as const, 'decide' as const), words }),
  fc.record({
    kind: fc.constant('credential' as const),
    credential: digit,
    name: digit,
    revoked: fc.boolean(),
    words,
  }),
  fc.record({ kind: fc.constant('close' as const), words, rest: fc.option(words) }),
  fc.record({ kind: fc.constant('reopen' as const) }),
);

describe('the state machine', () => {
  it('does as a naive one that keeps nothing but a list of what happened', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PLAYBOOK_LIST.map(({ kind }) => kind)),
        fc.array(anyMove, { maxLength: 40 }),
        (kind, moves) => {
          let state = caseOf(kind);
          let happened: Move[] = [];
          for (const move of moves) {
            const moved = applyMove(state, move, AT, 'ana');
            const naive = naiveMove(kind, happened, move);
            expect(moved.ok, `${move.kind} after ${JSON.stringify(happened)}`).toBe(naive.ok);
            if (!moved.ok) continue;
            // What changes nothing leaves no line and no new revision.
            expect(moved.incident.revision - state.revision).toBe(moved.entry === null ? 0 : 1);
            state = moved.incident;
            happened = naive.happened;
            const seen = naiveOf(kind, happened);
            expect(Object.fromEntries(state.steps.map(({ step, state: is }) => [step, is]))).toEqual(
              seen.steps,
            );
            expect(state.closedAt !== null).toBe(seen.closed);
            expect(state.credentials.map(({ credential }) => credential).sort()).toEqual(seen.ticked);
            expect(incident.safeParse(state).success).toBe(true);
            // Made a second time it is either refused or changes nothing that counts; never a second try.
            if (move.kind === 'begin') {
              const twice = applyMove(state, move, LATER, 'ana');
              expect(twice).toEqual({ ok: true, incident: state, entry: null });
            }
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('knows every step that a playbook names', () => {
    for (const kind of Object.keys(PLAYBOOKS) as (keyof typeof PLAYBOOKS)[])
      for (const { step } of caseOf(kind).steps) expect(stepOf(kind, step).step).toBe(step);
  });
});
