import { describe, expect, it } from 'vitest';
import { planHash } from '#core/fixes/plan-registry.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import { appliedChange, type PlanStep } from '#shared/domain/plan.ts';
import { appliedChangeOf } from './applied-change.ts';
import { examplePlan, exampleStep } from './testing/example-plan.ts';
import { notOfThese, undoState } from './undo-order.ts';
import { stepsBack, undoPlan } from './undo-plans.ts';

function change(number: number, steps: readonly PlanStep[], more: Partial<StoredChange> = {}): StoredChange {
  const made = examplePlan({
    id: number.toString(16).repeat(32).slice(0, 32),
    steps: [...steps],
    title: `Change ${number}`,
  });
  return {
    id: made.id,
    node: 'miu',
    startedAt: `2026-11-21T19:0${number}:00.000Z`,
    endedAt: '2026-11-21T19:30:00.000Z',
    revertsAt: null,
    state: 'done',
    kept: true,
    error: null,
    results: [],
    of: null,
    undoneBy: null,
    plan: { ...made, hash: planHash(made) },
    steps: steps.map(() => ({
      state: 'done',
      at: null,
      message: null,
      record: 'e'.repeat(64),
      heldChange: null,
      heldStep: null,
    })),
    ...more,
  };
}

const action = (value: HelperAction): PlanStep => exampleStep('/x', { action: value });
const folder = action({
  verb: 'make-directory',
  path: '/etc/swarmkeep',
  uid: 0,
  gid: 0,
  mode: 0o755,
  expect: { kind: 'absent' },
});
const enabled = action({ verb: 'set-unit', unit: 'a.service', enabled: true, reread: false });
const restarted = action({ verb: 'set-unit', unit: 'a.service', action: 'restart', reread: false });

describe('what keeps a change from being taken back', () => {
  const added = (path: string) => ({ path, what: 'added', left: 'nothing', now: 'there' }) as const;
  const removed = action({ verb: 'remove-file', path: '/etc/swarmkeep/old', expect: { kind: 'any' } });

  it('is not what the change itself put into a folder that it made, and is all else', () => {
    const made = change(1, [folder, exampleStep('/etc/swarmkeep/a'), removed]);
    const foreign = [
      added('/etc/swarmkeep/b'),
      added('/etc/swarmkeep/aa'),
      added('/etc/swarmkeep/old'),
      { path: '/etc/swarmkeep/a', what: 'contents', left: 'x', now: 'y' } as const,
    ];
    expect(notOfThese([made], [added('/etc/swarmkeep/a'), ...foreign])).toEqual(foreign);
    const gone = change(2, [folder, exampleStep('/etc/swarmkeep/a')]);
    gone.steps[1] = { ...gone.steps[1], state: 'taken-back' } as StoredChange['steps'][number];
    expect(notOfThese([gone], [added('/etc/swarmkeep/a')])).toHaveLength(1);
    expect(notOfThese([made], 'The node does not answer.')).toBe('The node does not answer.');
  });
});

describe('taking several changes back', () => {
  it.each([
    ['the same path', exampleStep('/etc/a'), exampleStep('/etc/a'), '/etc/a'],
    ['something below a folder', folder, exampleStep('/etc/swarmkeep/rules.nft'), '/etc/swarmkeep/rules.nft'],
    ['the same unit', enabled, enabled, 'unit a.service'],
  ])('goes the other way round for %s, and says which first', (_, first, second, common) => {
    const early = change(1, [first]);
    const late = change(2, [second]);
    expect(undoState(early, [late, early])).toMatchObject({
      possible: false,
      reason: expect.stringContaining(common),
    });
    expect(undoState(early, [late, early]).reason).toContain('"Change 2"');
    expect(undoState(late, [late, early])).toEqual({ possible: true, reason: '' });
    expect(undoState(early, [{ ...late, state: 'undone', undoneBy: 'f'.repeat(32) }, early]).possible).toBe(
      true,
    );
  });

  it.each([
    ['different paths', exampleStep('/etc/a'), exampleStep('/etc/ab')],
    ['a restart of the same unit', enabled, restarted],
  ])('is free for %s', (_, first, second) => {
    const early = change(1, [first]);
    expect(undoState(early, [change(2, [second]), early]).possible).toBe(true);
  });

  it.each([
    ['still under way', { endedAt: null, state: 'applying' }],
    ['taken back already', { state: 'undone', undoneBy: 'f'.repeat(32) }],
    ['rolled back', { state: 'rolled-back' }],
  ] as const)('is not possible when it is %s', (_, more) => {
    const one = change(1, [exampleStep('/etc/a')], more);
    const { possible, reason } = undoState(one, [one]);
    expect(possible).toBe(false);
    expect(reason).not.toBe('');
  });

  it('plans the steps newest first, with the differences turned round, and says what stays', () => {
    const updates = exampleStep('/x', {
      title: 'Install updates',
      undoable: false,
      undo: 'Updates stay.',
      action: { verb: 'install-updates', securityOnly: true },
    });
    const one = change(1, [exampleStep('/etc/a'), updates, exampleStep('/etc/b')]);
    expect(stepsBack(one).map((step) => step.takesBack?.step)).toEqual([2, 0]);
    expect(stepsBack(one)[0]?.preview).toMatchObject({ before: '# /etc/b\n', after: null });
    const frame = {
      id: 'd'.repeat(32),
      madeAt: one.startedAt,
      node: { id: 'miu', name: 'miu' },
      access: one.plan.access,
    };
    const made = undoPlan(frame, one, [], null);
    expect(made.settings).toContainEqual(
      expect.objectContaining({ setting: 'Install updates', to: 'stays as it is' }),
    );
    const difference = { path: '/etc/a', what: 'mode', left: '0644', now: '0600' } as const;
    expect(undoPlan(frame, one, [difference], null).blocked).toContain('/etc/a was changed since');
  });

  it('is shown as the contract has it', () => {
    const one = change(1, [exampleStep('/etc/a')]);
    expect(appliedChange.parse(appliedChangeOf(one, [one]))).toMatchObject({
      state: 'done',
      undo: { possible: true },
    });
  });
});
