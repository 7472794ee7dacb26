import type { HelperFailure } from '#core/hosts/helper-channel.ts';
import type { LookState } from '#shared/contract/looks.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { newId } from './context.ts';
import type { FixChannels } from './fix-channels.ts';
import { type LookParts, whenFree } from './fix-facts.ts';
import { ConsoleError } from './service.ts';

/**
 * Looks at one node as administrator. Who orders it again while a password is asked for waits for the same question.
 * @returns the look, which has begun
 * @throws ConsoleError CONSENT_REFUSED, NOT_ALLOWED, NODE_UNREACHABLE
 */
export type AdministratorLooks = (node: SwarmNode) => Promise<LookState>;

/** @param channels asks for the password, has sudo try it, and forgets it when the look is over */
export function administratorLooks(
  parts: LookParts,
  channels: Pick<FixChannels, 'administrator' | 'forget'>,
): AdministratorLooks {
  const asking = new Map<string, Promise<LookState>>();

  async function begin(node: SwarmNode): Promise<LookState> {
    const run = `look ${newId()}`;
    const why = 'Swarmkeep wants to look at this machine as administrator. It reads, and changes nothing.';
    const ready = await channels.administrator(node, run, why);
    if (!ready.ok) throw notAllowed(ready.failure);
    try {
      await whenFree(parts, node);
      const order = { administrator: ready.password, mustBeAdministrator: true };
      const { looks, ended } = parts.lookout.begin([node], null, order);
      const [look] = looks;
      if (look === undefined) throw new Error('A look did not begin');
      void ended.finally(() => channels.forget(run));
      return look.state();
    } catch (error) {
      channels.forget(run);
      throw error;
    }
  }

  return (node) => {
    const out = asking.get(node.id) ?? begin(node).finally(() => asking.delete(node.id));
    asking.set(node.id, out);
    return out;
  };
}

/** What a person reads: what is so, that nothing was lost, and what to do. */
function notAllowed({ kind, message, next }: HelperFailure): ConsoleError {
  const code =
    kind === 'password-needed' ? 'CONSENT_REFUSED' : kind === 'away' ? 'NODE_UNREACHABLE' : 'NOT_ALLOWED';
  return new ConsoleError(code, message.slice(0, 1_000), {
    untouched: 'No look was made: findings are as they were.',
    next: next.slice(0, 512),
  });
}
