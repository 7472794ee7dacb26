import type { HelperChannel, HelperFailure } from '#core/hosts/helper-channel.ts';
import type { StoredStep } from '#core/store/operations/changes.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import { askHelper, refusalWords } from './ask.ts';
import type { Journal, OtherStep } from './journal.ts';
import type { EngineParts } from './parts.ts';

/** How a row of steps ended. */
export type StepsEnd =
  | { how: 'done' }
  | { how: 'failed'; step: number; message: string }
  | { how: 'lost'; step: number; failure: HelperFailure }
  | { how: 'cancelled'; step: number };

/**
 * Does the steps of one phase, one after the other: a durable record before each and one after it. Steps that are done are
 * passed over; one that was cut off is asked for again, which the helper does not do twice.
 */
export async function doSteps(
  parts: EngineParts,
  journal: Journal,
  channel: HelperChannel,
  phases: readonly PlanStep['phase'][],
  cancelled: () => boolean,
): Promise<StepsEnd> {
  for (const [number, step] of journal.change.plan.steps.entries()) {
    if (!phases.includes(step.phase) || journal.change.steps[number]?.state === 'done') continue;
    if (cancelled()) return { how: 'cancelled', step: number };
    await parts.fault?.(`before-journal:${number}`);
    await journal.step(number, { state: 'running', message: null });
    await parts.fault?.(`before-step:${number}`);
    const end = await doOne(parts, journal, channel, number, step);
    if (end !== null) return end;
    await parts.fault?.(`after-journal:${number}`);
  }
  return { how: 'done' };
}

async function doOne(
  parts: EngineParts,
  journal: Journal,
  channel: HelperChannel,
  number: number,
  step: PlanStep,
): Promise<StepsEnd | null> {
  const { change } = journal;
  const fail = async (message: string): Promise<StepsEnd> => {
    await journal.step(number, { state: 'failed', message });
    return { how: 'failed', step: number, message };
  };
  if (step.own !== undefined) {
    const outcome = await parts.own(change, number, channel);
    await parts.fault?.(`after-step:${number}`);
    if (!outcome.ok) return fail(outcome.message);
    await journal.step(number, { state: 'done', message: outcome.words || null });
    return null;
  }
  if (step.takesBack !== undefined) {
    const { takesBack } = step;
    const asked = await askHelper(
      channel,
      parts.clock,
      {
        version: HELPER_PROTOCOL,
        ask: 'undo',
        change: takesBack.change,
        step: takesBack.step,
        record: takesBack.record,
      },
      'undone',
    );
    await parts.fault?.(`after-step:${number}`);
    if (asked.how === 'lost') return { how: 'lost', step: number, failure: asked.failure };
    if (asked.how === 'refused') return fail(refusalWords(asked.refused));
    await journal.step(
      number,
      { state: 'done' },
      await otherSteps(parts, journal, number, 'taken-back', null),
    );
    return null;
  }
  if (step.action === null) {
    await journal.step(number, { state: 'done' });
    return null;
  }
  const asked = await askHelper(
    channel,
    parts.clock,
    { version: HELPER_PROTOCOL, ask: 'do', change: change.id, step: number, action: step.action },
    'done',
  );
  await parts.fault?.(`after-step:${number}`);
  if (asked.how === 'lost') return { how: 'lost', step: number, failure: asked.failure };
  if (asked.how === 'refused') return fail(refusalWords(asked.refused));
  const { record, notUndone, wheels } = asked.answer;
  const told = wheels === undefined ? {} : { wheels };
  await journal.step(number, { state: 'done', record, message: notUndone, ...told });
  return null;
}

/**
 * @param record what the node holds under this change instead, when the step of the other change was done again
 * @returns the step of the other change that a step takes back, as it is to be written
 */
export async function otherSteps(
  parts: EngineParts,
  journal: Journal,
  number: number,
  state: StoredStep['state'],
  record: string | null,
): Promise<OtherStep[]> {
  const { change } = journal;
  const target = change.plan.steps[number]?.takesBack;
  if (target === undefined) return [];
  for (const id of new Set([...(change.of === null ? [] : [change.of]), target.change])) {
    const other = await parts.store.change({ id });
    const at = other?.steps.findIndex((step, index) => {
      const held = step.heldChange ?? id;
      return held === target.change && (step.heldStep ?? index) === target.step;
    });
    const step = at === undefined || at < 0 ? undefined : other?.steps[at];
    if (other === null || step === undefined || at === undefined) continue;
    const moved = record === null ? {} : { record, heldChange: change.id, heldStep: number };
    const written: StoredStep = { ...step, ...moved, state, at: parts.clock.now().toISOString() };
    return [{ change: id, number: at, step: written }];
  }
  return [];
}
