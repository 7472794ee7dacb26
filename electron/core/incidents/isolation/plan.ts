import { createHash, randomBytes } from 'node:crypto';
import type { StoredIsolatedNode, StoredIsolation } from '#core/store/operations/isolations.ts';
import { canonicalJson, type Json } from '#shared/domain/canonical-json.ts';
import {
  type IsolatedNode,
  type IsolationLayer,
  type IsolationPlan,
  type IsolationScope,
  isolationPlan,
} from '#shared/domain/incident/isolation.ts';
import { fenceRulesText, ownRulesText } from '#shared/domain/incident/isolation-rules.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { IsolateAnswer } from './isolation-line.ts';
import type { IsolationLines } from './lines.ts';
import { isHere, machineOf } from './machines.ts';
import { type IsolationParts, USUAL_LIMITS } from './parts.ts';
import { type ConsolePlace, type KnownMachine, NOBODY, type WhoItIs, whoIsIt } from './who-is-it.ts';
import { agentLimits, couldUndo, listed, messageOf } from './words.ts';

type Seen = Extract<IsolateAnswer, { answer: 'isolation-seen' }>;
type About = Awaited<ReturnType<IsolationParts['about']>>;

interface Asked {
  node: SwarmNode;
  about: About;
  seen: Seen | null;
  why: string;
  machine: KnownMachine;
}

/** A plan, and what the journal begins with when it is ordered. */
export interface PlannedIsolation {
  plan: IsolationPlan;
  begins: StoredIsolation;
}

/** @returns the name of one node's isolation on the wire: the same for one console that died and the next */
export const runOf = (isolation: string, node: string): string =>
  createHash('sha256').update(`${isolation} ${node}`).digest('hex').slice(0, 32);

/** Asks every node how it stands and says what would be done. Nobody is waited for longer than two seconds. @returns null for unknown nodes */
export async function planIsolation(
  parts: IsolationParts,
  lines: IsolationLines,
  wish: { nodes: readonly string[]; scope: IsolationScope },
): Promise<PlannedIsolation | null> {
  const all = (await parts.nodes()).filter(({ address }) => address.kind !== 'recorded');
  const wanted = all.filter(({ id }) => wish.nodes.includes(id));
  if (wanted.length === 0 || wanted.length !== new Set(wish.nodes).size) return null;
  const limits = { ...USUAL_LIMITS, ...parts.limits };
  const targets = await Promise.all(wanted.map((node) => parts.addressOf(node).catch(() => null)));
  const about = targets.filter((address) => address !== null).slice(0, 64);
  const [place, ...asked] = await Promise.all([
    parts.place(),
    ...all.map((node) => askOne(parts, lines, node, about, limits.lookMs)),
  ]);
  const inside = asked.filter(({ node }) => wanted.includes(node));
  const machines = asked.map(({ machine }) => machine);
  const who = new Map(inside.map((one) => [one.node.id, whoIsIt(one.machine, machines, place)]));
  const same = new Set([...who.values()].flatMap((one) => one.same));
  const peers = asked.filter(({ node }) => !wanted.includes(node) && !same.has(node.id));
  const id = randomBytes(16).toString('hex');
  const madeAt = parts.clock.now().toISOString();
  const body = {
    id,
    scope: wish.scope,
    title: titleOf(inside, wish.scope),
    madeAt,
    nodes: inside.map((one) => plannedNode(one, wish.scope, limits.stepDownSeconds)),
    peers: peers.map((peer) => plannedPeer(peer, inside, who, wish.scope, id, place)),
    couldUndo: inside
      .slice(0, 3)
      .flatMap(({ node }) => couldUndo(node.name, wish.scope))
      .slice(0, 16),
    warnings: inside
      .flatMap((one) => warningsOf(one, peers, asked, who.get(one.node.id), wish.scope))
      .slice(0, 32),
    stepDownSeconds: limits.stepDownSeconds,
  };
  const hash = createHash('sha256')
    .update(canonicalJson(body as unknown as Json))
    .digest('hex');
  const nodes = inside.map((one) => firstOf(one, peers, who.get(one.node.id), id, wish.scope));
  const begins = {
    id,
    hash,
    scope: wish.scope,
    startedAt: madeAt,
    endedAt: null,
    confirm: 'by-itself' as const,
    nodes,
  };
  return { plan: isolationPlan.parse({ ...body, hash }), begins };
}

