import { parseAddress, prefixInterval } from '../address.ts';
import type { Interval, IntervalSet } from '../interval.ts';
import { normalize } from '../interval.ts';

const MAX_32 = 0xffff_ffffn;

/** A number of at most 32 bits, decimal or `0x` hexadecimal; null for anything else (octal too: nothing prints it). */
export function parseNumber(text: string, most: bigint = MAX_32): bigint | null {
  if (!/^(?:0|[1-9]\d{0,9}|0[xX][0-9a-fA-F]{1,8})$/.test(text)) return null;
  const number = BigInt(text);
  return number <= most ? number : null;
}

/** `value[/mask]` of marks; the mask is all bits when it is left out. */
export function parseMasked(text: string): { value: bigint; mask: bigint } | null {
  const [first = '', second, ...more] = text.split('/');
  if (more.length > 0) return null;
  const value = parseNumber(first);
  const mask = second === undefined ? MAX_32 : parseNumber(second);
  return value === null || mask === null ? null : { value, mask };
}

/** `low:high`, either of them left out, or one number (tcp, udp, sctp, dccp of iptables-extensions(8)). */
export function parsePorts(text: string): Interval | null {
  const match = /^(\d{0,5})(?:(:)(\d{0,5}))?$/.exec(text);
  if (!match || text === '') return null;
  const low = match[1] === '' ? 0n : BigInt(match[1] as string);
  const high = match[2] === undefined ? low : match[3] === '' ? 65_535n : BigInt(match[3] as string);
  return low <= high && high <= 65_535n ? [low, high] : null;
}

/** Ports of multiport: `22,80,443:445`. */
export function parsePortList(text: string): IntervalSet | null {
  const parts = text.split(',').map(parsePorts);
  return parts.every((part) => part !== null) ? normalize(parts) : null;
}

/** A range with a hyphen, or one value, of addresses (iprange, `--to-destination`). */
export function parseAddressRange(text: string, version: 4 | 6): Interval | null {
  const [first = '', second = first, ...more] = text.split('-');
  const low = parseAddress(first);
  const high = parseAddress(second);
  if (more.length > 0 || low?.version !== version || high?.version !== version) return null;
  return low.value <= high.value ? [low.value, high.value] : null;
}

function prefixLength(text: string, version: 4 | 6): number | null {
  const width = version === 4 ? 32 : 128;
  if (/^\d{1,3}$/.test(text)) return Number(text) <= width ? Number(text) : null;
  const mask = parseAddress(text);
  if (mask?.version !== version) return null;
  const inverse = ((1n << BigInt(width)) - 1n) ^ mask.value;
  // A mask with holes in it selects addresses that are no range.
  return (inverse & (inverse + 1n)) === 0n ? width - (inverse === 0n ? 0 : inverse.toString(2).length) : null;
}

/**
 * The addresses of `-s` or `-d`: one, a network with a prefix or mask, or several with commas.
 * @returns null for host names and for masks that are not a prefix
 */
export function parseNetworks(text: string, version: 4 | 6): IntervalSet | null {
  const networks: Interval[] = [];
  for (const part of text.split(',')) {
    const [first = '', second, ...more] = part.split('/');
    const address = parseAddress(first);
    const prefix = second === undefined ? (version === 4 ? 32 : 128) : prefixLength(second, version);
    if (more.length > 0 || address?.version !== version || prefix === null) return null;
    networks.push(prefixInterval(version, address.value, prefix));
  }
  return normalize(networks);
}
