import type { UnhashedPlan } from '#core/fixes/plan-registry.ts';
import { isAsShown } from '#core/fixes/plans/as-shown.ts';
import { notOfThese, stands, undoState } from '#core/fixes/plans/undo-order.ts';
import {
  newestOfEach,
  type PlanFrame,
  redoPlan,
  removePlan,
  stepsBack,
  undoPlan,
} from '#core/fixes/plans/undo-plans.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { Difference } from '#shared/domain/helper/answers.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { HelperAccess, PlanStep } from '#shared/domain/plan.ts';
import { requireNode } from './context.ts';
import { changesOfNode, type FixParts, newChangeId } from './fix-parts.ts';
import { placingPlan } from './helper-placing.ts';
import { recordTrouble } from './undo-records.ts';
import { watchingSteps } from './watching-here.ts';

/** @throws ConsoleError NODE_UNKNOWN, NODE_UNREACHABLE */
export async function planUndo(parts: FixParts, change: StoredChange): Promise<UnhashedPlan> {
  const node = await requireNode(parts.context, change.node);
  const order = undoState(change, await changesOfNode(parts, change.node));
  const trouble = order.possible ? await recordTrouble(parts, change) : null;
  const possible = order.possible && trouble === null;
  const reason = trouble ?? order.reason;
  return withChannel(parts, node, possible, async (channel, frame) => {
    const steps = possible && usable(frame.access) ? newestOfEach(stepsBack(change)) : [];
    const compared = await differencesOf(channel, steps);
    const differences = notOfThese([change], compared.differences);
    if (compared.refused || differences.length > 0) parts.refusedUndos.add(change.id);
    else parts.refusedUndos.delete(change.id);
    return undoPlan(frame, change, differences, compared.why ?? (possible ? null : reason));
  });
}

/** @throws ConsoleError NODE_UNKNOWN */
export async function planRedo(parts: FixParts, change: StoredChange): Promise<UnhashedPlan> {
  const node = await requireNode(parts.context, change.node);
  const again = change.plan.purpose === 'fix' || change.plan.purpose === 'redo';
  const ended = change.state === 'undone' || change.state === 'rolled-back' || change.state === 'reverted';
  const reason =
    again && ended ? await redoTrouble(parts, change) : 'Only what was taken back can be done again.';
  return withChannel(parts, node, reason === null, async (_channel, frame) =>
    redoPlan(frame, change, reason),
  );
}

/** @throws ConsoleError NODE_UNKNOWN */
export async function planRemove(parts: FixParts, node: SwarmNode): Promise<UnhashedPlan> {
  const standing = (await changesOfNode(parts, node.id)).filter(stands);
  const steps = standing.flatMap(stepsBack);
  const trouble = await firstTrouble(parts, standing);
  const watching = node.address.kind === 'local' ? await watchingSteps(parts.unit) : [];
  return withChannel(parts, node, trouble === null, async (channel, frame) => {
    // What a newer change laid over an older one goes first, so only the newest of each thing can be compared now.
    const compared = await differencesOf(channel, usable(frame.access) ? newestOnly(standing) : []);
    const why = trouble ?? compared.why;
    if (why !== null) return { ...removePlan(frame, standing, [], steps, []), blocked: why };
    const differences = notOfThese(standing, compared.differences);
    // The unit first: a removal that stops half-way can then still be done again with the helper.
    const last = frame.access.installed ? [...watching, UNINSTALL] : watching;
    return removePlan(frame, standing, differences, steps, last);
  });
}

async function redoTrouble(parts: FixParts, change: StoredChange): Promise<string | null> {
  if (!isAsShown(change.plan))
    return 'The record of this change was altered: its steps are not what it shows. Plan the fix anew.';
  return recordTrouble(parts, change);
}

async function firstTrouble(parts: FixParts, standing: readonly StoredChange[]): Promise<string | null> {
  for (const change of standing) {
    const trouble = await recordTrouble(parts, change);
    if (trouble !== null) return `"${change.plan.title}": ${trouble}`.slice(0, 1_024);
  }
  return null;
}

