import { parseAddress } from '#core/firewall/address.ts';
import type { ListeningSocket } from '#shared/domain/facts/network.ts';
import type { Evidence } from '#shared/domain/finding.ts';
import { type Agent, processesOf } from './agent.ts';
import type { CheckInput } from './check.ts';
import { type Knowledge, knowledgeOf } from './harmless-listeners.ts';
import { seen, sourceOf } from './knowledge.ts';
import { reachOf } from './lan.ts';
import type { Part } from './part.ts';
import { socketText } from './reach.ts';
import { isOllama } from './service-bindings.ts';

/** Where a packet of the agent would go to reach a relay. */
export interface RelayTarget {
  version: 4 | 6;
  daddr: bigint;
  protocol: 'tcp' | 'udp';
  port: number;
  /** It is on this machine, and the packet goes by `lo`. */
  isHere: boolean;
}

/** Something on the node or in the home that carries data out for whoever asks it. */
export interface Relay {
  kind: 'resolver' | 'ollama' | 'proxy' | 'mail' | 'engine' | 'ssh' | 'other';
  /** In sentences: `Ollama`, `the resolver 192.168.1.1`. */
  name: string;
  /** As the machine says it. */
  what: string;
  targets: RelayTarget[];
  /** Uid with which it runs on this node; null when it runs elsewhere or that is not known. */
  uid: number | null;
  isHere: boolean;
  /** Whether its program was seen: its unit is known only then. */
  isSeen: boolean;
  /** Every uid with which it can send: that of its socket and of the processes that hold it. */
  uids: readonly number[];
  /** Its socket only passes on to a container. */
  isContainer: boolean;
  unit: string | null;
  /** Why it is a way out, or why that cannot be told, where more is known than its kind; else null. */
  because: { isKnown: boolean; reason: string } | null;
  /** A way to it that packet rules do not see; null where there is none. */
  otherDoor: string | null;
  /** What the operator declares to let it count as meant; the first is offered. */
  declarable: NonNullable<Evidence['declarable']>[];
  source: string;
}

/** Programs that pass requests of others on to the internet, by the name of their process. */
const PROXIES =
  /^(squid|tinyproxy|privoxy|tor|danted|sockd|3proxy|microsocks|mitmproxy|mitmdump|mitmweb|v2ray|xray|ss-local|sslocal|clash|mihomo|gost|cntlm|apt-cacher-ng|polipo|obfs4proxy|shadowsocks.*)$/;
/** Ports on which such programs answer unless told otherwise: SOCKS, squid, privoxy, tinyproxy, Tor. */
const PROXY_PORTS = [1_080, 3_128, 8_118, 8_888, 9_050, 9_150];
/** Programs that take mail and carry it away. */
const MAILERS = /^(exim4?|master|sendmail.*|smtpd|opensmtpd|msmtpd|nullmailer.*)$/;
const MAIL_PORTS = [25, 465, 587];
/** Programs of container engines that hold a published port. */
const CONTAINER_PROXIES = /^(docker-proxy|rootlessport|slirp4netns|pasta|conmon)/;
/** DNS, and DNS over TLS (RFC 7858). */
const DNS_PORTS = [53, 853];
/** Where Docker and Podman answer over TCP: whoever commands them is root, with a certificate or without. */
const ENGINE_PORTS = [2_375, 2_376];

/** Addresses that are tried for one relay; one with as many may have more. */
export const MAX_TARGETS = 64;

/** Rules may speak of one address of 127/8 and not of the next. */
const LOOPBACK = [parseAddress('127.0.0.1'), parseAddress('127.1.2.3'), parseAddress('::1')] as const;

function targetsOf(input: CheckInput, socket: ListeningSocket): RelayTarget[] {
  const { port, protocol } = socket;
  const at = (text: string): RelayTarget[] => {
    const address = parseAddress(text.replace(/%.*$/, ''));
    return address === null
      ? []
      : [{ version: address.version, daddr: address.value, protocol, port, isHere: true }];
  };
  if (reachOf(socket.address) !== 'every') return at(socket.address);
  const versions = socket.family === 4 ? [4] : socket.ipv6Only === true ? [6] : [6, 4];
  const own = (seen(input, 'interfaces')?.interfaces ?? []).flatMap((face) => face.addresses);
  return [
    ...LOOPBACK.flatMap((address) =>
      address !== null && versions.includes(address.version)
        ? [{ version: address.version, daddr: address.value, protocol, port, isHere: true }]
        : [],
    ),
    ...own.filter((entry) => versions.includes(entry.family)).flatMap((entry) => at(entry.address)),
  ].slice(0, MAX_TARGETS);
}

