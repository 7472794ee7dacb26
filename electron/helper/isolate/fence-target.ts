import { setTimeout as sleep } from 'node:timers/promises';
import { type IsolateAct, MOST_FENCED, type WireIdentity } from '#shared/domain/helper/isolate.ts';
import type { Machine } from '../machine.ts';
import { type Neighbour, neighboursHere, plainAddress } from './network-place.ts';
import { askNeighbour, isOfOneMachine, type WayTo } from './wire-place.ts';

type Asked = Pick<Extract<IsolateAct, { act: 'fence' }>, 'target' | 'proven' | 'spares'>;

/** What a peer itself knows of the wire: all by which a request is judged. */
export interface WireView {
  neighbours: readonly Neighbour[];
  own: WireIdentity;
  gateways: readonly string[];
  nameServers: readonly string[];
  /** The console that asks; null when it runs on this machine. */
  asker: string | null;
  wayTo(address: string): WayTo;
}

/** What is dropped, what was asked for and is not, and whether it is enough. */
export interface JudgedTarget {
  target: WireIdentity;
  leftOut: string[];
  covers: { address: boolean; mac: boolean };
}

/** How long the neighbours may take to say who they are, in milliseconds. */
const ANSWER_MS = 1_000;
const STEP_MS = 30;

/**
 * What a peer may drop because of a node that may lie about who it is. Certain is only where the console reaches it (`proven`), and what the kernel of
 * this peer has as the hardware address of that. An address that the node only claims counts when this peer's neighbour table has it with that same
 * hardware address, and when no other node is reached there.
 *
 * What was dropped before stays, whatever others say of themselves now, or neighbour tables were made to say: it goes only where it would cut off
 * this machine, its gateways or who asks. A proven address may lie behind a router: the console reaches it, so nobody chose it by lying.
 */
export function judgeTarget(view: WireView, asked: Asked, former: WireIdentity | null): JudgedTarget {
  const leftOut: string[] = [];
  const plain = (addresses: readonly string[]) => [...new Set(addresses.map(plainAddress))];
  const keep = (one: string, why: string | null) => {
    if (why !== null) leftOut.push(`${one} ${why}.`);
    return why === null;
  };
  const proven = plain(asked.proven);
  const known = plain(former?.addresses ?? []).filter((one) => keep(one, whyOurs(view, one)));
  const certain = proven.filter((one) => keep(one, whyNever(view, one)));
  const reached = macsOf(view, certain);
  const claims = plain(asked.target.addresses).filter((one) => !proven.includes(one) && !known.includes(one));
  const claimed = claims.filter((one) =>
    keep(
      one,
      whyNever(view, one) ?? whyNotClaimed(view, one, { reached, spares: plain(asked.spares.addresses) }),
    ),
  );
  const formerMacs = (former?.macs ?? []).filter((one) => keep(one, whyOurMac(view, one, reached)));
  const fresh = reached.filter((one) => !formerMacs.includes(one));
  const macs = fresh.filter((one) =>
    keep(one, whyNotMac(view, one, { proven, spares: plain(asked.spares.addresses) })),
  );
  const unseen = asked.target.macs.filter((one) => !reached.includes(one) && !formerMacs.includes(one));
  for (const one of unseen) keep(one, 'is only claimed: this machine does not know it by that');
  const all = { addresses: [...new Set([...certain, ...known, ...claimed])], macs: [...formerMacs, ...macs] };
  const cut = (list: readonly string[], before: readonly string[] = []) => {
    const most = Math.max(MOST_FENCED, before.length);
    for (const one of list.slice(most)) keep(one, 'is one too many');
    return list.slice(0, most);
  };
  const target = { addresses: cut(all.addresses, former?.addresses), macs: cut(all.macs, former?.macs) };
  const covers = {
    address: proven.length > 0 && proven.every((one) => target.addresses.includes(one)),
    mac: target.macs.length > 0 && reached.every((one) => target.macs.includes(one)),
  };
  return { target, leftOut: [...new Set(leftOut)].slice(0, 128), covers };
}