/** Plan to put the helper there, or to replace it. @throws ConsoleError NODE_UNKNOWN */
export async function planAllow(
  parts: FixParts,
  node: SwarmNode,
  withoutPassword: boolean,
): Promise<UnhashedPlan> {
  const id = newChangeId();
  const channel = await parts.channels.open(node, id, { fresh: false, ask: null });
  const root = await parts.channels.openRoot(node, id, null);
  try {
    return await placingPlan({
      id,
      madeAt: parts.context.clock.now().toISOString(),
      node,
      helper: await channel.access(),
      root: root === null ? null : await root.access(),
      bundle: parts.bundle,
      withoutPassword,
      agents: await agentsOf(parts, node),
      contents: parts.contents,
    });
  } finally {
    await channel.close();
    await root?.close();
  }
}

/** @returns names of the accounts under which mycoSwarm runs on a node, as the last look saw them; null when one was not seen */
async function agentsOf({ context }: FixParts, node: SwarmNode): Promise<string[] | null> {
  const seen = await context.store.profile({ node: node.id });
  const users = seen?.detected.instances.map(({ user }) => user) ?? [null];
  return users.some((user) => user === null) ? null : users.flatMap((user) => user ?? []);
}

const UNINSTALL: PlanStep = {
  check: null,
  title: 'Take the helper of Swarmkeep away',
  phase: 'now',
  action: null,
  preview: {
    kind: 'words',
    text: 'The helper removes itself, its policy and its sudo rule.',
  },
  needs: ['root'],
  interrupts: null,
  undo: '"Allow changes on this node" puts it there again.',
  undoable: false,
  own: 'uninstall-helper',
};

/** Steps that the helper compares in one run: it is started anew for every request, which takes a small board a second. */
const MOST_COMPARED = 256;

function usable(access: HelperAccess): boolean {
  return access.via !== 'none' && !access.outdated;
}

/** @param asks whether the plan has something to look at: a password for a plan that is refused anyway serves nothing */
async function withChannel(
  parts: FixParts,
  node: SwarmNode,
  asks: boolean,
  make: (channel: HelperChannel, frame: PlanFrame) => Promise<UnhashedPlan>,
): Promise<UnhashedPlan> {
  const id = newChangeId();
  const channel = await parts.channels.open(node, id, {
    fresh: false,
    ask: asks
      ? 'Swarmkeep wants to look as administrator whether anything was changed since. Nothing is changed by that.'
      : null,
  });
  try {
    const access = await channel.access();
    return await make(channel, { id, node, access, madeAt: parts.context.clock.now().toISOString() });
  } finally {
    await channel.close();
  }
}

/** What keeps steps from being taken back as things are now. */
interface Compared {
  differences: Difference[];
  /** Why none of them can be, in one sentence; then there are no differences. */
  why: string | null;
  /** It is the node that refuses one of them, not that it could not be asked. */
  refused: boolean;
}

async function differencesOf(channel: HelperChannel, steps: readonly PlanStep[]): Promise<Compared> {
  const no = (why: string, refused = false): Compared => ({
    differences: [],
    why: why.trim().slice(0, 1_024),
    refused,
  });
  const asked = steps.flatMap(({ takesBack, title }) => (takesBack ? [{ takesBack, title }] : []));
  const differences: Difference[] = [];
  for (let at = 0; at < asked.length; at += MOST_COMPARED) {
    const some = asked.slice(at, at + MOST_COMPARED);
    const reply = await channel.ask({
      version: HELPER_PROTOCOL,
      ask: 'compare',
      steps: some.map(({ takesBack }) => takesBack),
    });
    if (!reply.ok) return no(`${reply.failure.message} ${reply.failure.next}`);
    const { answer } = reply;
    // Fewer answers than steps would pass one over in silence.
    if (answer.answer !== 'compared' || answer.steps.length !== some.length)
      return no(answer.answer === 'refused' ? answer.message : 'The helper did not compare every step.');
    for (const [number, { differences: found, refused }] of answer.steps.entries()) {
      if (refused !== null) return no(`${some[number]?.title}: ${refused}`, true);
      differences.push(...found);
    }
  }
  return { differences, why: null, refused: false };
}

function newestOnly(standing: readonly StoredChange[]): PlanStep[] {
  const newest = standing.filter((change) => undoState(change, standing).possible);
  return newest.flatMap((change) => newestOfEach(stepsBack(change)));
}