async function askOne(
  parts: IsolationParts,
  lines: IsolationLines,
  node: SwarmNode,
  about: string[],
  timeoutMs: number,
): Promise<Asked> {
  const known = await parts.about(node);
  const [said, machine] = await Promise.all([
    lines.ask(node, { act: 'look', about, uids: known.uids }, 'isolation-seen', timeoutMs),
    machineOf(parts, node),
  ]);
  const seen = said.how === 'answered' ? said.answer : null;
  const claims = {
    addresses: [...(seen?.identity.addresses ?? []), ...known.identity.addresses],
    macs: [...(seen?.identity.macs ?? []), ...known.identity.macs],
  };
  return {
    ...{ node, about: known, seen, why: said.how === 'answered' ? '' : said.why },
    machine: { ...machine, claims, neighbours: seen?.neighbours ?? [] },
  };
}

function plannedNode(
  { node, about, seen, why }: Asked,
  scope: IsolationScope,
  seconds: number,
): IsolationPlan['nodes'][number] {
  const { name } = node;
  const whole = scope === 'node';
  const rules =
    seen === null
      ? null
      : {
          scope,
          ways: seen.way === null ? [] : [seen.way],
          lanPorts: seen.way === null && node.address.kind === 'ssh' ? [node.address.port] : [],
          accounts: seen.accounts,
          ports: seen.ports,
          interfaces: seen.interfaces,
        };
  const words = [
    `Arm a timer on ${name}: unless it is confirmed within ${seconds} s, ${whole ? 'SSH opens to the LAN again and nothing else' : 'it stays as it is and is not kept'}.`,
    whole
      ? `Drop everything in, out and through, in one transaction: only loopback, this console’s SSH, ARP and neighbour discovery pass. No DNS, no DHCP, and nothing that was open before.`
      : `Drop every packet of the accounts of mycoSwarm and what they can become, loopback too, and everything for the ports on which they listen.`,
    `Drop raw packets as well, at the egress of every interface.`,
    ...(whole ? [`Pin the addresses and routes that ${name} has now.`] : []),
    `Take a snapshot of sockets, processes, neighbours and rules (10 s at most), then end open connections.`,
    `Confirm over a fresh connection, and only then keep it over a restart.`,
  ];
  const cannot =
    seen === null
      ? `${name} does not answer (${why}). Its peers drop it all the same.`
      : !seen.nft
        ? `${name} has no nft. Its peers drop it all the same.`
        : scope === 'agent' && about.uids.length === 0
          ? `No account of mycoSwarm is known on ${name}. Isolate the whole node.`
          : null;
  const isReady = rules !== null && (whole || rules.accounts.length > 0);
  return { node: node.id, name, words, text: isReady ? ownRulesText(rules) : null, cannot };
}

function plannedPeer(
  { node, seen, why, machine }: Asked,
  inside: readonly Asked[],
  who: ReadonlyMap<string, WhoItIs>,
  wish: IsolationScope,
  id: string,
  place: ConsolePlace,
): IsolationPlan['peers'][number] {
  const here = isHere(machine, place);
  const scope = here ? 'agent' : wish;
  const names = listed(inside.map((one) => one.node.name));
  const text =
    seen === null
      ? null
      : inside
          .map((one) =>
            fenceRulesText({
              ...{ isolation: runOf(id, one.node.id), scope, port: one.about.apiPort },
              ...{ ...targetOf(who, one), interfaces: seen.interfaces },
            }),
          )
          .join('');
  return {
    node: node.id,
    name: node.name,
    words: here
      ? [
          `Drop the swarm’s own packets from and to ${names}: its API and its announcements. SSH stays open, for this console runs on this computer.`,
        ]
      : scope === 'agent'
        ? [`Drop the API and the announcements of the swarm from and to ${names}; everything else passes.`]
        : [
            `Drop every packet from ${names}, by hardware address and by address, also when ${node.name} restarts.`,
            `Drop every packet to ${names}. Addresses of the gateway, of name servers, of this console and of other nodes are left out.`,
          ],
    text: text === null ? null : text.slice(0, 262_144),
    cannot:
      seen === null
        ? `${node.name} does not answer (${why}). It gets the rules when it is back.`
        : seen.nft
          ? null
          : `${node.name} has no nft.`,
  };
}

const targetOf = (who: ReadonlyMap<string, WhoItIs>, { node }: Asked) => who.get(node.id)?.target ?? NOBODY;

