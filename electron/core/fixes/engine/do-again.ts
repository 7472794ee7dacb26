import { withKnownFiles } from '#core/fixes/plans/known-files.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import { agreementOf } from './agreement.ts';
import { askHelper, refusalWords } from './ask.ts';
import { otherSteps } from './do-steps.ts';
import type { Journal } from './journal.ts';
import { changesOnNode } from './on-node.ts';
import type { EngineParts } from './parts.ts';
import type { TakenBack } from './take-back.ts';

/**
 * Rolls a change back that takes another one back: what it took away is put there again, newest first. The node keeps the
 * new undo records under this change, and the journal of the other one says where.
 */
export async function doAgain(
  parts: EngineParts,
  journal: Journal,
  channel: HelperChannel,
): Promise<TakenBack> {
  const { plan } = journal.change;
  const known = await changesOnNode(channel, parts.clock);
  if (known.how === 'lost') return known;
  if (known.how === 'refused') return { how: 'stuck', message: refusalWords(known.refused) };
  for (let number = plan.steps.length - 1; number >= 0; number -= 1) {
    const state = journal.change.steps[number]?.state;
    const target = plan.steps[number]?.takesBack;
    if (target === undefined || (state !== 'done' && state !== 'running')) continue;
    const onNode = known.changes.get(target.change)?.steps.find((step) => step.step === target.step);
    // The answer was lost, and nothing had been taken away.
    if (onNode?.state === 'done') continue;
    const action = await actionOf(parts, journal, number);
    if (action === null)
      return { how: 'stuck', message: `"${plan.steps[number]?.title}" cannot be done again.` };
    await parts.fault?.(`before-again:${number}`);
    const asked = await askHelper(
      channel,
      parts.clock,
      { version: HELPER_PROTOCOL, ask: 'do', change: journal.change.id, step: number, action },
      'done',
    );
    await parts.fault?.(`after-again:${number}`);
    if (asked.how === 'lost') return asked;
    if (asked.how === 'refused') {
      return { how: 'stuck', message: `"${plan.steps[number]?.title}": ${refusalWords(asked.refused)}` };
    }
    const others = await otherSteps(parts, journal, number, 'done', asked.answer.record);
    await journal.step(number, { state: 'taken-back' }, others);
  }
  return { how: 'all', note: '' };
}

async function actionOf(parts: EngineParts, journal: Journal, number: number): Promise<HelperAction | null> {
  const [other] = await otherSteps(parts, journal, number, 'done', null);
  if (other === undefined) return null;
  const change = await parts.store.change({ id: other.change });
  if (change === null || (await agreementOf(parts, change)) !== 'agreed') return null;
  const action = change.plan.steps[other.number]?.action ?? null;
  return withKnownFiles(action, change.steps[other.number]?.wheels);
}
