import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { ListeningSocket } from '#shared/domain/facts/network.ts';
import { canChange } from './access.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import { filesByPath, seen } from './knowledge.ts';

/** A kind of program that answers by itself and carries nothing on for whoever asks it. */
interface Harmless {
  /** In evidence: `sshd`. */
  name: string;
  program: RegExp;
  /** Units of the system in which it runs, by their names on Debian, Fedora and Arch. */
  units: RegExp;
  protocol: 'tcp' | 'udp';
  ports: readonly number[];
  /** The socket is root's; else that of any account of the system. */
  ofRoot: boolean;
  reason: string;
}

const TIME = 'tells the time, and sends nothing that others give it';
const ADDRESSES = 'asks for an address of this machine, and takes nothing from programs here';

/**
 * What is known of programs, each on the ports that are its own. Not among them, though often met: cupsd, which prints for any
 * local account to any address (CUPS-Create-Local-Printer makes a queue without asking anybody); avahi-daemon on ports that
 * the kernel chose, which are those of its wide-area lookups: they ask the name servers what any local account wants asked
 * (avahi-daemon.conf(5), `enable-wide-area`); systemd-resolved on every port; and mail servers.
 */
const HARMLESS: readonly Harmless[] = [
  {
    name: 'chronyd',
    program: /^chronyd$/,
    units: /^chrony(d)?\.service$/,
    protocol: 'udp',
    // 323: commands over the network only ask, they change nothing (chronyc(1)).
    ports: [123, 323],
    ofRoot: false,
    reason: TIME,
  },
  {
    name: 'ntpd',
    program: /^(ntpd|ntpsec)$/,
    units: /^(ntp|ntpd|ntpsec|openntpd)\.service$/,
    protocol: 'udp',
    ports: [123],
    ofRoot: false,
    reason: TIME,
  },
  {
    name: 'systemd-timesyncd',
    program: /^systemd-timesyn.*$/,
    units: /^systemd-timesyncd\.service$/,
    protocol: 'udp',
    ports: [123],
    ofRoot: false,
    reason: TIME,
  },
  {
    name: 'avahi-daemon',
    program: /^avahi-daemon.*$/,
    units: /^avahi-daemon\.service$/,
    protocol: 'udp',
    ports: [5_353],
    ofRoot: false,
    reason: 'answers for names in the home, to the link only',
  },
  {
    name: 'the client of DHCP',
    program: /^(systemd-network.*|dhclient|dhcpcd|NetworkManager)$/,
    units: /^(systemd-networkd|NetworkManager|networking|dhcpcd|ifup@[\w.-]+)\.service$/,
    protocol: 'udp',
    ports: [68, 546],
    ofRoot: false,
    reason: ADDRESSES,
  },
  ...(['tcp', 'udp'] as const).map(
    (protocol): Harmless => ({
      name: 'rpcbind',
      program: /^(rpcbind|systemd)$/,
      units: /^rpcbind\.(service|socket)$/,
      protocol,
      ports: [111],
      ofRoot: false,
      reason: 'says on which ports services of this machine answer, and passes calls on to these only',
    }),
  ),
];

const SSH: Harmless = {
  name: 'sshd',
  program: /^(sshd|systemd)$/,
  units: /^(sshd?|dropbear)(@[^/]*)?\.(service|socket)$/,
  protocol: 'tcp',
  ports: [22],
  ofRoot: true,
  reason: '',
};

/** Folders into which only packages of the distribution put programs (hier(7)). */
const OF_DISTRIBUTION = /^(\/usr)?\/(s?bin|lib|lib64|libexec)\//;

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** In the group of that name right below the system's own slice: no account but root can put itself there (cgroups(7)). */
function isInSystemUnit(
  holders: readonly ProcessFact[],
  socket: ListeningSocket,
  units: RegExp,
): boolean | null {
  if (holders.length > 0 && holders.every(({ cgroup }) => cgroup !== null))
    return holders.every(({ cgroup }) => {
      const [slice, unit] = (cgroup ?? '').split('/').slice(-2);
      return (slice === 'system.slice' && units.test(unit ?? '')) || cgroup === '/init.scope';
    });
  if (socket.unit === null) return null;
  // A unit of a person's manager may have any name, and its control group lies below user.slice.
  return units.test(socket.unit) && !socket.raw.includes('/user.slice/');
}