/** Programs that ask name servers for any local account, over D-Bus and whatever port they hold open, with the door to that. */
const ASKERS: readonly (readonly [RegExp, string])[] = [
  // It answers over D-Bus and Varlink (systemd-resolved.service(8)).
  [/^systemd-resolve/, '/run/systemd/resolve/io.systemd.Resolve'],
  // Ports that the kernel chose are those of its wide-area lookups (avahi-daemon.conf(5), `enable-wide-area`).
  [/^avahi-daemon/, 'org.freedesktop.Avahi on /run/dbus/system_bus_socket'],
];

function kindOf(input: CheckInput, socket: ListeningSocket): Relay['kind'] {
  const program = socket.processName ?? '';
  if (socket.uid < 1_000 && ASKERS.some(([asker]) => asker.test(program))) return 'resolver';
  if (socket.protocol === 'tcp' && (ENGINE_PORTS.includes(socket.port) || program === 'podman'))
    return 'engine';
  if (isOllama(input, socket) && socket.protocol === 'tcp') return 'ollama';
  if (DNS_PORTS.includes(socket.port)) return 'resolver';
  if (socket.protocol !== 'tcp') return 'other';
  if (PROXIES.test(program) || PROXY_PORTS.includes(socket.port)) return 'proxy';
  if (MAIL_PORTS.includes(socket.port) || MAILERS.test(program)) return 'mail';
  return 'other';
}

const KIND_NAMES: Readonly<Record<Relay['kind'], string>> = {
  resolver: 'the resolver',
  ollama: 'Ollama',
  proxy: 'the proxy',
  mail: 'the mail server',
  engine: 'the container engine',
  ssh: 'the SSH server',
  other: '',
};

/** The uids of a socket and of what holds it: a socket may be opened by another account than the one that sends. */
function uidsOf(input: CheckInput, socket: ListeningSocket): number[] {
  const holders = (seen(input, 'processes')?.processes ?? []).filter(({ pid }) => socket.pids.includes(pid));
  return [...new Set([socket.uid, ...holders.flatMap(({ uid, effectiveUid }) => [uid, effectiveUid])])];
}

function ofSocket(input: CheckInput, socket: ListeningSocket, known: Knowledge): Relay {
  const isSsh = known.kind === 'ssh-with-keys' || known.kind === 'ssh-unseen';
  const kind = isSsh ? 'ssh' : kindOf(input, socket);
  const program = isSsh ? known.name : (socket.processName ?? `port ${socket.port}`);
  const asker = kind === 'resolver' ? ASKERS.find(([name]) => name.test(program)) : undefined;
  return {
    kind,
    name: kind === 'ollama' ? 'Ollama' : `${KIND_NAMES[kind]} ${program}`.trim(),
    what: socketText(socket),
    targets: targetsOf(input, socket),
    uid: socket.uid,
    isSeen: socket.processName !== null,
    uids: uidsOf(input, socket),
    isHere: true,
    isContainer: CONTAINER_PROXIES.test(program),
    unit: socket.unit,
    because: isSsh ? { isKnown: known.kind === 'ssh-with-keys', reason: known.reason } : null,
    otherDoor: asker?.[1] ?? null,
    declarable:
      kind === 'ollama'
        ? [{ kind: 'relay', value: 'ollama' }]
        : kind === 'engine'
          ? []
          : kind === 'other' || kind === 'ssh'
            ? [{ kind: 'relay', value: `${program.slice(0, 64)} ${socket.protocol}/${socket.port}` }]
            : kind === 'resolver' && socket.port === 53 && reachOf(socket.address) !== 'every'
              ? [
                  { kind: 'resolver', value: socket.address.replace(/%.*$/, '') },
                  { kind: 'relay', value: program },
                ]
              : [{ kind: 'relay', value: program }],
    source: sourceOf(input, 'sockets'),
  };
}

/** One relay for each program and kind, with all addresses on which it answers. */
function joined(relays: readonly Relay[]): Relay[] {
  const byName = new Map<string, Relay>();
  for (const relay of relays) {
    // What fences one process says nothing of another of the same name.
    const own = `${relay.unit} ${relay.isSeen} ${relay.uids.join(',')}`;
    const key = `${relay.kind} ${relay.name} ${own} ${relay.kind === 'other' ? relay.declarable[0]?.value : ''}`;
    const known = byName.get(key);
    if (known === undefined) byName.set(key, { ...relay });
    else {
      known.targets = [...known.targets, ...relay.targets].slice(0, MAX_TARGETS);
      known.declarable = [...known.declarable, ...relay.declarable].slice(0, 16);
    }
  }
  return [...byName.values()];
}

