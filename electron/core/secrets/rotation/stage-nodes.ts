import type { StoredRotationNode } from '#core/store/operations/rotations.ts';
import type { Connections, Said } from './connections.ts';
import { fenceNode, insideOf } from './fences.ts';
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
 * Fences every node that rotates, then puts the secret beside the old one on each. Nodes that stop answering are left out, and the fences of
 * the others are drawn anew without them, before any of them has the secret in force.
 */
export async function stageNodes(
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
  limits: RotationLimits,
): Promise<Prepared> {
  const { emergency } = journal.rotation.plan;
  const began = performance.now();
  for (let before = -1; before !== insideOf(journal.rotation).length; ) {
    before = insideOf(journal.rotation).length;
    const fenced = await each(journal, (node) =>
      fenceNode(journal, connections, node.node, 'all', limits.awayMs),
    );
    const unfit = await settle(journal, fenced, emergency, (node) =>
      node.state === 'waiting'
        ? journal.mark(node.node, { state: 'fenced', message: null })
        : Promise.resolve(),
    );
    if (unfit !== null) return { how: 'hold', message: `${unfit} Nothing was sent there. ${WAY_OUT}` };
    if (insideOf(journal.rotation).length !== before) continue;
    const staged = await each(journal, (node) =>
      stageNode(journal, connections, node, secret, limits.awayMs),
    );
    const refused = await settle(journal, staged, emergency, (node) =>
      node.stagedAt === null
        ? journal.mark(node.node, {
            state: 'staged',
            stagedAt: journal.now(),
            keepsOld: true,
            message: null,
          })
        : Promise.resolve(),
    );
    if (refused !== null) return { how: 'refused', message: `${refused} ${WAY_OUT}` };
  }
  if (insideOf(journal.rotation).length === 0)
    return { how: 'refused', message: 'No node answers any more that could be given the secret.' };
  await journal.set({ stagingMs: performance.now() - began });
  return { how: 'ready' };
}

/** Puts the secret beside the old one on a node; done already, it changes nothing. */
export function stageNode(
  journal: RotationJournal,
  connections: Connections,
  { node, place }: StoredRotationNode,
  secret: HeldSecret,
  patienceMs: number,
): Promise<Said<'stage'>> {
  if (place === null) throw new RangeError(`Nothing is known of ${node}`);
  const { path, owner } = place;
  const rotation = journal.rotation.id;
  return connections.ask(node, { act: 'stage', rotation, path, token: secret.hex(), owner }, patienceMs);
}

async function each<S>(
  journal: RotationJournal,
  work: (node: StoredRotationNode) => Promise<S>,
): Promise<{ node: string; said: S }[]> {
  const nodes = insideOf(journal.rotation);
  return Promise.all(nodes.map(async (node) => ({ node: node.node, said: await work(node) })));
}

/** @returns what a node said against it; null when all that answered did it. Who does not answer is away from here on. */
async function settle(
  journal: RotationJournal,
  all: readonly { node: string; said: Said<'fence'> | Said<'stage'> }[],
  emergency: boolean,
  done: (node: StoredRotationNode) => Promise<void>,
): Promise<string | null> {
  let refused: string | null = null;
  await Promise.all(
    all.map(async ({ node: id, said }) => {
      const node = journal.node(id);
      if (said.how === 'answered') return done(node);
      const words = said.how === 'lost' ? said.failure.message : said.refused.message;
      if (said.how === 'lost' || emergency)
        return journal.mark(id, { state: 'away', message: `Left out: ${words}`.slice(0, 1_024) });
      refused ??= `${node.name}: ${words}`;
      return journal.mark(id, { message: words.slice(0, 1_024) });
    }),
  );
  return refused;
}