/** Whether a program lies where only packages put one, and the agent can change neither it nor a folder above it. */
function isOfPackage(input: CheckInput, agent: Agent, { executable }: ProcessFact): boolean | null {
  if (executable === null) return null;
  const path = executable.replace(/ \(deleted\)$/, '');
  if (!OF_DISTRIBUTION.test(path) && path !== '/sbin/init') return false;
  const files = filesByPath(input);
  return files.has(path) ? canChange(agent, path, files).can !== 'yes' : true;
}

/** Whether a socket is of such a program, by everything that was seen of it; a name alone counts only for accounts of the system. */
function isOf(input: CheckInput, agent: Agent, socket: ListeningSocket, kind: Harmless): boolean {
  if (socket.protocol !== kind.protocol || !kind.ports.includes(socket.port)) return false;
  const isOfSystem = kind.ofRoot ? socket.uid === 0 : socket.uid < 1_000;
  if (!isOfSystem || (agent.uid !== 0 && agent.canBe(socket.uid) && socket.uid !== 0)) return false;
  if (socket.processName !== null && !kind.program.test(socket.processName)) return false;
  const holders = (seen(input, 'processes')?.processes ?? []).filter(({ pid }) => socket.pids.includes(pid));
  const inUnit = isInSystemUnit(holders, socket, kind.units);
  const packaged = holders.map((holder) => isOfPackage(input, agent, holder));
  const named = holders.every(
    ({ executable }) =>
      executable === null ||
      kind.program.test(baseName(executable.replace(/ \(deleted\)$/, '')).slice(0, 15)) ||
      /\/(systemd|init)$/.test(executable),
  );
  if (inUnit === false || packaged.includes(false) || !named) return false;
  // Nothing but a unit tells what a socket is whose program was not seen.
  return socket.processName !== null || inUnit === true;
}

/** Keys with which an agent could log in as somebody else. */
function keysOf(agent: Agent): string[] {
  return agent.entries.flatMap((entry) => entry.personalTraces).filter((path) => /\/\.ssh\/id_/.test(path));
}

/** What is known of one listener. `ssh-unseen`: nobody could look for keys. */
export type Knowledge =
  | { kind: 'harmless' | 'ssh-with-keys' | 'ssh-unseen'; name: string; reason: string }
  | { kind: 'not-known' };

/**
 * Whether a listener is known to carry nothing out for the agent, and why. The server of SSH forwards for whoever logs in, with
 * the number of the account that was logged in to: for the agent's own account that is the agent again, and rules hold it
 * (sshd(8), "Login process"). With a key for another account it is a way out.
 */
export function knowledgeOf(input: CheckInput, agent: Agent, socket: ListeningSocket): Knowledge {
  const configured = (seen(input, 'sshServer')?.effective?.port ?? []).map(Number);
  const ssh = { ...SSH, ports: configured.length > 0 ? configured : SSH.ports };
  if (isOf(input, agent, socket, ssh)) {
    if (agent.entries.length === 0 || agent.entries.some((entry) => entry.authorizedKeys === null))
      return {
        kind: 'ssh-unseen',
        name: SSH.name,
        reason: `whether the agent has a key of another account could not be seen, for the home of ${agent.name} is closed to the account that looked`,
      };
    const keys = keysOf(agent);
    if (keys.length > 0)
      return {
        kind: 'ssh-with-keys',
        name: SSH.name,
        reason: `the agent has keys (${keys.slice(0, 3).join(', ')}): with one that another account takes it sends as that account`,
      };
    return {
      kind: 'harmless',
      name: SSH.name,
      reason: 'sends as the account that logs in, and the agent has no key of another account',
    };
  }
  const known = HARMLESS.find((kind) => isOf(input, agent, socket, kind));
  return known === undefined
    ? { kind: 'not-known' }
    : { kind: 'harmless', name: known.name, reason: known.reason };
}
