import type { StoredRotationNode } from '#core/store/operations/rotations.ts';
import { commitNode } from './commit-nodes.ts';
import type { Connections } from './connections.ts';
import { fenceNode } from './fences.ts';
import { finishNodes } from './finish-nodes.ts';
import type { RotationJournal } from './journal.ts';
import type { RotationLimits, RotationParts } from './parts.ts';
import type { HeldSecret } from './secret.ts';
import { stageNode } from './stage-nodes.ts';
import { verifyNodes } from './verify-nodes.ts';

/** What is known of a node that was away from the start; its place is looked for when it is back. */
export type FindPlace = (
  node: StoredRotationNode,
) => Promise<Pick<StoredRotationNode, 'place' | 'skewMs'> | null>;

/**
 * Finishes nodes that are back: fenced first, given the secret, restarted, proven; only then do the others let them in again. A node that is
 * still away, or says no, stays out.
 * @param mayGoOn asked before each act: whether this secret is still the one to give. A node that has it in force by then is brought to its
 *   end; one that has not gets it taken away again.
 * @returns whether any was finished
 */
export async function finishLateNodes(
  parts: RotationParts,
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
  limits: RotationLimits,
  find: FindPlace,
  mayGoOn: () => boolean,
): Promise<boolean> {
  let any = false;
  for (const { node, state } of journal.rotation.nodes) {
    if (!mayGoOn()) return any;
    if (state !== 'away' && !isHalfWay(journal, node)) continue;
    if (await finishOne(parts, journal, connections, secret, limits, find, mayGoOn, node)) any = true;
  }
  // What a console that was killed has finished, and its peers were not told yet.
  if (
    mayGoOn() &&
    journal.rotation.nodes.some(
      ({ fence, state, keepsOld }) => state === 'verified' && (fence === 'all' || keepsOld),
    )
  ) {
    await finishNodes(journal, connections, limits.awayMs);
  }
  return any;
}

/** A console that was killed while it finished one goes on with it. */
function isHalfWay(journal: RotationJournal, id: string): boolean {
  return ['fenced', 'staged', 'armed', 'committed'].includes(journal.node(id).state);
}

async function finishOne(
  parts: RotationParts,
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
  limits: RotationLimits,
  find: FindPlace,
  mayGoOn: () => boolean,
  id: string,
): Promise<boolean> {
  const found = await find(journal.node(id));
  if (found === null || !mayGoOn()) return false;
  const out = (message: string) => journal.mark(id, { state: 'away', message: message.slice(0, 1_024) });
  await journal.mark(id, { ...found, state: 'fenced', message: null });
  const fenced = await fenceNode(journal, connections, id, 'all', limits.awayMs);
  if (fenced.how !== 'answered') {
    await out(`It is back, and its fence could not be verified: ${words(fenced)}`);
    return false;
  }
  if (!mayGoOn()) {
    await leave(journal, connections, id);
    return false;
  }
  const staged = await stageNode(journal, connections, journal.node(id), secret, limits.awayMs);
  if (staged.how !== 'answered') {
    await out(`It is back, and did not take the new secret: ${words(staged)}`);
    return false;
  }
  await journal.mark(id, { state: 'staged', stagedAt: journal.now(), keepsOld: true });
  if (!mayGoOn()) {
    await leave(journal, connections, id);
    return false;
  }
  const trouble = await commitNode(parts, journal, connections, id, secret, limits.settleMs);
  const unproven =
    trouble ?? (await verifyNodes(journal, connections, secret, limits.settleMs / 3, { only: id }));
  if (unproven !== null || journal.node(id).state !== 'verified') {
    await out(`It is back and could not be proven yet. ${unproven ?? ''}`.trim());
    return false;
  }
  // Its peers let it in, and it keeps strangers out as they do.
  await finishNodes(journal, connections, limits.awayMs);
  return true;
}

/** Another rotation begins: what was put there and is not in force goes, and with it the lease, which would keep the other one out. */
async function leave(journal: RotationJournal, connections: Connections, id: string): Promise<void> {
  const dropped = await connections.ask(id, { act: 'drop', rotation: journal.rotation.id }, 0);
  const message = 'It is back, and another rotation began before it was given this secret.';
  const fields = dropped.how === 'answered' ? { keepsOld: false } : {};
  await journal.mark(id, { state: 'away', message, ...fields });
}

function words(
  said: { how: 'lost'; failure: { message: string } } | { how: 'refused'; refused: { message: string } },
): string {
  return said.how === 'lost' ? said.failure.message : said.refused.message;
}