const macsOf = ({ neighbours }: WireView, addresses: readonly string[]) => [
  ...new Set(neighbours.filter(({ address }) => addresses.includes(address)).map(({ mac }) => mac)),
];

/** Why an address is dropped under no circumstances, not even because it was before. */
function whyOurs({ own, gateways, asker }: WireView, address: string): string | null {
  if (own.addresses.includes(address)) return 'is this machine’s own';
  if (gateways.includes(address)) return 'is the gateway’s';
  return asker !== null && plainAddress(asker) === address ? 'is this console’s' : null;
}

/** Why an address is not dropped, whoever is said to have it. */
function whyNever(view: WireView, address: string): string | null {
  if (!isOfOneMachine(address)) return 'is no address of one machine';
  const ours = whyOurs(view, address);
  if (ours !== null) return ours;
  if (view.nameServers.includes(address)) return 'is this machine’s name server';
  const way = view.wayTo(address);
  if (way === 'local') return 'is this machine’s own';
  return way === 'many' ? 'is no address of one machine' : null;
}

function whyNotClaimed(
  view: WireView,
  address: string,
  { reached, spares }: { reached: readonly string[]; spares: readonly string[] },
): string | null {
  if (spares.includes(address)) return 'is another node’s';
  if (view.wayTo(address) !== 'on-link') return 'is only claimed, and not of this network';
  const macs = macsOf(view, [address]);
  return macs.length > 0 && macs.every((mac) => reached.includes(mac))
    ? null
    : 'is only claimed: this machine knows it by another hardware address, or by none';
}

/** A hardware address was right before a node could send a lie about it: only what is this machine’s own goes, or what the gateway alone has now. */
function whyOurMac(view: WireView, mac: string, reached: readonly string[]): string | null {
  if (view.own.macs.includes(mac)) return 'is this machine’s own';
  const others = [...view.gateways, ...(view.asker === null ? [] : [plainAddress(view.asker)])];
  return !reached.includes(mac) && reached.length > 0 && macsOf(view, others).includes(mac)
    ? 'is the gateway’s or this console’s'
    : null;
}

/** One hardware address for the node and somebody else: somebody lies, or a router answers for both. */
function whyNotMac(
  view: WireView,
  mac: string,
  { proven, spares }: { proven: readonly string[]; spares: readonly string[] },
): string | null {
  const has = (addresses: readonly string[]) =>
    macsOf(
      view,
      addresses.filter((one) => !proven.includes(one)),
    ).includes(mac);
  if (view.own.macs.includes(mac)) return 'is this machine’s own';
  if (has(view.gateways)) return 'is the gateway’s too, as this machine knows it';
  if (has(view.asker === null ? [] : [plainAddress(view.asker)]))
    return 'is this console’s too, as this machine knows it';
  if (has(view.nameServers)) return 'is the name server’s too, as this machine knows it';
  return has(spares) ? 'is another node’s too, as this machine knows it' : null;
}

/**
 * Has the kernel ask who is at the addresses of the node, and, where another node says that it has that hardware address, who is at the addresses of the
 * others. Waits a second at most for each, for a busy machine answers late: what is known by then counts.
 */
export async function learnNeighbours(machine: Machine, { target, proven, spares }: Asked): Promise<void> {
  const certain = proven.map(plainAddress);
  const claimed = target.addresses.map(plainAddress).slice(0, 2 * MOST_FENCED);
  await learn(machine, [...new Set([...certain, ...claimed])]);
  const reached = neighboursHere(machine).filter(({ address }) => certain.includes(address));
  if (reached.some(({ mac }) => spares.macs.includes(mac)))
    await learn(machine, spares.addresses.map(plainAddress));
}

async function learn(machine: Machine, addresses: readonly string[]): Promise<void> {
  const missing = () => {
    const known = new Set(neighboursHere(machine).map(({ address }) => address));
    return addresses.filter((one) => isOfOneMachine(one) && !known.has(one));
  };
  for (const address of missing()) askNeighbour(machine, address);
  for (const until = performance.now() + ANSWER_MS; performance.now() < until; await sleep(STEP_MS))
    if (missing().length === 0) return;
}
