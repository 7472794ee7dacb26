import type { WireIdentity } from '#shared/domain/helper/isolate.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { type Because, holdNode, releaseNode } from './hold-node.ts';
import { fenceAtPeer, liftAtPeer } from './hold-peers.ts';
import { settleState, type Working } from './note-own.ts';
import { messageOf } from './words.ts';

/** One node at a time is worked on by one run only; a second order about it waits for the first one. */
const under = new WeakMap<Working['journal'], Map<string, Promise<void>>>();

/**
 * Brings every node of an isolation, and every peer, closer to where they should be. Nodes and peers are worked on side by side: one that lies or
 * hangs holds nobody up.
 * @param only these nodes; all when it is left out
 */
export async function driveIsolation(
  work: Working,
  because: Because,
  only?: readonly string[],
): Promise<void> {
  const { journal, parts } = work;
  const orderedMs = performance.now();
  const all = (await parts.nodes()).filter(({ address }) => address.kind !== 'recorded');
  const wanted = journal.stored.nodes.filter(({ shown }) => only?.includes(shown.node) ?? true);
  await Promise.all(
    wanted.map(({ shown }) =>
      inTurn(work, shown.node, () => driveNode(work, shown.node, all, orderedMs, because)),
    ),
  );
  if (
    journal.stored.endedAt === null &&
    journal.stored.nodes.every(({ shown }) => shown.state === 'released')
  ) {
    journal.end();
    await journal.note();
  }
}

async function driveNode(
  work: Working,
  id: string,
  all: readonly SwarmNode[],
  orderedMs: number,
  because: Because,
): Promise<void> {
  const { journal } = work;
  const { wants, shown } = journal.node(id);
  if (shown.state === 'released') return;
  const node = all.find((one) => one.id === id);
  const inside = new Set(journal.stored.nodes.map((one) => one.shown.node));
  const peers = all.filter((one) => !inside.has(one.id));
  if (wants === 'released') return release(work, id, node, peers);
  for (const peer of peers) addPeer(work, id, peer);
  const spares = await sparesOf(work, id, peers);
  const fence = () => Promise.all(peers.map((peer) => fenceAtPeer(work, peer, id, spares)));
  // Peers begin with what is known, and are told again when the node says more of itself than was known of it.
  let fencing: Promise<unknown> = fence();
  const identified = (identity: WireIdentity) => {
    if (!learn(work, id, identity, spares)) return;
    fencing = fencing.then(fence);
    fencing.catch(() => undefined);
  };
  const holding = node === undefined ? null : holdNode(work, node, because, { orderedMs, identified });
  await Promise.all([fencing, holding]);
  await fencing;
  // Who was asked and never answered is told apart from who refused once nobody is waited for any more.
  settleState(journal, id, journal.node(id).shown.state, whyOf(work, id));
  await journal.note();
}

/** @returns whether the node is known by more than before; what is another node's is not taken from its word */
function learn({ journal }: Working, id: string, said: WireIdentity, spares: WireIdentity): boolean {
  const { target } = journal.node(id);
  const addresses = [...new Set([...target.addresses, ...said.addresses])].filter(
    (address) => target.addresses.includes(address) || !spares.addresses.includes(address),
  );
  const macs = [...new Set([...target.macs, ...said.macs])].filter(
    (mac) => target.macs.includes(mac) || !spares.macs.includes(mac),
  );
  if (addresses.length === target.addresses.length && macs.length === target.macs.length) return false;
  journal.set(id, { target: { macs: macs.slice(0, 64), addresses: addresses.slice(0, 64) } });
  return true;
}

/** A node that was added to the list later drops it, too. */
function addPeer({ journal }: Working, id: string, peer: SwarmNode): void {
  const { shown } = journal.node(id);
  if (shown.layers.some(({ layer, node }) => layer === 'peer' && node === peer.id)) return;
  const layer = {
    layer: 'peer',
    node: peer.id,
    name: peer.name,
    is: 'waiting',
    at: null,
    proof: '',
  } as const;
  journal.set(id, {}, { layers: [layer, ...shown.layers] });
}

/** Addresses that no peer may drop because of this node: those by which the console reaches the others. */
async function sparesOf(
  { parts, journal }: Working,
  id: string,
  peers: readonly SwarmNode[],
): Promise<WireIdentity> {
  const found = await Promise.all(
    peers
      .filter((peer) => peer.id !== id)
      .slice(0, 64)
      .map((peer) => parts.addressOf(peer).catch(() => null)),
  );
  const { spares } = journal.node(id);
  const addresses = [...new Set([...found.filter((address) => address !== null), ...spares.addresses])];
  return { macs: spares.macs, addresses: addresses.slice(0, 64) };
}

function whyOf({ journal }: Working, id: string): string {
  const { shown } = journal.node(id);
  const rules = shown.layers.find(({ layer }) => layer === 'rules');
  return rules?.is === 'sent' || rules?.is === 'failed' ? rules.proof.replace(/^Sent, no answer: /, '') : '';
}

/** The node first; its peers only when it said that it is open again, or when a person lets them go without it. */
async function release(
  work: Working,
  id: string,
  node: SwarmNode | undefined,
  peers: readonly SwarmNode[],
): Promise<void> {
  const { journal } = work;
  const hadRules = journal.node(id).shown.layers.find(({ layer }) => layer === 'rules')?.is !== 'lifted';
  if (hadRules) {
    const said = node === undefined ? { ok: true, why: '' } : await releaseNode(work, node);
    if (!said.ok && !journal.node(id).withoutNode) {
      const { shown } = journal.node(id);
      journal.set(id, {}, { message: messageOf(shown, said.why).slice(0, 1_024) });
      return journal.note();
    }
  }
  const holding = journal.node(id).shown.layers.filter((one) => one.layer === 'peer' && one.is !== 'lifted');
  const lifted = await Promise.all(
    holding.map(async ({ node: peerId }) => {
      const peer = peers.find((one) => one.id === peerId);
      // A peer that is no longer on the list cannot be asked.
      return peer === undefined ? true : liftAtPeer(work, peer, id);
    }),
  );
  const { shown } = journal.node(id);
  if (!lifted.every(Boolean)) {
    journal.set(
      id,
      {},
      { message: messageOf(shown, 'Not every peer took its rules away yet.').slice(0, 1_024) },
    );
    return journal.note();
  }
  const next = { ...shown, state: 'released' as const };
  journal.set(
    id,
    {},
    {
      state: 'released',
      message: messageOf(next, ''),
      couldUndo: [],
      stepsDownAt: null,
      releasedAt: journal.now(),
    },
  );
  await journal.note();
}

/** What is ordered while something is under way comes after it. */
async function inTurn({ journal }: Working, id: string, work: () => Promise<void>): Promise<void> {
  const turns = under.get(journal) ?? new Map<string, Promise<void>>();
  under.set(journal, turns);
  const mine = (turns.get(id) ?? Promise.resolve()).catch(() => undefined).then(work);
  turns.set(id, mine);
  await mine;
}
