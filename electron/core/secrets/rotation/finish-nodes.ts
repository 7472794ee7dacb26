import type { Connections } from './connections.ts';
import { fenceNode, insideOf, liftNode } from './fences.ts';
import type { RotationJournal } from './journal.ts';
import { type RotationParts, sealedNameOf } from './parts.ts';

/** Nodes that do not have the secret and are still part of the story. */
const OUT: ReadonlySet<string> = new Set(['away', 'excluded', 'removed']);

/** @returns whether somebody has to be kept out: strangers were seen, or nodes do not have the secret */
export function keepsSomebodyOut(journal: RotationJournal): boolean {
  const { strangers, nodes } = journal.rotation;
  return strangers.length > 0 || nodes.some(({ state }) => OUT.has(state));
}

/**
 * Opens the fences as far as that is safe: where somebody has to be kept out they stay for the API's port and for those addresses, and
 * everywhere else they are taken away.
 * @returns why one could not be changed; it stays as tight as it is then
 */
export async function easeFences(
  journal: RotationJournal,
  connections: Connections,
  patienceMs: number,
): Promise<string | null> {
  const keeps = keepsSomebodyOut(journal);
  const results = await Promise.all(
    insideOf(journal.rotation).map(async ({ node, name, fence }) => {
      if (!keeps && fence === 'none') return null;
      const said = keeps
        ? await fenceNode(journal, connections, node, 'swarm', patienceMs)
        : await liftNode(journal, connections, node, patienceMs);
      if (said.how === 'answered') return null;
      return `${name}: ${said.how === 'lost' ? said.failure.message : said.refused.message}`;
    }),
  );
  await journal.set({ keepsFences: keeps });
  return results.find((one) => one !== null) ?? null;
}

/** Destroys the old secret on every verified node, and those of earlier rotations in the sealed store. */
export async function destroyOld(
  parts: RotationParts,
  journal: RotationJournal,
  connections: Connections,
  patienceMs: number,
): Promise<string | null> {
  const failed = await finishNodes(journal, connections, patienceMs);
  if (failed !== null) return failed;
  return destroySealed(parts, (name) => name !== sealedNameOf(journal.rotation.id));
}

/** Lets every node destroy its old secret and ends its lease. @returns why one did not */
export async function finishNodes(
  journal: RotationJournal,
  connections: Connections,
  patienceMs: number,
): Promise<string | null> {
  const results = await Promise.all(
    insideOf(journal.rotation).map(async ({ node, name }) => {
      const said = await connections.ask(node, { act: 'finish', rotation: journal.rotation.id }, patienceMs);
      if (said.how !== 'answered')
        return `${name}: ${said.how === 'lost' ? said.failure.message : said.refused.message}`;
      await journal.mark(node, { keepsOld: false });
      return null;
    }),
  );
  return results.find((one) => one !== null) ?? null;
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
        const dropped = await connections.ask(node, { act: 'drop', rotation }, patienceMs);
        const isDone = lifted.how === 'answered' && dropped.how === 'answered';
        const message =
          'It did not answer. A staged file may lie there that nothing reads, and a fence; both go when it is back.';
        return journal.mark(node, {
          state: 'taken-back',
          fence: isDone ? 'none' : fence,
          ...(isDone ? { keepsOld: false } : {}),
          message: isDone ? null : message,
        });
      }),
  );
}
