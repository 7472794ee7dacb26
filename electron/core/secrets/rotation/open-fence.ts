import { randomBytes } from 'node:crypto';
import type { StoredRotation } from '#core/store/operations/rotations.ts';
import type { RotationPreflight } from '#shared/domain/rotation/plan.ts';
import type { Connections } from './connections.ts';
import { finishNodes } from './finish-nodes.ts';
import type { RotationJournal } from './journal.ts';
import type { RotationParts, RotationTarget } from './parts.ts';
import type { Preflight } from './preflight.ts';

/** About how long a node takes to change its fence, in seconds. */
const SECONDS = 5;

/** Whether the nodes of an ended rotation keep strangers out, who were seen when it was made. */
export const keepsStrangersOut = ({ stage, strangers, nodes }: StoredRotation): boolean =>
  stage === 'done' && strangers.length > 0 && nodes.some(({ state }) => state === 'verified');

/**
 * Says what it means to let go of strangers: whom mycoSwarm may reach again, and on which nodes. No secret changes and nothing restarts. Asks no
 * node.
 * @param current the rotation in force; undefined where this console knows of none
 */
export function openFencePlan(
  parts: Pick<RotationParts, 'clock'>,
  current: StoredRotation | undefined,
  all: readonly RotationTarget[],
): Preflight {
  const strangers = current !== undefined && keepsStrangersOut(current) ? current.strangers : [];
  const nodes = strangers.length === 0 ? [] : rowsOf(current?.nodes ?? [], all);
  const who = strangers.length === 1 ? '1 stranger' : `${strangers.length} strangers`;
  const plan = {
    id: randomBytes(16).toString('hex'),
    purpose: 'open-fence' as const,
    emergency: false,
    title: `Let ${who} within reach of mycoSwarm again`,
    madeAt: parts.clock.now().toISOString(),
    nodes,
    strangers,
    seconds: { stage: 0, split: 0, total: SECONDS },
    blocked: strangers.length === 0 ? 'No node keeps strangers out.' : null,
  };
  return { plan, places: new Map() };
}

function rowsOf(nodes: StoredRotation['nodes'], all: readonly RotationTarget[]): RotationPreflight[] {
  return nodes.flatMap(({ node, name, state, skewMs, place }) =>
    state !== 'verified' || !all.some((target) => target.node === node)
      ? []
      : [
          {
            node,
            name,
            part: 'keeps' as const,
            why: 'Its mycoSwarm may reach them again. Nothing restarts there.',
            path: place?.path ?? null,
            unit: place?.unit ?? null,
            skewMs,
            interruptsSeconds: 0,
            fence: { how: 'none' as const, accounts: [], reaches: [] },
          },
        ],
  );
}

/**
 * Lets go of the strangers of an ended rotation. Who does not have the secret stays out. Nodes that are away are told when they are back.
 * @param journal of the rotation in force
 */
export async function openFence(
  journal: RotationJournal,
  connections: Connections,
  patienceMs: number,
): Promise<void> {
  // Each node is marked first: one that is not reached now, or after a crash, is told later.
  const told = journal.rotation.nodes.filter(({ state }) => state === 'verified');
  await Promise.all(told.map(({ node }) => journal.mark(node, { keepsOld: true })));
  await journal.set({ strangers: [] });
  await finishNodes(journal, connections, patienceMs);
}
