import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { type Announcer, Announcers, SERVICE } from './announcers.ts';
import { writeDnsQuery } from './dns-message.ts';

const GROUP = '224.0.0.251';
const PORT = 5_353;
/** When it asks, after it began; then every minute (RFC 6762, section 5.2). */
const ASK_AT_MS = [0, 1_000, 3_000, 9_000, 27_000];
const ASK_EVERY_MS = 60_000;
const MAX_NETWORKS = 16;

/** An IPv4 network that this computer is in. */
export interface OwnNetwork {
  address: string;
  netmask: string;
}

/** Who announces itself on the networks of this computer, for as long as somebody wants to know. */
export interface Listening {
  /** Null while it listens; else why it cannot. */
  readonly why: string | null;
  readonly turnedAway: number;
  list(): Announcer[];
  close(): void;
}

/** IPv4 networks in which this computer has an address now. mycoSwarm announces itself over IPv4 only. */
export function ownNetworks(): OwnNetwork[] {
  return Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === 'IPv4' && !entry.internal)
    .map(({ address, netmask }) => ({ address, netmask }))
    .slice(0, MAX_NETWORKS);
}

/**
 * Whether an address is in one of the networks: what comes from elsewhere is not heeded (RFC 6762, section 11).
 * @param from dotted IPv4
 */
export function isOnLink(from: string, networks: readonly OwnNetwork[]): boolean {
  const value = bits(from);
  return networks.some(({ address, netmask }) => {
    const mask = bits(netmask);
    return ((value ^ bits(address)) & mask) === 0;
  });
}

function bits(address: string): number {
  return address.split('.').reduce((sum, part) => (sum << 8) | (Number(part) & 255), 0);
}

/**
 * Listens on the port of mDNS beside whoever does already (RFC 6762, section 15), and asks now and then who is there. It announces nothing.
 * @param changed somebody came, went or changed
 */
export function listenForAnnouncements(changed: () => void): Listening {
  const heard = new Announcers();
  const query = writeDnsQuery(SERVICE);
  const joined = new Set<string>();
  let networks: OwnNetwork[] = [];
  let why: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;
  let open = true;
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const close = (reason: string): void => {
    if (!open) return;
    open = false;
    why = reason;
    clearTimeout(timer);
    socket.close();
  };
  const ask = async (): Promise<void> => {
    networks = ownNetworks();
    if (open) why = networks.length === 0 ? 'This computer is in no network now.' : null;
    for (const address of joined) {
      if (!networks.some((network) => network.address === address)) joined.delete(address);
    }
    for (const { address } of networks) {
      if (!open) return;
      join(socket, address, joined);
      await send(socket, query, address);
    }
    if (!open) return;
    const next = ASK_AT_MS[asked + 1];
    const wait = next === undefined ? ASK_EVERY_MS : next - (ASK_AT_MS[asked] ?? 0);
    asked += 1;
    timer = setTimeout(() => void ask(), wait);
    timer.unref();
  };
  socket.on('message', (packet, { address }) => {
    if (isOnLink(address, networks) && heard.hear(packet, address, Date.now())) changed();
  });
  socket.on('error', (error: NodeJS.ErrnoException) =>
    close(`The port of mDNS (UDP ${PORT}) could not be opened (${error.code ?? 'unknown'}).`),
  );
  socket.bind({ port: PORT, address: '0.0.0.0' }, () => {
    socket.setMulticastTTL(255);
    socket.unref();
    void ask();
  });
  return {
    get why() {
      return why;
    },
    get turnedAway() {
      return heard.turnedAway;
    },
    list: () => heard.list(Date.now()),
    close: () => close('It does not listen any more.'),
  };
}

/** An interface can go between two looks at the list; then there is nothing to join. */
function join(socket: Socket, address: string, joined: Set<string>): void {
  if (joined.has(address)) return;
  try {
    socket.addMembership(GROUP, address);
    joined.add(address);
  } catch {
    joined.delete(address);
  }
}

/** One interface after the other: the socket has one at a time. */
function send(socket: Socket, query: Buffer, address: string): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.setMulticastInterface(address);
      socket.send(query, PORT, GROUP, () => resolve());
    } catch {
      resolve();
    }
  });
}
