import { visible } from '#shared/domain/text.ts';
import { type DnsRecord, readDnsResponse } from './dns-message.ts';

/** Under which mycoSwarm announces itself (mycoSwarm 0.2.16, discovery.py). */
export const SERVICE = '_mycoswarm._tcp.local';

/** One machine that says it is a node. Whoever is on the network can say so: nothing of it is true by that. */
export interface Announcer {
  /** First part of its name, made visible. */
  instance: string;
  /** Address that its packets came from. */
  from: string;
  /** IPv4 addresses that it gives for itself; where nodes would send their tasks, and the secret. */
  addresses: string[];
  port: number;
  /** As it says, made visible. */
  nodeId: string | null;
  version: string | null;
  /** Milliseconds since 1970. */
  heardAt: number;
}

interface Heard extends Announcer {
  target: string;
  forgetAt: number;
}

const MAX_ANNOUNCERS = 256;
const MAX_PER_ADDRESS = 8;
const MAX_ADDRESSES = 8;
/** Packets of one second; all others are counted only. */
const MAX_PACKETS = 200;
/** No record is believed for longer than RFC 6762, section 10, recommends; none is forgotten between two questions. */
const TTL_MS = { least: 130_000, most: 75 * 60_000 };

/** Who announced itself, in bounds, whatever is sent. */
export class Announcers {
  readonly #byKey = new Map<string, Heard>();
  #turnedAway = 0;
  #second = { at: 0, packets: 0 };

  /** Announcements and packets that were not looked at because there were too many. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /**
   * Takes a packet.
   * @param from address that it came from
   * @param now milliseconds since 1970
   * @returns whether somebody came, went, or changed
   */
  hear(packet: Buffer, from: string, now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (this.#second.at !== second) this.#second = { at: second, packets: 0 };
    this.#second.packets += 1;
    if (this.#second.packets > MAX_PACKETS) {
      this.#turnedAway += 1;
      return false;
    }
    const records = readDnsResponse(packet);
    if (records === null) return false;
    this.#forget(now);
    let changed = false;
    const suffix = `.${SERVICE}`;
    for (const record of records) {
      if (record.kind !== 'srv' || !record.name.toLowerCase().endsWith(suffix)) continue;
      changed = this.#service(record, records, from, now) || changed;
    }
    return changed;
  }

  /** Everybody who was heard and did not go, the oldest first. */
  list(now: number): Announcer[] {
    this.#forget(now);
    return [...this.#byKey.values()].map(({ target: _target, forgetAt: _forgetAt, ...announcer }) => ({
      ...announcer,
      addresses: [...announcer.addresses],
    }));
  }

  #service(
    service: Extract<DnsRecord, { kind: 'srv' }>,
    records: readonly DnsRecord[],
    from: string,
    now: number,
  ): boolean {
    const name = service.name.toLowerCase();
    const key = `${from} ${name}`;
    const before = this.#byKey.get(key);
    if (service.ttl === 0) return this.#byKey.delete(key);
    if (service.port === 0) return false;
    if (before === undefined && !this.#hasRoom(from)) {
      this.#turnedAway += 1;
      return false;
    }
    const target = service.target.toLowerCase();
    const addresses = records
      .filter((record) => record.kind === 'a' && record.name.toLowerCase() === target && record.ttl > 0)
      .map((record) => (record.kind === 'a' ? record.address : ''));
    const texts = textsOf(records, name);
    const heard: Heard = {
      instance: visible(service.name.slice(0, -SERVICE.length - 1)).slice(0, 256),
      from,
      addresses:
        addresses.length > 0 ? [...new Set(addresses)].slice(0, MAX_ADDRESSES) : (before?.addresses ?? []),
      port: service.port,
      nodeId: texts.get('node_id') ?? before?.nodeId ?? null,
      version: texts.get('version') ?? before?.version ?? null,
      heardAt: now,
      target,
      forgetAt: now + Math.min(TTL_MS.most, Math.max(TTL_MS.least, service.ttl * 1_000)),
    };
    this.#byKey.set(key, heard);
    return before === undefined || shownOf(before) !== shownOf(heard);
  }

  #hasRoom(from: string): boolean {
    if (this.#byKey.size >= MAX_ANNOUNCERS) return false;
    let same = 0;
    for (const heard of this.#byKey.values()) if (heard.from === from) same += 1;
    return same < MAX_PER_ADDRESS;
  }

  #forget(now: number): void {
    for (const [key, { forgetAt }] of this.#byKey) if (forgetAt <= now) this.#byKey.delete(key);
  }
}

/** What a page shows of an announcer, but for when it was heard. */
function shownOf({ port, addresses, nodeId, version }: Heard): string {
  return JSON.stringify([port, addresses, nodeId, version]);
}

/** `key=value` of the TXT record (RFC 6763, section 6); of a key that stands there twice the first counts. */
function textsOf(records: readonly DnsRecord[], name: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const record of records) {
    if (record.kind !== 'txt' || record.name.toLowerCase() !== name) continue;
    for (const text of record.texts) {
      const pair = text.toString('utf8');
      const equals = pair.indexOf('=');
      const key = pair.slice(0, equals).toLowerCase();
      if (equals > 0 && !found.has(key)) found.set(key, visible(pair.slice(equals + 1)).slice(0, 256));
    }
  }
  return found;
}
