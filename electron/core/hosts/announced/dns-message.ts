/** A resource record of a kind that discovery needs (RFC 1035, 2782, 3596, 6763). Names keep their letters; dots within a label are escaped. */
export type DnsRecord = { name: string; ttl: number } & (
  | { kind: 'ptr'; target: string }
  | { kind: 'srv'; target: string; port: number }
  | { kind: 'txt'; texts: Buffer[] }
  | { kind: 'a'; address: string }
);

/** What one packet may hold; RFC 6762, section 17, allows no more bytes. */
const MAX_PACKET = 9_000;
const MAX_RECORDS = 256;
const MAX_TEXTS = 64;
const MAX_TEXT_BYTES = 4_096;

const RESPONSE = 0x8000;
const CLASS_IN = 1;
/** The bit by which mDNS asks to forget older records (RFC 6762, section 10.2). */
const CLASS_MASK = 0x7fff;

/**
 * Reads an mDNS response that anybody on the network may have made.
 * @returns its records of known kinds, answers and additional ones alike; null for a query and for what is no whole message
 */
export function readDnsResponse(packet: Buffer): DnsRecord[] | null {
  if (packet.length < 12 || packet.length > MAX_PACKET) return null;
  if ((packet.readUInt16BE(2) & RESPONSE) === 0) return null;
  const questions = packet.readUInt16BE(4);
  const count = packet.readUInt16BE(6) + packet.readUInt16BE(8) + packet.readUInt16BE(10);
  if (questions > MAX_RECORDS || count > MAX_RECORDS) return null;
  let at = 12;
  for (let index = 0; index < questions; index += 1) {
    const asked = readName(packet, at);
    if (asked === null) return null;
    at = asked.end + 4;
  }
  const records: DnsRecord[] = [];
  for (let index = 0; index < count; index += 1) {
    const owner = readName(packet, at);
    if (owner === null || owner.end + 10 > packet.length) return null;
    const head = owner.end;
    const length = packet.readUInt16BE(head + 8);
    const begin = head + 10;
    if (begin + length > packet.length) return null;
    at = begin + length;
    if ((packet.readUInt16BE(head + 2) & CLASS_MASK) !== CLASS_IN) continue;
    const common = { name: owner.name, ttl: packet.readUInt32BE(head + 4) };
    const record = readData(packet, packet.readUInt16BE(head), begin, at);
    if (record !== null) records.push({ ...common, ...record });
  }
  return records;
}

type Data<R> = R extends unknown ? Omit<R, 'name' | 'ttl'> : never;

function readData(packet: Buffer, type: number, begin: number, end: number): Data<DnsRecord> | null {
  if (type === 1) {
    if (end - begin !== 4) return null;
    return { kind: 'a', address: [...packet.subarray(begin, end)].join('.') };
  }
  if (type === 12) {
    const target = readName(packet, begin);
    return target === null || target.end > end ? null : { kind: 'ptr', target: target.name };
  }
  if (type === 33) {
    if (end - begin < 7) return null;
    const target = readName(packet, begin + 6);
    if (target === null || target.end > end) return null;
    return { kind: 'srv', target: target.name, port: packet.readUInt16BE(begin + 4) };
  }
  return type === 16 ? { kind: 'txt', texts: readTexts(packet.subarray(begin, end)) } : null;
}

/** Character strings of a TXT record (RFC 1035, section 3.3.14); what is beyond the bounds is left out. */
function readTexts(data: Buffer): Buffer[] {
  const texts: Buffer[] = [];
  const bounded = data.subarray(0, MAX_TEXT_BYTES);
  for (let at = 0; at < bounded.length && texts.length < MAX_TEXTS; ) {
    const length = bounded[at] ?? 0;
    if (at + 1 + length > bounded.length) break;
    texts.push(bounded.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return texts;
}

/**
 * Reads a name with its compression (RFC 1035, section 4.1.4). A pointer may only lead further back than all before it, so it ends.
 * @returns the name and where the record goes on; null when it is none
 */
function readName(packet: Buffer, begin: number): { name: string; end: number } | null {
  const labels: string[] = [];
  let at = begin;
  let end = -1;
  let before = begin;
  let bytes = 0;
  for (;;) {
    const length = packet[at];
    if (length === undefined) return null;
    if (length === 0) return { name: labels.join('.'), end: end < 0 ? at + 1 : end };
    if ((length & 0xc0) === 0xc0) {
      const low = packet[at + 1];
      if (low === undefined) return null;
      if (end < 0) end = at + 2;
      at = ((length & 0x3f) << 8) | low;
      if (at >= before) return null;
      before = at;
      continue;
    }
    bytes += length + 1;
    if (length > 63 || bytes > 255 || at + 1 + length > packet.length) return null;
    const label = packet.toString('utf8', at + 1, at + 1 + length);
    labels.push(label.replaceAll(/[.\\]/g, '\\$&'));
    at += 1 + length;
  }
}

/**
 * A question for the instances of a service (RFC 6762, section 5.2; RFC 6763, section 4).
 * @param service `_mycoswarm._tcp.local`
 */
export function writeDnsQuery(service: string): Buffer {
  const labels = service.split('.').map((label) => {
    const bytes = Buffer.from(label, 'utf8');
    return Buffer.concat([Buffer.of(bytes.length), bytes]);
  });
  const header = Buffer.alloc(12);
  header.writeUInt16BE(1, 4);
  return Buffer.concat([header, ...labels, Buffer.of(0, 0, 12, 0, CLASS_IN)]);
}
