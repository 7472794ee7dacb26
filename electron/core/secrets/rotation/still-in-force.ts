import type { Connections } from './connections.ts';
import type { RotationJournal } from './journal.ts';
import { type HeldSecret, newNonce } from './secret.ts';

/** So many proven nodes are asked: one of them that was written over says nothing of all others. */
const MOST_ASKED = 3;

/**
 * Whether the secret of an ended rotation is still the one of the swarm: another console may have rotated while this one slept, and then a node
 * that comes back must not be given a burned secret.
 * @returns false when proven nodes answer and none of them has it any more; who does not answer says nothing
 */
export async function isStillInForce(
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
): Promise<boolean> {
  const proven = journal.rotation.nodes.filter(({ state, place }) => state === 'verified' && place !== null);
  const said = await Promise.all(
    proven.slice(0, MOST_ASKED).map(async ({ node, place }) => {
      if (place === null) return null;
      const nonce = newNonce();
      const { path, port } = place;
      const looked = await connections.ask(node, { act: 'look', path, port, nonce }, 0);
      if (looked.how !== 'answered' || looked.answer.mac === null) return null;
      return secret.proves(looked.answer.mac, nonce);
    }),
  );
  return said.includes(true) || !said.includes(false);
}
