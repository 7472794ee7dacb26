import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { Machine } from '../machine.ts';
import { findProgram, runProgram } from '../run/run-program.ts';
import { accountsOf } from '../secret/accounts.ts';
import { fencesOf, readFence, readOwn } from './isolation-record.ts';
import { listeningPorts } from './listening-ports.ts';
import { identityHere, interfacesHere, isTunnel, neighboursHere, plainAddress } from './network-place.ts';
import { fenceNow, ownState } from './own-state.ts';
import { findSshWay } from './ssh-way.ts';

type Seen = Extract<HelperAnswer, { answer: 'isolation-seen' }>;

/** Programs that load rules of their own when they start, and flush those of others. */
const FIREWALLS = ['ufw', 'firewalld', 'firewall-cmd', 'netfilter-persistent', 'shorewall'];

/** How isolation stands on this machine; changes nothing. */
export function lookAtIsolation(machine: Machine, about: readonly string[], uids: readonly number[]): Seen {
  const way = findSshWay();
  const own = readOwn(machine);
  const wanted = new Set(about.map(plainAddress));
  return {
    answer: 'isolation-seen',
    own: own === null ? null : ownState(machine, own),
    fences: fencesOf(machine).flatMap((id) => {
      const fence = readFence(machine, id);
      return fence === null ? [] : [fenceNow(machine, fence)];
    }),
    interfaces: interfacesHere().names,
    accounts: uids.length === 0 ? [] : accountsOf(machine, uids),
    ports: uids.length === 0 ? [] : listeningPorts(uids),
    identity: identityHere(),
    neighbours: neighboursHere(machine)
      .filter(({ address }) => wanted.has(address))
      .slice(0, 64),
    way: way === null ? null : { console: way.console, node: way.node, port: way.port },
    tunnel: way !== null && isTunnel(way.node),
    nft: findProgram(machine, 'nft') !== null,
    systemd: machine.systemd,
    otherFirewalls: otherFirewalls(machine),
  };
}

/** Who else writes rules here: programs, and tables that are not ours. */
function otherFirewalls(machine: Machine): string[] {
  const programs = FIREWALLS.filter((name) => findProgram(machine, name) !== null);
  try {
    const end = runProgram(machine, {
      program: 'nft',
      arguments: ['list', 'tables'],
      timeoutMs: 3_000,
      maxBytes: 65_536,
    });
    const tables = end.output
      .toString('utf8')
      .split('\n')
      .flatMap((line) => /^table ([a-z0-9]{1,8} [A-Za-z0-9_.-]{1,64})$/.exec(line.trim())?.[1] ?? [])
      .filter((name) => !name.includes('swarmkeep_'));
    return [...programs, ...tables].slice(0, 64);
  } catch {
    return programs;
  }
}
