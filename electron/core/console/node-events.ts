import { knownHostsName, readHostKeyLine } from '#core/hosts/known-hosts.ts';
import type { EventDraft } from '#core/ledger/ledger.ts';
import type { NodeAddress } from '#shared/domain/node.ts';

type SshAddress = Extract<NodeAddress, { kind: 'ssh' }>;

/** @returns how a node is reached, in one phrase: `minotaur@miu.local port 22`. Never the path of a key. */
export function addressWords(address: NodeAddress): string {
  if (address.kind === 'local') return 'this computer';
  if (address.kind === 'recorded') return address.sample ? 'the sample' : 'recorded facts';
  const user = address.user === undefined ? '' : `${address.user}@`;
  return `${user}${address.host} port ${address.port}`.slice(0, 256);
}

/** @returns the event of host keys that the operator confirmed; a line that is no key of the host is not named by it */
export function keysEvent(address: SshAddress, lines: readonly string[]): EventDraft {
  const { host, port } = address;
  const name = knownHostsName(host, port);
  const fingerprints = lines
    .map((line) => readHostKeyLine(line, name)?.fingerprint)
    .filter((fingerprint) => fingerprint !== undefined);
  return { kind: 'host-keys-confirmed', where: null, what: { host, port, fingerprints } };
}
