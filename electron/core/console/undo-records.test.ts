import { describe, expect, it } from 'vitest';
import { fileStep, hashed } from '#core/fixes/engine/testing/engine-bench.ts';
import { exampleStep } from '#core/fixes/plans/testing/example-plan.ts';
import type { Agreement } from '#core/ledger/agreed-plan.ts';
import type { StoredChange, StoredStep } from '#core/store/operations/changes.ts';
import type { Plan, PlanStep } from '#shared/domain/plan.ts';
import type { FixParts } from './fix-parts.ts';
import { recordTrouble } from './undo-records.ts';

const AT = '2026-11-21T19:20:00.000Z';
const RECORD = 'a'.repeat(64);
const [FIX, UNDO, AGAIN, OTHER] = ['1', '2', '3', '4'].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
  string,
];
const step = (held: Partial<StoredStep> = {}): StoredStep => ({
  ...{ state: 'done', at: AT, message: null, record: RECORD, heldChange: null, heldStep: null },
  ...held,
});
const changeOf = (id: string, plan: Partial<Plan>, steps: StoredStep[] = [step()]): StoredChange => ({
  ...{ id, node: 'miu', startedAt: AT, endedAt: AT, revertsAt: null, state: 'done', kept: true, error: null },
  ...{ results: [], of: null, undoneBy: null, plan: hashed({ id, node: 'miu', ...plan }), steps },
});
const back = (change: string, at: number): PlanStep =>
  exampleStep('/etc/a', { action: null, takesBack: { change, step: at, record: RECORD } });

const fix = (held: Partial<StoredStep> = {}) =>
  changeOf(FIX, { steps: [fileStep('/etc/a', null, 'A')] }, [step(held)]);
const undo = changeOf(UNDO, { purpose: 'undo', steps: [back(OTHER, 0), back(FIX, 0)] });
const again = changeOf(AGAIN, { purpose: 'undo', steps: [back(UNDO, 1)] });

function trouble(
  change: StoredChange,
  others: StoredChange[] = [],
  agreed: (id: string) => Agreement = () => 'agreed',
) {
  const store = { changesBefore: async () => [change, ...others] };
  const parts = { context: { store }, agreed: async ({ id }: StoredChange) => agreed(id) };
  return recordTrouble(parts as unknown as FixParts, change);
}

describe('the record of a change', () => {
  it('is trusted when somebody agreed to its plan', async () => {
    expect(await trouble(fix())).toBeNull();
  });

  it('is not when nobody did, or the ledger cannot tell', async () => {
    expect(await trouble(fix(), [], () => 'not-agreed')).toMatch(/altered/);
    expect(await trouble(fix(), [], () => 'unknown')).toMatch(/cannot prove/);
  });

  it('is not when its plan is another one, or that of another change or node', async () => {
    const { plan } = fix();
    expect(await trouble({ ...fix(), plan: { ...plan, title: 'Another' } })).toMatch(/altered/);
    expect(await trouble({ ...fix(), plan: undo.plan })).toMatch(/altered/);
    expect(await trouble({ ...fix(), node: 'other' })).toMatch(/altered/);
  });

  it('may lie under a change that did it again, over as many as there were', async () => {
    expect(await trouble(fix({ heldChange: UNDO, heldStep: 1 }), [undo])).toBeNull();
    expect(await trouble(fix({ heldChange: AGAIN, heldStep: 0 }), [undo, again])).toBeNull();
  });

  it('does not lie under a change that has to do with another one, or that nobody agreed to', async () => {
    expect(await trouble(fix({ heldChange: UNDO, heldStep: 0 }), [undo])).toMatch(/altered/);
    expect(await trouble(fix({ heldChange: OTHER, heldStep: 0 }), [undo])).toMatch(/altered/);
    expect(await trouble(fix({ heldChange: null, heldStep: 7 }), [undo])).toMatch(/altered/);
    const agreed = (id: string) => (id === UNDO ? 'not-agreed' : 'agreed');
    expect(await trouble(fix({ heldChange: UNDO, heldStep: 1 }), [undo], agreed)).toMatch(/altered/);
  });

  it('is not followed in a circle', async () => {
    const round = changeOf(UNDO, { purpose: 'undo', steps: [back(UNDO, 0)] });
    expect(await trouble(fix({ heldChange: UNDO, heldStep: 0 }), [round])).toMatch(/altered/);
  });
});
