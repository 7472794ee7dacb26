import type { OwnOutcome } from '#core/fixes/engine/parts.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';

/**
 * Has the helper take itself away. It refuses while a change can still be taken back; so that it does not count steps that stay
 * for good, as their plan said or as a person decided, it forgets changes of this console first of which nothing else is left.
 * @param ours changes of the node that this console made
 */
export async function takeHelperAway(
  channel: HelperChannel,
  ours: readonly StoredChange[],
): Promise<OwnOutcome> {
  await forgetWhatStays(channel, ours);
  const reply = await channel.ask({ version: HELPER_PROTOCOL, ask: 'uninstall', force: false });
  if (!reply.ok) {
    // It may have gone before its answer came.
    const gone = reply.failure.kind === 'not-installed';
    return gone ? { ok: true, words: '' } : { ok: false, message: reply.failure.message };
  }
  const { answer } = reply;
  if (answer.answer === 'uninstalled') {
    const left = answer.left.length === 0 ? '' : `Left there: ${answer.left.join(', ')}`;
    return { ok: true, words: left.slice(0, 1_000) };
  }
  return {
    ok: false,
    message: answer.answer === 'refused' ? answer.message : 'It gave an unexpected answer.',
  };
}

/** What cannot be asked or forgotten stays, and keeps the helper there: that is the answer then. */
async function forgetWhatStays(channel: HelperChannel, ours: readonly StoredChange[]): Promise<void> {
  const reply = await channel.ask({ version: HELPER_PROTOCOL, ask: 'changes' });
  if (!reply.ok || reply.answer.answer !== 'changes') return;
  for (const { change, armedUntil, steps } of reply.answer.changes) {
    const known = ours.find(({ id }) => id === change);
    const left = steps.filter(({ state }) => state !== 'undone');
    if (known === undefined || armedUntil !== null || left.length === 0) continue;
    const isSettled = ({ step }: { step: number }) =>
      known.plan.steps[step]?.undoable === false || known.steps[step]?.state === 'left-out';
    if (left.every(isSettled)) await channel.ask({ version: HELPER_PROTOCOL, ask: 'forget', change });
  }
}
