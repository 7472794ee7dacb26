import { randomBytes } from 'node:crypto';
import type { HelperFailure } from '#core/hosts/helper-channel.ts';
import type { RotationPlace, StoredRotation } from '#core/store/operations/rotations.ts';
import type { RotationPlan, RotationPreflight } from '#shared/domain/rotation/plan.ts';
import { MOST_NODES, type RotationWish } from '#shared/domain/rotation/wish.ts';
import type { Connections } from './connections.ts';
import { currentOf } from './current.ts';
import { openFencePlan } from './open-fence.ts';
import { EMERGENCY_LIMITS, type RotationParts, type RotationTarget, USUAL_LIMITS } from './parts.ts';
import { newNonce } from './secret.ts';

/** From restart to the first answer: 0.8–1.5 s (mycoSwarm 0.2.16), and starting it. */
const RESTART_SECONDS = 3;

/** What a preflight saw: the plan without its hash, and where each node has its secret. */
export interface Preflight {
  plan: Omit<RotationPlan, 'hash'>;
  places: Map<string, RotationPlace>;
}

interface Seen {
  target: RotationTarget;
  row: RotationPreflight;
  place: RotationPlace | null;
}

/**
 * Looks at every node and says what a rotation would do there. Changes nothing.
 * @param known rotations of this console, newest first
 */
export async function preflight(
  parts: RotationParts,
  connections: Connections,
  wish: RotationWish,
  known: readonly StoredRotation[],
): Promise<Preflight> {
  const all = await parts.targets();
  if (wish.purpose === 'open-fence')
    return openFencePlan(
      parts,
      known.find(({ id }) => id === currentOf(known, null)),
      all,
    );
  const targets = chosen(all, wish);
  const current = currentOf(known, null);
  const own = new Set(known.map(({ id }) => id));
  const [looked, strangers] = await Promise.all([
    Promise.all(targets.map((target) => lookAt(parts, connections, target, wish, own))),
    parts.strangers(wish.emergency),
  ]);
  const before = wish.purpose === 'add-node' ? known.find(({ id }) => id === current) : undefined;
  const seen = [...looked, ...carriedFrom(before, all, targets)].slice(0, MOST_NODES);
  const listed = seen
    .filter(({ row }) => row.part === 'rotates' || row.part === 'keeps')
    .flatMap(({ place }) => place?.addresses ?? []);
  const nodes = seen.map(({ row, place }) => ({
    ...row,
    fence:
      row.part === 'rotates' && place !== null
        ? { how: 'own' as const, accounts: place.accounts, reaches: [...new Set(listed)].slice(0, 1_024) }
        : row.fence,
  }));
  const rotating = nodes.filter(({ part }) => part === 'rotates');
  const places = new Map(
    seen.flatMap(({ target, place }) => (place === null ? [] : [[target.node, place] as const])),
  );
  const stage = Math.ceil(2 + rotating.length * 0.15);
  const plan = {
    id: randomBytes(16).toString('hex'),
    purpose: wish.purpose,
    emergency: wish.emergency,
    title: titleOf(wish, rotating.length),
    madeAt: parts.clock.now().toISOString(),
    nodes,
    strangers: strangers.slice(0, 256),
    seconds: { stage, split: RESTART_SECONDS, total: 2 * stage + RESTART_SECONDS + 3 },
    blocked: whyBlocked(parts, nodes, wish, current),
  };
  return { plan, places };
}

/**
 * The nodes that a plan speaks of. Where a new secret is made these are all of the list: whoever does not get it is named, left out, and kept
 * out by the others.
 */
function chosen(all: readonly RotationTarget[], { nodes, exclude, purpose }: RotationWish): RotationTarget[] {
  const some =
    nodes === null || purpose !== 'add-node'
      ? all
      : all.filter(({ node }) => nodes.includes(node) || exclude.includes(node));
  return some.slice(0, MOST_NODES);
}

/**
 * The nodes of the rotation in force that a joining one does not ask for: who has the secret lets the new ones in, and who is out of it stays
 * out, and is finished by this rotation from here on. Nodes that are not on the list any more are nobody's.
 */
function carriedFrom(
  before: StoredRotation | undefined,
  all: readonly RotationTarget[],
  targets: readonly RotationTarget[],
): Seen[] {
  return (before?.nodes ?? []).flatMap(({ node, state, message, place, skewMs }) => {
    const target = all.find((one) => one.node === node);
    if (target === undefined || targets.includes(target)) return [];
    const part = PART_AFTER[state] ?? 'away';
    const why = part === 'keeps' ? 'It has the secret already, and lets the new one in.' : (message ?? '');
    const { path, unit } = place ?? target.place ?? { path: null, unit: null };
    const fence = { how: 'none' as const, accounts: [], reaches: [] };
    const { name } = target;
    return [
      { target, place, row: { node, name, part, why, path, unit, skewMs, interruptsSeconds: 0, fence } },
    ];
  });
}

/** What a node of an ended rotation is to the one after it; any other was left half way. */
const PART_AFTER: Partial<Record<StoredRotation['nodes'][number]['state'], RotationPreflight['part']>> = {
  verified: 'keeps',
  excluded: 'excluded',
  removed: 'removed',
};

