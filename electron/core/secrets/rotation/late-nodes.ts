import type { StoredRotationNode } from '#core/store/operations/rotations.ts';
import { commitAgain, commitNode, markSuperseded } from './commit-nodes.ts';
import type { Connections, Said } from './connections.ts';
import { fenceNode } from './fences.ts';
import { finishNodes } from './finish-nodes.ts';
import type { RotationJournal } from './journal.ts';
import type { LateTries } from './late-tries.ts';
import type { RotationLimits, RotationParts } from './parts.ts';
import type { HeldSecret } from './secret.ts';
import { stageNode } from './stage-nodes.ts';
import { isStillInForce } from './still-in-force.ts';
import { verifyNodes } from './verify-nodes.ts';

const NEWER =
  'It is back, and the nodes that were proven have another secret by now. Plan a new rotation: this one is over.';

/** What is known of a node that was away from the start; its place is looked for when it is back. */
export type FindPlace = (
  node: StoredRotationNode,
) => Promise<Pick<StoredRotationNode, 'place' | 'skewMs'> | null>;

/**
 * Finishes nodes that are back: fenced first, given the secret, restarted, proven; only then do the others let them in again. A node that is
 * still away, or says no, stays out.
 * @param mayGoOn asked before each act: whether this secret is still the one to give. A node that has it in force by then is brought to its
 *   end; one that has not gets it taken away again.
 * @param tries when a node that could not be proven is tried again
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
  tries: LateTries,
): Promise<boolean> {
  let any = false;
  let inForce: boolean | null = null;
  for (const { node, state } of journal.rotation.nodes) {
    if (!mayGoOn()) return any;
    if ((state !== 'away' && !isHalfWay(journal, node)) || !tries.isDue(node)) continue;
    const found = await find(journal.node(node));
    if (found === null || !mayGoOn()) continue;
    inForce ??= await isStillInForce(journal, connections, secret);
    if (!inForce) {
      await journal.mark(node, { state: 'away', message: NEWER });
      continue;
    }
    await journal.mark(node, { ...found, state: 'fenced', message: null });
    const isDone = await finishOne(parts, journal, connections, secret, limits, mayGoOn, node);
    if (isDone) tries.worked(node);
    else if (mayGoOn()) tries.failed(node);
    any ||= isDone;
  }
  // What a console that was killed has finished, and its peers were not told yet.
  if (
    mayGoOn() &&
    journal.rotation.nodes.some(
      ({ fence, state, keepsOld }) => state === 'verified' && (fence === 'all' || keepsOld),
    )
  ) {
    await finishNodes(journal, connections, limits.awayMs, 'open');
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
  mayGoOn: () => boolean,
  id: string,
): Promise<boolean> {
  const out = (message: string) => journal.mark(id, { state: 'away', message: message.slice(0, 1_024) });
  const fenced = await fenceNode(journal, connections, id, 'all', limits.awayMs);
  if (isSaidOver(fenced)) {
    await markSuperseded(journal, id);
    return false;
  }
  if (fenced.how !== 'answered') {
    await giveFree(journal, connections, id);
    await out(`It is back, and its fence could not be verified: ${words(fenced)}`);
    return false;
  }
  if (!mayGoOn()) {
    await leave(journal, connections, id);
    return false;
  }
  const staged = await stageNode(journal, connections, journal.node(id), secret, limits.awayMs);
  if (isSaidOver(staged)) {
    await markSuperseded(journal, id);
    return false;
  }
  if (staged.how !== 'answered') {
    await giveFree(journal, connections, id);
    await out(`It is back, and did not take the new secret: ${words(staged)}`);
    return false;
  }
  await journal.mark(id, { state: 'staged', stagedAt: journal.now(), keepsOld: true });
  if (!mayGoOn()) {
    await leave(journal, connections, id);
    return false;
  }
  const trouble = await commitNode(parts, journal, connections, id, secret, limits.settleMs);
  if (journal.node(id).state === 'superseded') return false;
  const again = (node: string) => commitAgain(parts, journal, connections, node, secret, limits.settleMs / 3);
  const unproven =
    trouble ?? (await verifyNodes(journal, connections, secret, limits.settleMs / 3, { only: id, again }));
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
  const fields = (await giveFree(journal, connections, id)) ? { keepsOld: false } : {};
  const message = 'It is back, and another rotation began before it was given this secret.';
  await journal.mark(id, { state: 'away', message, ...fields });
}

/** A node that is not finished now must not be held for other consoles; one that may commit by itself keeps what it has. */
async function giveFree(journal: RotationJournal, connections: Connections, id: string): Promise<boolean> {
  const dropped = await connections.ask(id, { act: 'drop', rotation: journal.rotation.id }, 0);
  return dropped.how === 'answered';
}

const isSaidOver = (said: Said<'fence'> | Said<'stage'>): boolean =>
  said.how === 'refused' && said.refused.refusal === 'superseded';

function words(
  said: { how: 'lost'; failure: { message: string } } | { how: 'refused'; refused: { message: string } },
): string {
  return said.how === 'lost' ? said.failure.message : said.refused.message;
}
