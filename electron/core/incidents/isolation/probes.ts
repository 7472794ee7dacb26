import type { IsolationProbe } from '#shared/domain/incident/isolation.ts';
import { isContradicted, THIS_COMPUTER } from '#shared/domain/incident/isolation-proof.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { isHere, machineOf } from './machines.ts';
import { noteOwn, settleState, type Working } from './note-own.ts';
import { USUAL_LIMITS } from './parts.ts';
import { plainAddress } from './who-is-it.ts';

const MOST_TRIES = 8;
/** Nothing listens there (RFC 863), so that a node without rules answers with a reset, and one that drops everything does not. */
const NOBODY_THERE = 9;

/** Tries from the node itself and from here, and writes down what became of it. What cannot be tried is left out. */
export async function proveNode(work: Working, node: SwarmNode): Promise<void> {
  const { parts, lines, journal } = work;
  const { run, apiPort } = journal.node(node.id);
  const { askMs } = { ...USUAL_LIMITS, ...parts.limits };
  const peers = (await parts.nodes()).filter(({ id, address }) => id !== node.id && address.kind === 'ssh');
  const addresses = await Promise.all(
    peers.slice(0, MOST_TRIES).map((peer) => parts.addressOf(peer).catch(() => null)),
  );
  const tries = addresses
    .filter((address) => address !== null)
    .map((address) => ({ address, port: apiPort }));
  const said = await lines.askFresh(
    node,
    { act: 'prove', isolation: run, tries },
    'isolation-proved',
    askMs + 15_000,
  );
  const at = journal.now();
  const inside: IsolationProbe[] = [];
  if (said.how === 'answered') {
    for (const { to, kind, family, outcome } of said.answer.tried)
      inside.push({ from: node.name, to, kind, family, expected: 'stopped', outcome, at });
  }
  // That `prove` was answered over a connection of its own is the proof that the way of the console stays open.
  const outside = await knocks(work, node, said.how === 'silent' ? 'unknown' : 'open');
  journal.set(node.id, {}, { probes: [...outside, ...inside].slice(0, 64) });
  if (said.how === 'answered') noteOwn(journal, node.id, said.answer.own);
  else settleState(journal, node.id, journal.node(node.id).shown.state, '');
  await journal.note();
}

/** Tries from here once more: a node that held may have been opened since. */
export async function knockAgain(work: Working, node: SwarmNode): Promise<void> {
  const { journal } = work;
  const { probes } = journal.node(node.id).shown;
  const inside = probes.filter(({ from }) => from !== THIS_COMPUTER);
  const outside = await knocks(work, node, 'open');
  const before = isContradicted(journal.node(node.id).shown);
  journal.set(node.id, {}, { probes: [...outside, ...inside].slice(0, 64) });
  const { shown } = journal.node(node.id);
  // Open again, or not any more: the state says so at once.
  if (isContradicted(shown) && !before) settleState(journal, node.id, shown.state, '');
  await journal.note();
}

/** Tries from here. @param ssh whether SSH of this console was seen to pass just now */
async function knocks(
  { parts, journal }: Working,
  node: SwarmNode,
  ssh: IsolationProbe['outcome'],
): Promise<IsolationProbe[]> {
  const { apiPort, sshPort, certain } = journal.node(node.id);
  const reached = await parts.addressOf(node).catch(() => null);
  if (reached === null || sshPort === null) return [];
  const whole = journal.stored.scope === 'node';
  const isShut = await dropsHere({ parts, journal }, node.id);
  const addresses = [...new Set([reached, ...certain.addresses].map(plainAddress))].slice(0, MOST_TRIES);
  const ports = [...new Set(whole ? [apiPort, NOBODY_THERE] : [apiPort])];
  const tried = await Promise.all(
    addresses.flatMap((address) =>
      ports.map(async (port): Promise<IsolationProbe> => {
        const came = await parts.knock(address, port).catch(() => 'unknown' as const);
        // Of a node that goes on with everything else, a refusal says only that nothing listens.
        const answered = came === 'refused' ? (whole ? 'open' : 'unknown') : came;
        // What this computer drops itself never came to the node.
        const outcome = answered === 'stopped' && isShut && port === apiPort ? 'unknown' : answered;
        return { ...probeOf(address, port, journal.now()), expected: 'stopped', outcome };
      }),
    ),
  );
  const way: IsolationProbe = {
    ...probeOf(reached, sshPort, journal.now()),
    ...{ kind: 'ssh', expected: 'open', outcome: ssh },
  };
  return [way, ...tried];
}

const probeOf = (address: string, port: number, at: string) => ({
  from: THIS_COMPUTER,
  to: `${address} port ${port}`,
  kind: 'tcp' as const,
  family: address.includes(':') ? ('ipv6' as const) : ('ipv4' as const),
  at,
});

/** Whether the computer of this console is itself a peer that drops the swarm's packets to a node. */
async function dropsHere(
  { parts, journal }: Pick<Working, 'parts' | 'journal'>,
  id: string,
): Promise<boolean> {
  const { layers } = journal.node(id).shown;
  const holding = new Set(
    layers.flatMap(({ layer, node, is }) =>
      layer === 'peer' && is !== 'lifted' && node !== null ? [node] : [],
    ),
  );
  const [all, place] = await Promise.all([parts.nodes(), parts.place()]);
  const peers = await Promise.all(
    all.filter((one) => holding.has(one.id)).map((one) => machineOf(parts, one)),
  );
  return peers.some((peer) => isHere(peer, place));
}
