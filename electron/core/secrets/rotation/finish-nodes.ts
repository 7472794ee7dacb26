import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Connections, Said } from './connections.ts';
import { beforeFence, fenceAct, insideOf } from './fences.ts';
import type { RotationJournal } from './journal.ts';
import { type RotationParts, sealedNameOf } from './parts.ts';

/** @returns whether somebody has to be kept out: strangers were seen, or nodes are not known to have the secret */
export function keepsSomebodyOut(journal: RotationJournal): boolean {
  const { strangers, nodes } = journal.rotation;
  return strangers.length > 0 || nodes.some(({ state }) => state !== 'verified');
}

/** Why a node could not be finished; what stands in the way decides what the rotation waits for. */
export interface Unfinished {
  for: 'fence' | 'nodes';
  message: string;
}

/**
 * Opens the fences as far as that is safe, and lets every node that was proven destroy its old secret and end its lease, in one run of its
 * helper. Where somebody has to be kept out, fences stay for the API's port and for those addresses, and everywhere else they are taken
 * away. A fence that cannot be changed stays as tight as it is, and is tried again.
 * @param which `open`: only those that an earlier try did not reach
 * @returns why one could not be finished; null when all were
 */
export async function finishNodes(
  journal: RotationJournal,
  connections: Connections,
  patienceMs: number,
  which: 'all' | 'open' = 'all',
): Promise<Unfinished | null> {
  const keeps = keepsSomebodyOut(journal);
  const results = await Promise.all(
    insideOf(journal.rotation)
      // One that a killed console left half way has its old secret still to lose, and its turn comes.
      .filter(({ state }) => state === 'verified')
      .filter(({ fence, keepsOld }) => which === 'all' || fence === 'all' || keepsOld)
      .map(({ node }) => finishNode(journal, connections, node, keeps, patienceMs)),
  );
  await journal.set({ keepsFences: keeps });
  return results.find((one) => one?.for === 'fence') ?? results.find((one) => one !== null) ?? null;
}

async function finishNode(
  journal: RotationJournal,
  connections: Connections,
  id: string,
  keeps: boolean,
  patienceMs: number,
): Promise<Unfinished | null> {
  const node = journal.node(id);
  const rotation = journal.rotation.id;
  // What an earlier rotation left standing on a node that keeps its secret is not known here.
  const isOpen = !keeps && node.fence === 'none' && node.part !== 'keeps';
  const fence: SecretAct = keeps
    ? fenceAct(journal.rotation, node, 'swarm')
    : { act: 'lift', rotation, all: true };
  if (keeps) await beforeFence(journal, id, 'swarm');
  // Written down before: the answer may be lost, and then the node has its lease and half of it.
  if (!node.keepsOld) await journal.mark(id, { keepsOld: true });
  const said = await connections.askAll(
    id,
    [...(isOpen ? [] : [fence]), { act: 'finish', rotation } as const],
    patienceMs,
  );
  const first = said[0];
  // A fence that says no stays as tight as it is; the old secret goes all the same, and the lease, which would keep others out.
  const last =
    !isOpen && first?.how === 'refused'
      ? await connections.ask(id, { act: 'finish', rotation }, patienceMs)
      : said.at(-1);
  if (!isOpen && first?.how === 'answered') await journal.mark(id, { fence: keeps ? 'swarm' : 'none' });
  const isFence = !isOpen && first?.how === 'refused';
  if (last?.how === 'answered' && !isFence) {
    await journal.mark(id, { keepsOld: false });
    return null;
  }
  // It has the secret since an earlier rotation, and nothing of this one waits for it: it is told when it is back.
  if (node.part === 'keeps') return null;
  const no = first?.how === 'refused' ? first : last;
  const words = no?.how === 'refused' ? no.refused.message : no?.how === 'lost' ? no.failure.message : '';
  return { for: isFence ? 'fence' : 'nodes', message: `${node.name}: ${words}` };
}

/** Forgets secrets of rotations in the sealed store. @returns why that could not be done */
export async function destroySealed(
  parts: RotationParts,
  isOver: (name: string) => boolean,
): Promise<string | null> {
  const kept = await parts.sealed.list();
  if (!kept.ok) return kept.failure.message;
  for (const { name } of kept.value) {
    if (!name.startsWith(sealedNameOf('')) || !isOver(name)) continue;
    const gone = await parts.sealed.destroy(name);
    if (!gone.ok) return gone.failure.message;
  }
  return null;
}

/** Takes back what was staged, before the decision. Nodes that do not answer keep a file that nobody reads, which is said. */
export async function takeBack(
  journal: RotationJournal,
  connections: Connections,
  patienceMs: number,
): Promise<void> {
  await Promise.all(
    journal.rotation.nodes
      .filter(({ place, part }) => place !== null && part === 'rotates')
      .map(async ({ node, fence }) => {
        if (fence === 'none') return journal.mark(node, { state: 'taken-back' });
        const rotation = journal.rotation.id;
        const lifted = await connections.ask(node, { act: 'lift', rotation }, patienceMs);
        // By itself, whatever became of the fence: a lift takes the lease, and only this gives the node free.
        const dropped =
          lifted.how === 'lost' ? lifted : await connections.ask(node, { act: 'drop', rotation }, patienceMs);
        return journal.mark(node, {
          state: 'taken-back',
          fence: lifted.how === 'answered' && dropped.how === 'answered' ? 'none' : fence,
          ...(dropped.how === 'answered' ? { keepsOld: false } : {}),
          message: leftBehind(lifted, dropped),
        });
      }),
  );
}

/** What a node that was taken back keeps, in words; null when it keeps nothing. */
function leftBehind(lifted: Said<'lift'>, dropped: Said<'drop'>): string | null {
  if (dropped.how === 'lost')
    return 'It did not answer. A staged file may lie there that nothing reads, and a fence; both go when it is back.';
  if (dropped.how === 'refused')
    return `A staged file may lie there that nothing reads: ${dropped.refused.message}`.slice(0, 1_024);
  if (lifted.how === 'refused')
    return `What was staged is gone. A fence may still stand there: ${lifted.refused.message}`.slice(
      0,
      1_024,
    );
  return null;
}
