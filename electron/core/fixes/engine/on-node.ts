import type { Clock } from '#core/console/clock.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import { type Asked, askHelper } from './ask.ts';

/** One change as the node has it. */
export type ChangeOnNode = Extract<HelperAnswer, { answer: 'changes' }>['changes'][number];

/** What the node has of every change, by its id. */
export async function changesOnNode(
  channel: HelperChannel,
  clock: Clock,
): Promise<
  Exclude<Asked<never>, { how: 'answered' }> | { how: 'known'; changes: Map<string, ChangeOnNode> }
> {
  const asked = await askHelper(channel, clock, { version: HELPER_PROTOCOL, ask: 'changes' }, 'changes');
  if (asked.how !== 'answered') return asked;
  return { how: 'known', changes: new Map(asked.answer.changes.map((entry) => [entry.change, entry])) };
}
