import type { StoredRotationNode } from '#core/store/operations/rotations.ts';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Connections, Said } from './connections.ts';
import { beforeFence, fenceAct, insideOf } from './fences.ts';
import type { RotationJournal } from './journal.ts';
import type { RotationLimits } from './parts.ts';
import type { HeldSecret } from './secret.ts';

/** What came of preparing nodes. `hold`: a fence could not be verified. `refused`: a node said no, and nothing is in force anywhere yet. */
export type Prepared =
  | { how: 'ready' }
  | { how: 'hold'; message: string }
  | { how: 'refused'; message: string };

const WAY_OUT = 'Mend it, or leave the node out.';

/**
 * Fences every node that rotates and puts the secret beside the old one there, in one run of its helper: a node that does not show that its
 * fence holds is sent nothing that it writes down. Nodes that stop answering are left out, and the fences of the others are drawn anew
 * without them, before any of them has the secret in force.
 */
export async function stageNodes(
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
  limits: RotationLimits,
): Promise<Prepared> {
  const began = performance.now();
  const given = () => insideOf(journal.rotation).filter(({ part }) => part !== 'keeps');
  for (let before = -1; before !== given().length; ) {
    const nodes = given();
    before = nodes.length;
    const prepared = await Promise.all(
      nodes.map(async ({ node }) => prepareNode(journal, connections, node, secret, limits.awayMs)),
    );
    const held = prepared.find((one) => one.how === 'hold') ?? prepared.find((one) => one.how === 'refused');
    if (held !== undefined) return held;
  }
  if (given().length === 0)
    return { how: 'refused', message: 'No node answers any more that could be given the secret.' };
  await journal.set({ stagingMs: performance.now() - began });
  return { how: 'ready' };
}

async function prepareNode(
  journal: RotationJournal,
  connections: Connections,
  id: string,
  secret: HeldSecret,
  patienceMs: number,
): Promise<Prepared> {
  await beforeFence(journal, id, 'all');
  const node = journal.node(id);
  const [fenced, staged] = await connections.askAll(
    id,
    [fenceAct(journal.rotation, node, 'all'), stageAct(journal.rotation.id, node, secret)],
    patienceMs,
  );
  const { emergency } = journal.rotation.plan;
  if (staged.how === 'refused' && staged.refused.refusal === 'superseded')
    return {
      how: 'refused',
      message: `${node.name}: another console has given it a newer secret meanwhile. Plan a new rotation.`,
    };
  const away = (words: string) =>
    journal.mark(id, { state: 'away', message: `Left out: ${words}`.slice(0, 1_024) });
  if (fenced.how === 'lost') {
    await away(fenced.failure.message);
    return { how: 'ready' };
  }
  if (fenced.how === 'answered' && node.state === 'waiting')
    await journal.mark(id, { state: 'fenced', fence: 'all', message: null });
  if (staged.how === 'answered') {
    if (node.stagedAt === null)
      await journal.mark(id, { state: 'staged', stagedAt: journal.now(), keepsOld: true, message: null });
    return { how: 'ready' };
  }
  const words = staged.how === 'lost' ? staged.failure.message : staged.refused.message;
  if (staged.how === 'lost' || emergency) {
    await away(words);
    return { how: 'ready' };
  }
  await journal.mark(id, { message: words.slice(0, 1_024) });
  return fenced.how === 'answered'
    ? { how: 'refused', message: `${node.name}: ${words} ${WAY_OUT}` }
    : { how: 'hold', message: `${node.name}: ${words} ${whatLies(node)} ${WAY_OUT}` };
}

/** The fence and the secret go in one request, and the helper writes the secret down once the fence holds. */
function whatLies({ stagedAt }: StoredRotationNode): string {
  return stagedAt === null
    ? 'The new secret was not written down there.'
    : 'The new secret lies there beside the old one, and is not in force.';
}

/** What a node is asked to put the secret beside the old one. */
function stageAct(
  rotation: string,
  { node, place }: StoredRotationNode,
  secret: HeldSecret,
): Extract<SecretAct, { act: 'stage' }> {
  if (place === null) throw new RangeError(`Nothing is known of ${node}`);
  const { path, owner } = place;
  return { act: 'stage', rotation, path, token: secret.hex(), owner };
}

/** Puts the secret beside the old one on a node; done already, it changes nothing. */
export function stageNode(
  journal: RotationJournal,
  connections: Connections,
  node: StoredRotationNode,
  secret: HeldSecret,
  patienceMs: number,
): Promise<Said<'stage'>> {
  return connections.ask(node.node, stageAct(journal.rotation.id, node, secret), patienceMs);
}