/** Name servers of resolv.conf(5) in the home, or on this machine where no socket of theirs was seen. */
function ofResolvers(input: CheckInput, known: readonly Relay[]): Relay[] {
  const resolvers = seen(input, 'interfaces')?.resolvers ?? [];
  return resolvers.flatMap((text): Relay[] => {
    const address = parseAddress(text.replace(/%.*$/, ''));
    const reach = reachOf(text);
    // A public one is the business of the question whether anything public is reached.
    if (address === null || (reach !== 'lan' && reach !== 'loopback')) return [];
    if (
      known.some((relay) =>
        relay.targets.some((target) => target.daddr === address.value && target.port === 53),
      )
    )
      return [];
    const isHere = reach === 'loopback';
    const to = (protocol: 'tcp' | 'udp', port: number): RelayTarget => ({
      version: address.version,
      daddr: address.value,
      protocol,
      port,
      isHere,
    });
    return [
      {
        kind: 'resolver',
        name: `the resolver ${text}`,
        what: `nameserver ${text}`,
        targets: [to('udp', 53), to('tcp', 53), to('tcp', 853)],
        uid: null,
        isSeen: false,
        uids: [],
        isHere,
        isContainer: false,
        unit: null,
        because: null,
        otherDoor: null,
        declarable: [{ kind: 'resolver', value: text }],
        source: '/etc/resolv.conf',
      },
    ];
  });
}

/** Proxies that the environment of the agent's programs names, by address. */
function ofEnvironment(input: CheckInput, agent: Agent): Relay[] {
  const values = processesOf(input, agent.instance).flatMap((process) =>
    (process.environment ?? []).flatMap(({ name, value }) =>
      /^(https?|all|ftp)_proxy$/i.test(name) && value ? [{ name, value }] : [],
    ),
  );
  return values.slice(0, 8).flatMap(({ name, value }): Relay[] => {
    const match = /^(?:[a-z0-9+.-]+:\/\/)?(?:[^@/]*@)?(\[[0-9a-fA-F:.]+\]|[^:/@[\]]+)(?::(\d{1,5}))?/i.exec(
      value,
    );
    const host = match?.[1]?.replace(/^\[|\]$/g, '') ?? '';
    const address = parseAddress(host);
    const reach = address === null ? null : reachOf(host);
    if (address === null || reach === 'public' || reach === 'every') return [];
    const isHere = reach === 'loopback';
    const port = Number(match?.[2] ?? 3_128);
    return [
      {
        kind: 'proxy',
        name: `the proxy ${host}`,
        what: `${name}=${host}:${port}`,
        targets: [{ version: address.version, daddr: address.value, protocol: 'tcp', port, isHere }],
        uid: null,
        isSeen: false,
        uids: [],
        isHere,
        isContainer: false,
        unit: null,
        because: null,
        otherDoor: null,
        declarable: [{ kind: 'relay', value: `${host}:${port}` }],
        source: sourceOf(input, 'processes'),
      },
    ];
  });
}

/** Sockets under other accounts than the agent's: what runs as the agent is the agent. */
function socketsOfOthers(input: CheckInput, agent: Agent): ListeningSocket[] {
  return (seen(input, 'sockets')?.listening ?? []).filter(
    (socket) =>
      (agent.uid === null || agent.uid === 0 || socket.uid !== agent.uid) &&
      (socket.pids.length === 0 || !socket.pids.every((pid) => agent.instance.pids.includes(pid))),
  );
}

/** Listeners of which is known that they carry nothing out, one row for each program, with the reason. */
export function harmlessParts(input: CheckInput, agent: Agent): Part[] {
  const rows = new Map<string, { sockets: ListeningSocket[]; name: string; reason: string }>();
  for (const socket of socketsOfOthers(input, agent)) {
    const known = knowledgeOf(input, agent, socket);
    if (known.kind !== 'harmless') continue;
    const row = rows.get(known.name) ?? { sockets: [], name: known.name, reason: known.reason };
    row.sockets.push(socket);
    rows.set(known.name, row);
  }
  return [...rows.values()].map(({ sockets, name, reason }) => {
    const ports = [...new Set(sockets.map(({ protocol, port }) => `${protocol}/${port}`))];
    return {
      what: `${name} on ${ports.join(', ')}`,
      seen: `cannot carry data out for the agent: ${reason}`,
      status: 'pass',
      source: sourceOf(input, 'sockets'),
      raw: sockets.map(({ raw }) => raw).join('\n'),
    };
  });
}

/**
 * What could carry the agent's data out for it: everything that listens on the node under another account, apart from what is known to
 * carry nothing out, and resolvers and proxies in the home as far as the node's own settings name them.
 */
export function relaysOf(input: CheckInput, agent: Agent): Relay[] {
  const here = joined(
    socketsOfOthers(input, agent).flatMap((socket) => {
      const known = knowledgeOf(input, agent, socket);
      return known.kind === 'harmless' ? [] : [ofSocket(input, socket, known)];
    }),
  );
  const known = [...here, ...ofResolvers(input, here)];
  const byEnvironment = ofEnvironment(input, agent).filter(
    (relay) =>
      !known.some((other) =>
        other.targets.some((one) =>
          relay.targets.some((target) => target.daddr === one.daddr && target.port === one.port),
        ),
      ),
  );
  return [...known, ...joined(byEnvironment)];
}