/** Whether a node is not among those that were asked for. */
function isLeftOut({ nodes, purpose }: RotationWish, node: string): boolean {
  return nodes !== null && purpose !== 'remove-node' && !nodes.includes(node);
}

async function lookAt(
  parts: RotationParts,
  connections: Connections,
  target: RotationTarget,
  wish: RotationWish,
  own: ReadonlySet<string>,
): Promise<Seen> {
  const { node, name } = target;
  const none = { how: 'none' as const, accounts: [], reaches: [] };
  const row = (
    part: RotationPreflight['part'],
    why: string,
    more: Partial<RotationPreflight> = {},
  ): Seen => ({
    target,
    place: null,
    row: {
      node,
      name,
      part,
      why: why.slice(0, 1_024),
      path: target.place?.path ?? null,
      unit: target.place?.unit ?? null,
      skewMs: null,
      interruptsSeconds: 0,
      fence: none,
      ...more,
    },
  });
  if (wish.purpose === 'remove-node' && wish.nodes?.includes(node) === true)
    return row('removed', 'It leaves the swarm: the others do not speak with it any more.');
  if (wish.exclude.includes(node)) return row('excluded', 'You left it out.');
  if (isLeftOut(wish, node)) return row('excluded', 'It is not among the nodes that you chose.');
  const cannot = wish.emergency ? ('excluded' as const) : ('blocked' as const);
  if (target.place === null) return row(cannot, target.why);
  const { path, port, unit } = target.place;
  const limits = wish.emergency ? EMERGENCY_LIMITS : USUAL_LIMITS;
  const patience = parts.limits?.awayMs ?? limits.awayMs;
  const said = await connections.ask(node, { act: 'look', path, port, nonce: newNonce() }, patience);
  if (said.how === 'lost')
    return row(isAway(said.failure) ? 'away' : cannot, `${said.failure.message} ${said.failure.next}`.trim());
  if (said.how === 'refused') return row(cannot, said.refused.message);
  const { answer } = said;
  // What this console holds there itself, for a node that it is just finishing, gives way to the new rotation.
  if (answer.lease !== null && !own.has(answer.lease))
    return row('blocked', 'Another console rotates its secret just now. Wait until that has ended.');
  if (answer.is === 'unfit') return row(cannot, `${answer.why} Mend that first, or leave ${name} out.`);
  if (answer.owner === null)
    return row(
      cannot,
      `The folder of ${path} is not there. Start mycoSwarm on ${name} once, or leave it out.`,
    );
  if (answer.accounts.length === 0)
    return row(cannot, 'It cannot be seen under which account mycoSwarm runs there.');
  const { uid, gid } = answer.owner;
  const addresses = reachedFirst(answer.addresses, target.address);
  return {
    ...row('rotates', ''),
    place: { path, unit, port, owner: { uid, gid }, accounts: answer.accounts, addresses },
    row: {
      ...row('rotates', '').row,
      // The clock is the last thing that the helper reads before it answers.
      skewMs: answer.clock - parts.clock.now().getTime(),
      interruptsSeconds: RESTART_SECONDS,
    },
  };
}

/**
 * The address by which the console reaches a node goes first, where the node has it: others are asked to prove it by the first, and a bridge
 * of containers has the same one on every node.
 */
export function reachedFirst(addresses: readonly string[], reached: string | null): string[] {
  if (reached === null || !addresses.includes(reached)) return [...addresses];
  return [reached, ...addresses.filter((address) => address !== reached)];
}

/** Nothing of a node that cannot be reached is its fault; what answers and does not let us in is to be mended. */
function isAway({ kind }: HelperFailure): boolean {
  return ['away', 'cut', 'timed-out', 'bad-answer'].includes(kind);
}

function whyBlocked(
  parts: RotationParts,
  nodes: readonly RotationPreflight[],
  wish: RotationWish,
  current: string | null,
): string | null {
  const { is } = parts.sealed.state();
  if (is === 'not-set-up')
    return 'The place where this console keeps secrets is not set up yet. Set it up first.';
  if (is === 'damaged') return 'The place where this console keeps secrets is damaged. Mend that first.';
  if (is === 'locked') return 'The place where this console keeps secrets is locked. Open it first.';
  if (wish.purpose === 'add-node' && current === null)
    return 'This console does not have the secret that is in force, so it can give it to nobody. Rotate the secret of all nodes instead.';
  const held = nodes.filter(({ part }) => part === 'blocked');
  if (held.length > 0) {
    const names = held.slice(0, 4).map(({ name, why }) => `${name}: ${why}`);
    return `${names.join(' ')} Mend it, or leave ${held.length === 1 ? 'it' : 'them'} out.`.slice(0, 1_024);
  }
  if (!nodes.some(({ part }) => part === 'rotates'))
    return 'No node can be reached that could be given a secret.';
  return null;
}

function titleOf({ purpose }: RotationWish, count: number): string {
  const nodes = count === 1 ? '1 node' : `${count} nodes`;
  if (purpose === 'add-node') return `Give ${nodes} the secret of the swarm`;
  if (purpose === 'initial') return `Give ${nodes} a first secret`;
  return `Give ${nodes} a new secret`;
}
