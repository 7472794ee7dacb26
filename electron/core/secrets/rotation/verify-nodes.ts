import type { StoredRotationNode } from '#core/store/operations/rotations.ts';
import type { Connections } from './connections.ts';
import { insideOf } from './fences.ts';
import type { RotationJournal } from './journal.ts';
import { type HeldSecret, newNonce } from './secret.ts';

const AGAIN_MS = 700;

/** What one node was seen to do. */
interface Seen {
  newProven: boolean;
  /** By the node that asked it over the network with the old secret. */
  oldRefused: boolean | null;
  why: string | null;
}

/**
 * Proves every committed node, twice over: the node itself is asked with the secret of its file, which has to be the new one (HMAC with a
 * nonce), and with a random one; and another node asks it over the network with the old one. A node that is alone asks itself by its own
 * address on the network. Nodes that cannot be proven keep saying why.
 * @param mostMs how long a node is asked again that does not prove it
 * @returns why one is not proven; null when all are
 */
export async function verifyNodes(
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
  mostMs: number,
  only?: string,
): Promise<string | null> {
  const until = performance.now() + mostMs;
  for (;;) {
    const inside = insideOf(journal.rotation);
    const open = inside.filter(
      ({ node, state }) => state === 'committed' && (only === undefined || node === only),
    );
    if (open.length === 0) return null;
    // A node that comes later asks itself: the others have destroyed the old secret.
    const seen = await lookAtAll(journal, connections, secret, only === undefined ? inside : open, open);
    for (const { node, name } of open) {
      const one = seen.get(node);
      if (one === undefined) continue;
      const { newProven, oldRefused, why } = one;
      const isProven = newProven && oldRefused === true;
      await journal.mark(node, {
        newProven,
        oldRefused,
        message: isProven ? null : (why ?? `${name} could not be proven.`).slice(0, 1_024),
        ...(isProven ? { state: 'verified' as const, verifiedAt: journal.now() } : {}),
      });
    }
    const left = insideOf(journal.rotation).find(
      ({ node, state }) => state === 'committed' && (only === undefined || node === only),
    );
    if (left === undefined) return null;
    if (performance.now() > until) return `${left.name}: ${left.message ?? 'it could not be proven.'}`;
    await new Promise((resolve) => setTimeout(resolve, Math.min(AGAIN_MS, mostMs)));
  }
}

async function lookAtAll(
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
  inside: readonly StoredRotationNode[],
  open: readonly StoredRotationNode[],
): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>(
    open.map(({ node }) => [node, { newProven: false, oldRefused: null, why: null }]),
  );
  // Who asks whom with the old secret: the next one in the circle.
  const askerOf = new Map(
    open.map((node) => [node.node, inside[(inside.indexOf(node) + 1) % inside.length] ?? node]),
  );
  const askers = [...new Set([...open, ...askerOf.values()])];
  await Promise.all(
    askers.map(async (asker) => {
      if (asker.place === null) return;
      const asked = open.filter(({ node }) => askerOf.get(node) === asker).slice(0, 8);
      const others = asked.flatMap(({ place }) =>
        place?.addresses[0] === undefined ? [] : [{ address: place.addresses[0], port: place.port }],
      );
      const nonce = newNonce();
      const { path, port } = asker.place;
      const rotation = journal.rotation.id;
      const said = await connections.ask(
        asker.node,
        { act: 'verify', rotation, path, port, nonce, others },
        3_000,
      );
      const own = seen.get(asker.node);
      if (said.how !== 'answered') {
        if (own) own.why = said.how === 'lost' ? said.failure.message : said.refused.message;
        return;
      }
      const { answer } = said;
      if (own) {
        own.newProven = secret.proves(answer.mac, nonce) && answer.status === 200 && answer.wrong === 403;
        own.why ??= whyNot(answer, secret.proves(answer.mac, nonce));
      }
      for (const node of asked) {
        const entry = seen.get(node.node);
        const status =
          answer.others.find(({ address }) => address === node.place?.addresses[0])?.status ?? null;
        if (entry === undefined) continue;
        entry.oldRefused = status === null ? null : status === 403;
        if (status === 403) continue;
        entry.why =
          status === null
            ? `${asker.name} cannot reach it over the network, so it was not seen that the old secret is refused.`
            : `It answers ${status} to the old secret over the network.`;
      }
    }),
  );
  return seen;
}

function whyNot(answer: { status: number | null; wrong: number | null }, isNew: boolean): string | null {
  if (!isNew) return 'The secret in its file is not the new one.';
  if (answer.status !== 200)
    return answer.status === null
      ? 'mycoSwarm does not answer there.'
      : `It answers ${answer.status} to the new secret.`;
  if (answer.wrong !== 403)
    return answer.wrong === null
      ? 'mycoSwarm does not answer there.'
      : `It answers ${answer.wrong} to any secret whatever, so its answers prove nothing.`;
  return null;
}
