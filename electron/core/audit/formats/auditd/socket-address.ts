import { Buffer } from 'node:buffer';

/** Where a socket address leads. */
export type SocketAddress =
  | { family: 'inet' | 'inet6'; ip: string; port: number }
  | { family: 'unix'; path: string }
  | { family: 'other'; number: number };

/** Eight groups as RFC 5952 writes them: the longest run of zeros short, an IPv4 address in IPv6 as the IPv4 address. */
function ipv6Text(bytes: Buffer): string {
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff;
  if (mapped) return [...bytes.subarray(12, 16)].join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = (list: number[]): string => list.map((group) => group.toString(16)).join(':');
  return best.start < 0
    ? hex(groups)
    : `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}

/**
 * Decodes the `saddr` of a SOCKADDR record: a struct sockaddr in hexadecimal (ip(7), ipv6(7), unix(7)). The family is in the order of
 * the machine's bytes, and all that we know are little-endian; the port is in the order of the network.
 * @returns null when it is too short or no hexadecimal. An abstract unix socket is written with `@` for its first NUL.
 */
export function decodeSocketAddress(saddr: string): SocketAddress | null {
  if (saddr.length < 4 || saddr.length > 512 || !/^(?:[0-9A-Fa-f]{2})+$/.test(saddr)) return null;
  const bytes = Buffer.from(saddr, 'hex');
  const family = bytes.readUInt16LE(0);
  if (family === 2 && bytes.length >= 8)
    return { family: 'inet', ip: [...bytes.subarray(4, 8)].join('.'), port: bytes.readUInt16BE(2) };
  if (family === 10 && bytes.length >= 24)
    return { family: 'inet6', ip: ipv6Text(bytes.subarray(8, 24)), port: bytes.readUInt16BE(2) };
  if (family !== 1) return { family: 'other', number: family };
  const abstract = bytes[2] === 0;
  const name = bytes.subarray(abstract ? 3 : 2);
  const end = name.indexOf(0);
  const path = (end < 0 ? name : name.subarray(0, end)).toString('utf8');
  return { family: 'unix', path: abstract && path !== '' ? `@${path}` : path };
}
