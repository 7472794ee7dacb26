import { readId } from '../../script/ids.ts';
import type { BareSocket } from './ss.ts';

/** Address of /proc/net/tcp: groups of 32 bits in the byte order of the machine (little-endian on all that we support). */
function readHexAddress(hex: string, family: 4 | 6): string {
  const words = (hex.match(/.{8}/g) ?? []).map((word) => (word.match(/../g) ?? []).reverse());
  const bytes = words.flat().map((byte) => Number.parseInt(byte, 16));
  if (family === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return shorten(groups);
}

/** RFC 5952: the longest run of two or more zero groups becomes `::`. */
function shorten(groups: readonly string[]): string {
  const runs = [...groups.join(':').matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)];
  const longest = runs.sort((a, b) => b[0].length - a[0].length)[0];
  if (!longest) return groups.join(':');
  const text = groups.join(':');
  const before = text.slice(0, longest.index).replace(/:$/, '');
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

const LINE =
  /^\s*[0-9]+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} (0A|07) \S+ \S+ \S+\s+([0-9]{1,10})\s+[0-9]+\s+([0-9]{1,20}) /;

/**
 * Reads /proc/net/{tcp,tcp6,udp,udp6} (proc_net(5)): listening TCP (state 0A) and unconnected UDP (07). These tables do
 * not say to which interface a socket is bound, nor whether an IPv6 socket takes IPv4 as well.
 */
export function readProcNet(text: string, family: 4 | 6, protocol: 'tcp' | 'udp'): BareSocket[] {
  const state = protocol === 'tcp' ? '0A' : '07';
  return text.split('\n').flatMap((line) => {
    const match = LINE.exec(line);
    const uid = readId(match?.[4]);
    if (uid === null || match?.[3] !== state || match[1]?.length !== (family === 4 ? 8 : 32)) return [];
    return [
      {
        family,
        protocol,
        address: readHexAddress(match[1], family),
        port: Number.parseInt(match[2] ?? '0', 16),
        interface: null,
        uid,
        ipv6Only: null,
        unit: null,
        raw: line.trim().slice(0, 4_096),
        inode: match[5] ?? '',
      },
    ];
  });
}
