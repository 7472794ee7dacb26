import type { OwnOutcome } from '#core/fixes/engine/parts.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { Context } from './context.ts';
import type { HelperBundle } from './helper-bundle.ts';

/** The steps that the console does itself: putting the helper on a node, and having it take itself away. */
export async function ownStep(
  parts: { bundle: HelperBundle | null; dataFolder: string; context: Context },
  change: StoredChange,
  what: 'install-helper' | 'uninstall-helper',
  channel: HelperChannel,
): Promise<OwnOutcome> {
  if (what === 'install-helper') return { ok: false, message: 'The helper cannot be put there yet.' };
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
  void parts;
  void change;
  return {
    ok: false,
    message: answer.answer === 'refused' ? answer.message : 'It gave an unexpected answer.',
  };
}