function warningsOf(
  { node, seen }: Asked,
  peers: readonly Asked[],
  asked: readonly Asked[],
  who: WhoItIs | undefined,
  scope: IsolationScope,
): string[] {
  const same = asked.filter((one) => who?.same.includes(one.node.id)).map((one) => one.node.name);
  const alike = asked.filter((one) => who?.alike.includes(one.node.id)).map((one) => one.node.name);
  const notTaken = who?.notTaken ?? [];
  const leftOut = who?.sparesLeftOut.length ?? 0;
  return [
    ...(scope === 'agent' ? agentLimits(node.name) : []),
    ...(same.length > 0
      ? [
          `${listed(same)} ${same.length === 1 ? 'is' : 'are'} the same machine as ${node.name}, by address, so it is not asked to drop itself.`,
        ]
      : []),
    ...(who !== undefined && who.target.addresses.length + who.target.macs.length === 0
      ? [
          `Nobody knows an address of ${node.name} for certain, so its peers cannot drop it: pull its network cable.`,
        ]
      : []),
    ...(alike.length > 0
      ? [
          `${listed(alike)} ${alike.length === 1 ? 'has' : 'have'} the same host key as ${node.name}: the same machine at another address, or a copy of its disk. What ${alike.length === 1 ? 'it says' : 'they say'} proves little.`,
        ]
      : []),
    ...notTaken.slice(0, 4),
    ...(notTaken.length > 4
      ? [
          `${notTaken.length - 4} more addresses that ${node.name} claims are not dropped; they stand on the page once it is ordered.`,
        ]
      : []),
    ...(leftOut > 0
      ? [
          `${leftOut} addresses of other nodes do not fit into one order any more. ${node.name} could have these dropped only by claiming them, and this console takes no such claim.`,
        ]
      : []),
    ...(seen?.tunnel === true
      ? [
          `This console reaches ${node.name} by a tunnel, which will be cut. It opens SSH to the LAN after the time is over.`,
        ]
      : []),
    ...(seen !== null && seen.otherFirewalls.length > 0
      ? [
          `Others write firewall rules on ${node.name}, too: ${listed(seen.otherFirewalls)}. What they take away is brought back, and told.`,
        ]
      : []),
    ...(node.address.kind === 'local'
      ? [`${node.name} is this computer: it will reach no other node until it is released.`]
      : []),
    ...(peers.length === 0 ? [`There is no other node that could drop ${node.name}.`] : []),
  ];
}

function titleOf(inside: readonly Asked[], scope: IsolationScope): string {
  const names = listed(inside.map(({ node }) => node.name));
  return scope === 'node'
    ? `Isolate ${names} from everything but this console`
    : `Cut off mycoSwarm on ${names}`;
}

/** What the journal begins with: everything is told, nothing is known. */
function firstOf(
  { node, about, machine }: Asked,
  peers: readonly Asked[],
  who: WhoItIs | undefined,
  id: string,
  scope: IsolationScope,
): StoredIsolatedNode {
  const own = ['timer', 'rules', 'egress', 'addresses', 'snapshot', 'sockets', 'boot'] as const;
  const layer = (name: IsolationLayer['layer'], of: SwarmNode, peer: boolean): IsolationLayer => ({
    ...{
      layer: name,
      node: peer ? of.id : null,
      name: of.name,
      is: 'waiting',
      at: null,
      since: null,
      proof: '',
    },
  });
  const shown: IsolatedNode = {
    node: node.id,
    name: node.name,
    state: 'asked',
    message: '',
    layers: [
      ...peers.map((peer) => layer('peer', peer.node, true)),
      ...own.map((name) => layer(name, node, false)),
    ],
    probes: [],
    couldUndo: [],
    stepsDownAt: null,
    cutAt: null,
    cutMs: null,
    confirmedAt: null,
    releasedAt: null,
    socketsEnded: null,
    socketsLeft: null,
    tampered: { times: 0, lastAt: null },
    reloaded: { times: 0, lastAt: null, what: '' },
    notTaken: who?.notTaken ?? [],
    setUpAnew: false,
    cablePulledAt: null,
    snapshot: null,
  };
  return {
    shown: { ...shown, message: messageOf(shown, '', scope) },
    wants: 'isolated',
    withoutNode: false,
    run: runOf(id, node.id),
    uids: about.uids,
    apiPort: about.apiPort,
    sshPort: node.address.kind === 'ssh' ? node.address.port : null,
    target: who?.target ?? NOBODY,
    certain: who?.certain ?? NOBODY,
    spares: who?.spares ?? NOBODY,
    reachedAt: node.address,
    keys: [...machine.keys].slice(0, 16),
    settled: false,
  };
}
