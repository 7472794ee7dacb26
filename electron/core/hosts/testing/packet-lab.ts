import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A packet to be sent for real. `out` by a socket of `uid` and `gid`; `in` as a frame from the peer on `device`. */
export interface LabPacket {
  readonly direction: 'out' | 'in';
  readonly version: 4 | 6;
  readonly protocol: number;
  readonly saddr: string;
  readonly daddr: string;
  readonly sport: number;
  readonly dport: number;
  readonly icmpType: number;
  readonly icmpCode: number;
  readonly uid: number;
  readonly gid: number;
  readonly device: string;
  /** For `in`: the frame goes to every machine of the network. */
  readonly broadcast: boolean;
}

/** Where a packet was seen: interfaces of the peer, `local` behind the input hook; and what the sender was told. */
export interface Sighting {
  readonly seen: readonly string[];
  /** An ICMP error or a reset came back to the sending socket. */
  readonly rejected: boolean;
  /** Name of an errno, or `not sent: …` when the packet could not even be made. */
  readonly error: string;
}

/** A program that the host under test runs. */
export interface LabStep {
  readonly argv: readonly string[];
  readonly input?: string;
}

export interface LabResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A host under test in a network namespace of its own, and a peer at the other end of each of its interfaces. */
export interface PacketLab {
  /** Most packets of one batch; each batch begins without any tracked connection. */
  readonly mostPackets: number;
  run(steps: readonly LabStep[]): Promise<LabResult[]>;
  send(packets: readonly LabPacket[]): Promise<Sighting[]>;
  close(): Promise<void>;
}

const NEEDED = {
  '/usr/bin/python3': 'python3',
  '/usr/sbin/nft': 'nftables',
  '/usr/sbin/iptables-save': 'iptables',
  '/usr/sbin/ip': 'iproute2',
};

/** Why packets cannot be sent for real here, or null. */
export function whyNoPacketLab(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root to make network namespaces';
  for (const [file, name] of Object.entries(NEEDED))
    if (!existsSync(file)) return `needs ${file} (Debian package ${name})`;
  const probe = `swarmkeep-probe-${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', probe], { encoding: 'utf8' });
  if (made.status !== 0) return `network namespaces cannot be made here: ${made.stderr.trim()}`;
  spawnSync('ip', ['netns', 'del', probe]);
  return null;
}

function ip(args: readonly string[], input?: string): void {
  const done = spawnSync('ip', args, { encoding: 'utf8', input });
  if (done.status !== 0) throw new Error(`ip ${args.join(' ')}: ${done.stderr.trim()}`);
}

const SETTINGS = [
  'net.ipv4.ping_group_range=0 2147483647',
  'net.ipv4.ip_unprivileged_port_start=0',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
  'net.ipv4.icmp_ratelimit=0',
  'net.ipv6.conf.all.accept_dad=0',
  'net.ipv6.conf.default.accept_dad=0',
  'net.ipv4.icmp_msgs_per_sec=1000000',
];

let labs = 0;

/**
 * Makes the namespaces. No interface needs neighbour discovery (arp off), so every address is reached at once.
 * @param interfaces with their addresses (`10.1.0.1/24`), the same names at both ends
 * @param routes `172.16.0.0/12` and the interface, for either family; `default` too
 * @param forwarding of both families
 */
export async function openPacketLab(
  interfaces: readonly { readonly name: string; readonly addresses: readonly string[] }[],
  routes: readonly { readonly to: string; readonly version: 4 | 6; readonly device: string }[],
  forwarding: boolean,
): Promise<PacketLab> {
  labs += 1;
  const host = `swarmkeep-host-${process.pid}-${labs}`;
  const peer = `swarmkeep-peer-${process.pid}-${labs}`;
  const remove = (): void => {
    for (const name of [host, peer]) spawnSync('ip', ['netns', 'del', name]);
  };
  try {
    ip(['netns', 'add', host]);
    ip(['netns', 'add', peer]);
    const set = (name: string, settings: readonly string[]): void => {
      const done = spawnSync('ip', ['netns', 'exec', name, 'sysctl', '-q', '-w', ...settings], {
        encoding: 'utf8',
      });
      if (done.status !== 0) throw new Error(`sysctl: ${done.stderr.trim()}`);
    };
    const on = forwarding ? 1 : 0;
    set(host, [...SETTINGS, `net.ipv4.ip_forward=${on}`, `net.ipv6.conf.all.forwarding=${on}`]);
    set(peer, ['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1']);
    const lines = ['link set lo up'];
    for (const { name } of interfaces)
      ip(['-n', host, 'link', 'add', name, 'type', 'veth', 'peer', 'name', name, 'netns', peer]);
    for (const { name, addresses } of interfaces) {
      lines.push(`link set ${name} arp off addrgenmode none`, `link set ${name} up`);
      for (const address of addresses)
        lines.push(`addr add ${address} dev ${name}${address.includes(':') ? ' nodad' : ' brd +'}`);
    }
    for (const { to, version, device } of routes) lines.push(`-${version} route add ${to} dev ${device}`);
    ip(['-n', peer, '-batch', '-'], interfaces.map(({ name }) => `link set ${name} arp off up`).join('\n'));
    for (const line of lines) ip(['-n', host, ...line.split(' ')]);
    return await startAgent(
      host,
      peer,
      interfaces.map(({ name }) => name),
      remove,
    );
  } catch (error) {
    remove();
    throw error;
  }
}

function startAgent(
  host: string,
  peer: string,
  interfaces: readonly string[],
  remove: () => void,
): Promise<PacketLab> {
  const script = new URL('./packet-agent.py', import.meta.url).pathname;
  const agent: ChildProcess = spawn(
    'ip',
    ['netns', 'exec', host, '/usr/bin/python3', script, `/run/netns/${peer}`, ...interfaces],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const errors: string[] = [];
  agent.stderr?.on('data', (chunk) => errors.push(String(chunk)));
  // Writing to an agent that ended fails here as well as in the answer that never comes, where it is told.
  agent.stdin?.on('error', (error) => errors.push(error.message));
  agent.once('error', (error) => errors.push(error.message));
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  if (agent.stdout)
    createInterface({ input: agent.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  const ended = new Promise<void>((resolve) => {
    agent.once('close', () => {
      for (const { reject } of waiting.splice(0))
        reject(new Error(`the packet agent ended: ${errors.join('').slice(-2000)}`));
      resolve();
    });
  });
  const ask = async (command: unknown): Promise<unknown> => {
    const line = await new Promise<string>((resolve, reject) => {
      if (agent.exitCode !== null) return reject(new Error(`the packet agent ended: ${errors.join('')}`));
      waiting.push({ resolve, reject });
      agent.stdin?.write(`${JSON.stringify(command)}\n`);
    });
    return JSON.parse(line);
  };
  return Promise.resolve({
    mostPackets: 90,
    run: async (steps) => (await ask({ op: 'run', steps })) as LabResult[],
    send: async (packets) => (await ask({ op: 'send', packets })) as Sighting[],
    close: async () => {
      agent.stdin?.end();
      await ended;
      remove();
    },
  });
}
