import type { StoredRotationNode } from '#core/store/operations/rotations.ts';
import type { Connections } from './connections.ts';
import { insideOf } from './fences.ts';
import type { RotationJournal } from './journal.ts';
import { askersOf, Proofs, verifyAct } from './proofs.ts';
import type { HeldSecret } from './secret.ts';

const AGAIN_MS = 700;

/**
 * Proves every committed node, twice over: the node itself is asked with the secret of its file, which has to be the new one (HMAC with a
 * nonce), and with a random one; and another node asks it over the network with the old one, or with a random one where it had none. A node that is alone asks itself by its own
 * address on the network. Nodes that cannot be proven keep saying why.
 * @param mostMs how long a node is asked again that does not prove it
 * @param known what was seen already, when nodes were brought to the new secret
 * @returns why one is not proven; null when all are
 */
export async function verifyNodes(
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
  mostMs: number,
  { only, known }: { only?: string; known?: Proofs | undefined } = {},
): Promise<string | null> {
  const until = performance.now() + mostMs;
  let proofs = known ?? null;
  for (;;) {
    const open = openOf(journal, only);
    if (open.length === 0) return null;
    // A node that comes later asks itself: the others have destroyed the old secret.
    const inside = only === undefined ? insideOf(journal.rotation) : open;
    proofs ??= await lookAtAll(journal, connections, secret, inside, open);
    for (const { node, name } of open) {
      const { newProven, why } = proofs.of(node);
      const isProven = proofs.isWhole(node);
      await journal.mark(node, {
        newProven,
        oldRefused: proofs.oldRefused(node),
        message: isProven ? null : (why ?? `${name} could not be proven.`).slice(0, 1_024),
        ...(isProven ? { state: 'verified' as const, verifiedAt: journal.now() } : {}),
      });
    }
    const [left] = openOf(journal, only);
    if (left === undefined) return null;
    // What was seen while others were still on their way says nothing against a node: it is asked once more at least.
    if (proofs !== known && performance.now() > until)
      return `${left.name}: ${left.message ?? 'it could not be proven.'}`;
    if (proofs !== known) await new Promise((resolve) => setTimeout(resolve, Math.min(AGAIN_MS, mostMs)));
    proofs = null;
  }
}

function openOf(journal: RotationJournal, only: string | undefined): StoredRotationNode[] {
  return insideOf(journal.rotation).filter(
    ({ node, state }) => state === 'committed' && (only === undefined || node === only),
  );
}

async function lookAtAll(
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
  inside: readonly StoredRotationNode[],
  open: readonly StoredRotationNode[],
): Promise<Proofs> {
  const proofs = new Proofs();
  await Promise.all(
    [...askersOf(inside, open)].map(async ([id, others]) => {
      const asker = journal.node(id);
      const act = verifyAct(journal.rotation.id, asker, others);
      if (act === null) return;
      const said = await connections.ask(id, act, 3_000);
      if (said.how === 'answered') return proofs.take(asker, act, said.answer, secret, others);
      proofs.silent(id, said.how === 'lost' ? said.failure.message : said.refused.message);
    }),
  );
  return proofs;
}
