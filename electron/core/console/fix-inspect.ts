import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import { HELPER_PROTOCOL, type PathState, targetPath } from '#shared/domain/helper/targets.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { HelperAccess } from '#shared/domain/plan.ts';
import type { FixParts } from './fix-parts.ts';

/** Paths of one request, as the helper takes them. */
const AT_ONCE = 256;

/** What is at the targets of a plan, and how that could be looked at. */
export interface SeenTargets {
  access: HelperAccess;
  states: ReadonlyMap<string, PathState>;
  unseen: string | null;
}

/**
 * Looks at the targets of a plan as administrator, without changing anything. Where nothing is allowed the plan is a
 * preview: nothing was looked at.
 * @param run the plan, whose password is asked for where one is needed
 */
export async function inspectTargets(
  parts: Pick<FixParts, 'channels'>,
  node: SwarmNode,
  run: string,
  targets: readonly { path: string; text: boolean }[],
): Promise<SeenTargets> {
  const why = 'Swarmkeep wants to look at files as administrator to make a plan. Nothing is changed by that.';
  const channel = await parts.channels.open(node, run, {
    fresh: false,
    ask: targets.length > 0 ? why : null,
  });
  try {
    const access = await channel.access();
    if (access.via === 'none' || access.outdated) return { access, states: new Map(), unseen: null };
    return { access, ...(await inspect(channel, targets)) };
  } finally {
    await channel.close();
  }
}

async function inspect(
  channel: HelperChannel,
  targets: readonly { path: string; text: boolean }[],
): Promise<Omit<SeenTargets, 'access'>> {
  const states = new Map<string, PathState>();
  // A name that may not be given to a program is one that its fix refuses.
  const named = targets.filter((target) => targetPath.safeParse(target.path).success);
  for (let from = 0; from < named.length; from += AT_ONCE) {
    const paths = named.slice(from, from + AT_ONCE);
    const reply = await channel.ask({ version: HELPER_PROTOCOL, ask: 'inspect', paths });
    if (!reply.ok)
      return { states: new Map(), unseen: `${reply.failure.message} ${reply.failure.next}`.trim() };
    if (reply.answer.answer !== 'inspected') {
      const said =
        reply.answer.answer === 'refused' ? reply.answer.message : 'The helper answered something else.';
      return { states: new Map(), unseen: said };
    }
    for (const state of reply.answer.states) {
      if (paths.some((target) => target.path === state.path)) states.set(state.path, state);
    }
  }
  return { states, unseen: null };
}
