import type { IsolationProbe } from '#shared/domain/incident/isolation.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { noteOwn, type Working } from './note-own.ts';
import { USUAL_LIMITS } from './parts.ts';

const MOST_TRIES = 8;

/** Tries from the node itself and from here, and writes down what became of it. What cannot be tried is left out. */
export async function proveNode({ parts, lines, journal }: Working, node: SwarmNode): Promise<void> {
  const { run, apiPort, sshPort } = journal.node(node.id);
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
  const probes: IsolationProbe[] = [];
  if (said.how === 'answered') {
    noteOwn(journal, node.id, said.answer.own);
    for (const { to, kind, family, outcome } of said.answer.tried)
      probes.push({ from: node.name, to, kind, family, expected: 'stopped', outcome, at });
  }
  const address = await parts.addressOf(node).catch(() => null);
  if (address !== null && sshPort !== null) {
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    const from = 'this computer';
    // That `prove` was answered over a connection of its own is the proof.
    const ssh = said.how === 'silent' ? 'unknown' : 'open';
    probes.push({
      from,
      to: `${address} port ${sshPort}`,
      kind: 'ssh',
      family,
      expected: 'open',
      outcome: ssh,
      at,
    });
    const api = await parts.knock(address, apiPort);
    probes.push({
      from,
      to: `${address} port ${apiPort}`,
      kind: 'tcp',
      family,
      expected: 'stopped',
      outcome: api,
      at,
    });
  }
  journal.set(node.id, {}, { probes: probes.slice(0, 64) });
  await journal.note();
}
