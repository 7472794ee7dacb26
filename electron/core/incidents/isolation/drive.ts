import type { StoredIsolatedNode } from '#core/store/operations/isolations.ts';
import type { WireIdentity } from '#shared/domain/helper/isolate.ts';
import type { IsolatedNode } from '#shared/domain/incident/isolation.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { type Because, holdNode, releaseNode } from './hold-node.ts';
import { fenceAtPeer, liftAtPeer } from './hold-peers.ts';
import { type Around, aroundNode } from './machines.ts';
import { settleState, type Working } from './note-own.ts';
import { listed, messageOf } from './words.ts';

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
  const isOver = ({ shown }: StoredIsolatedNode) => shown.state === 'released' && !holdsAnywhere(shown);
  if (journal.stored.endedAt === null && journal.stored.nodes.every(isOver)) {
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
  const { journal, parts } = work;
  const { wants, shown } = journal.node(id);
  if (wants === 'released')
    return shown.state === 'released' ? liftLate(work, id, all) : release(work, id, all);
  const node = reachable(work, id, all);
  const inside = new Set(journal.stored.nodes.map((one) => one.shown.node));
  // The node itself waits for no name server: what its peers need to know is found out beside it.
  const knowing = aroundNode(parts, journal.node(id), all, inside);
  const fence = ({ peers, spares }: Around) =>
    Promise.all(peers.map((peer) => fenceAtPeer(work, peer, id, spares)));
  let fencing: Promise<unknown> = knowing.then((around) => {
    learn(work, id, around);
    for (const { node: peer } of around.peers) addPeer(work, id, peer);
    return fence(around);
  });
  // Peers begin with what is known, and are told again when the node says more of itself than was known of it.
  const identified = (identity: WireIdentity) => {
    fencing = fencing.then(async () => {
      const around = await aroundNode(parts, journal.node(id), all, inside, identity);
      if (learn(work, id, around)) await fence(around);
    });
    fencing.catch(() => undefined);
  };
  const holding = node === null ? null : holdNode(work, node, because, { orderedMs, identified });
  fencing.catch(() => undefined);
  await holding;
  await fencing;
  // Who was asked and never answered is told apart from who refused once nobody is waited for any more.
  settleState(journal, id, journal.node(id).shown.state, whyOf(work, id));
  await journal.note();
}

/** @returns the node of the list; one that is not on it any more as it was reached when it was ordered; null where that is not known */
function reachable({ journal }: Working, id: string, all: readonly SwarmNode[]): SwarmNode | null {
  const { shown, reachedAt } = journal.node(id);
  const listed = all.find((one) => one.id === id);
  if (listed !== undefined) return listed;
  if (reachedAt === null || reachedAt.kind === 'recorded') return null;
  return {
    ...{ id, name: shown.name, address: reachedAt, addedAt: journal.stored.startedAt },
    ...{ lastLookAt: null, lastError: null },
  };
}

/** Writes down who the node is now. @returns whether its peers are to be told */
function learn({ journal }: Working, id: string, { target, certain, notTaken }: Around): boolean {
  const before = journal.node(id);
  const isSame = (kind: keyof WireIdentity) =>
    [...before.target[kind]].sort().join() === [...target[kind]].sort().join() &&
    [...before.certain[kind]].sort().join() === [...certain[kind]].sort().join();
  const all = [...new Set([...before.shown.notTaken, ...notTaken])].slice(0, 64);
  journal.set(id, { target, certain }, { notTaken: all });
  return !isSame('macs') || !isSame('addresses');
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
    since: null,
    proof: '',
  } as const;
  journal.set(id, {}, { layers: [layer, ...shown.layers] });
}

const holdsAnywhere = ({ layers }: IsolatedNode): boolean =>
  layers.some(({ layer, is }) => layer === 'peer' && is !== 'lifted');

function whyOf({ journal }: Working, id: string): string {
  const { shown } = journal.node(id);
  const rules = shown.layers.find(({ layer }) => layer === 'rules');
  return rules?.is === 'sent' || rules?.is === 'failed' ? rules.proof.replace(/^Sent, no answer: /, '') : '';
}

/** The node first; its peers only when it said that it is open again, or when a person lets them go without it. */
async function release(work: Working, id: string, all: readonly SwarmNode[]): Promise<void> {
  const { journal } = work;
  const own = journal.node(id).shown.layers.find(({ layer }) => layer === 'rules')?.is;
  let isOpen = own === 'lifted';
  if (!isOpen) {
    const node = reachable(work, id, all);
    const said =
      node === null
        ? { ok: false, why: `${journal.node(id).shown.name} is not on the list of nodes any more.` }
        : await releaseNode(work, node);
    isOpen = said.ok;
    if (!said.ok && !journal.node(id).withoutNode) {
      const { shown } = journal.node(id);
      journal.set(id, {}, { message: messageOf(shown, said.why, journal.stored.scope).slice(0, 1_024) });
      return journal.note();
    }
  }
  const left = await liftAll(work, id, all);
  const { shown, withoutNode } = journal.node(id);
  if (left.length > 0 && !withoutNode) {
    const why = `${listed(left)} did not take ${left.length === 1 ? 'its' : 'their'} rules away yet.`;
    journal.set(id, {}, { message: messageOf(shown, why, journal.stored.scope).slice(0, 1_024) });
    return journal.note();
  }
  await journal.point('before released');
  const next = { ...shown, state: 'released' as const, setUpAnew: !isOpen };
  journal.set(
    id,
    {},
    {
      ...{ state: 'released', setUpAnew: !isOpen, couldUndo: [], stepsDownAt: null },
      ...{ message: messageOf(next, '', journal.stored.scope).slice(0, 1_024), releasedAt: journal.now() },
    },
  );
  await journal.note();
  await journal.point('after released');
}

/** Peers that were away when the node was let go without them are told when they are back. */
async function liftLate(work: Working, id: string, all: readonly SwarmNode[]): Promise<void> {
  const { journal } = work;
  if (!holdsAnywhere(journal.node(id).shown)) return;
  await liftAll(work, id, all);
  const { shown } = journal.node(id);
  journal.set(id, {}, { message: messageOf(shown, '', journal.stored.scope).slice(0, 1_024) });
  await journal.note();
}

/** @returns names of peers that did not say that they took their rules away */
async function liftAll(work: Working, id: string, all: readonly SwarmNode[]): Promise<string[]> {
  const { journal } = work;
  const holding = journal.node(id).shown.layers.filter((one) => one.layer === 'peer' && one.is !== 'lifted');
  const lifted = await Promise.all(
    holding.map(async ({ node: peerId, name }) => {
      const peer = all.find((one) => one.id === peerId);
      if (peer !== undefined) return (await liftAtPeer(work, peer, id)) ? [] : [name];
      // Nobody can ask it any more, and nobody saw that it let go.
      const words = `${name} is not on the list of nodes any more, so it was not asked. What it had been told to drop is dropped there until it is set up anew.`;
      journal.layer(id, { layer: 'peer', node: peerId ?? '' }, 'lifted', words);
      return [];
    }),
  );
  return lifted.flat();
}

/** What is ordered while something is under way comes after it. */
async function inTurn({ journal }: Working, id: string, work: () => Promise<void>): Promise<void> {
  const turns = under.get(journal) ?? new Map<string, Promise<void>>();
  under.set(journal, turns);
  const mine = (turns.get(id) ?? Promise.resolve()).catch(() => undefined).then(work);
  turns.set(id, mine);
  await mine;
}
