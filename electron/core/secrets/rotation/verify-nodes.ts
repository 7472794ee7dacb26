import type { StoredRotationNode } from '#core/store/operations/rotations.ts';
import type { Connections } from './connections.ts';
import { insideOf } from './fences.ts';
import type { RotationJournal } from './journal.ts';
import { askersOf, Proofs, peersFor, verifyAct } from './proofs.ts';
import type { HeldSecret } from './secret.ts';

const AGAIN_MS = 700;
/** A node asks others for three seconds at most; the rest is for one that is slow to begin. */
const LOOK_MS = 30_000;

/** How nodes are proven. */
export interface Verifying {
  /** This one only, which comes later than the others. */
  only?: string;
  /** What was seen already, when nodes were brought to the new secret. */
  known?: Proofs | undefined;
  /** Gives a node the new secret once more whose file has another one. */
  again(node: string): Promise<void>;
}

/**
 * Proves every committed node, twice over: the node itself is asked with the secret of its file, which has to be the new one (HMAC with a
 * nonce), and with a random one; and another node asks it over the network with the old one, or with a random one where it had none. A node
 * that is alone asks itself by its own address on the network, and those that have the secret already ask it, too. Each is noted as soon as it
 * is proven: one that hangs holds back no other. Nodes that cannot be proven keep saying why.
 * @param mostMs how long a node is asked again that does not prove it
 * @returns why one is not proven; null when all are
 */
export async function verifyNodes(
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
  mostMs: number,
  { only, known, again }: Verifying,
): Promise<string | null> {
  const until = performance.now() + mostMs;
  const restored = new Set<string>();
  const silent = new Set<string>();
  let seen = known ?? null;
  for (;;) {
    const open = openOf(journal, only);
    if (open.length === 0) return null;
    const inside = askersAmong(journal, open, only, silent);
    // What it said of itself alone is not enough where others can ask it.
    if (peersFor(journal.rotation, inside).length > 0) seen = null;
    const proofs: Proofs = seen ?? (await lookAtAll(journal, connections, secret, inside, open, silent));
    for (const { node } of open) await note(journal, proofs, node);
    const left = openOf(journal, only);
    const [first] = left;
    if (first === undefined) return null;
    const others = left.filter(({ node }) => proofs.of(node).hasOther && !restored.has(node));
    for (const { node } of others) restored.add(node);
    await Promise.all(others.map(({ node }) => again(node)));
    // What was seen while others were still on their way says nothing against a node: it is asked once more at least.
    const isFresh = seen === null && others.length === 0;
    if (isFresh && performance.now() > until)
      return `${first.name}: ${first.message ?? 'it could not be proven.'}`;
    if (isFresh) await new Promise((resolve) => setTimeout(resolve, Math.min(AGAIN_MS, mostMs)));
    seen = null;
  }
}

function openOf(journal: RotationJournal, only: string | undefined): StoredRotationNode[] {
  return insideOf(journal.rotation).filter(
    ({ node, state }) => state === 'committed' && (only === undefined || node === only),
  );
}

/** Nodes that still have the old secret to ask with. One that comes later asks itself: the others have destroyed theirs. */
function askersAmong(
  journal: RotationJournal,
  open: readonly StoredRotationNode[],
  only: string | undefined,
  silent: ReadonlySet<string>,
): readonly StoredRotationNode[] {
  if (only !== undefined) return open;
  const inside = insideOf(journal.rotation).filter(({ part }) => part !== 'keeps');
  const speaking = inside.filter(({ node }) => !silent.has(node));
  return speaking.length === 0 ? inside : speaking;
}

async function note(journal: RotationJournal, proofs: Proofs, node: string): Promise<void> {
  if (journal.node(node).state !== 'committed') return;
  const { newProven, why } = proofs.of(node);
  const isProven = proofs.isWhole(node);
  await journal.mark(node, {
    newProven,
    oldRefused: proofs.oldRefused(node),
    message: isProven ? null : (why ?? `${journal.node(node).name} could not be proven.`).slice(0, 1_024),
    ...(isProven ? { state: 'verified' as const, verifiedAt: journal.now() } : {}),
  });
}

async function lookAtAll(
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
  inside: readonly StoredRotationNode[],
  open: readonly StoredRotationNode[],
  silent: Set<string>,
): Promise<Proofs> {
  const proofs = new Proofs();
  const asked = [...askersOf(inside, open)];
  for (const { node } of peersFor(journal.rotation, inside)) asked.push([node, [...open]]);
  const ask = async ([id, others]: [string, StoredRotationNode[]]) => {
    const asker = journal.node(id);
    const act = verifyAct(journal.rotation.id, asker, others);
    if (act === null) return;
    const said = await connections.ask(id, act, 3_000, LOOK_MS);
    if (said.how === 'answered') {
      silent.delete(id);
      return proofs.take(asker, act, said.answer, secret, others);
    }
    // Somebody else asks for it the next time.
    silent.add(id);
    proofs.silent(id, said.how === 'lost' ? said.failure.message : said.refused.message);
  };
  const isLone = inside.length === 1;
  await Promise.all(
    asked.map(async (one) => {
      await ask(one);
      // Where several ask the same node, all of them have to be heard first.
      if (!isLone) for (const { node } of open) if (proofs.isWhole(node)) await note(journal, proofs, node);
    }),
  );
  return proofs;
}
