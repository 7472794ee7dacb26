import { z } from 'zod';
import type { HuntHit } from '#shared/domain/incident/hunt.ts';
import { shortened, visible } from '#shared/domain/text.ts';

const isIPv4 = (text: string): boolean => z.ipv4().safeParse(text).success;
const isIPv6 = (text: string): boolean => z.ipv6().safeParse(text).success;

/** @returns an address in the one form that it is compared in (RFC 5952; IPv4 within IPv6 as IPv4), or null when it is none */
export function plainAddress(text: string): string | null {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const mapped = /^::ffff:([0-9.]{7,15})$/i.exec(bare)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (isIPv4(bare)) return bare;
  return isIPv6(bare) ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : null;
}

const shown = (line: string): string => shortened(visible(line.replace(/\s+/g, ' ').trim()), 4_096);

/**
 * Names and addresses that mean the same on a node, by its own list of hosts (hosts(5)).
 * @returns lines of that list in which the destination stands, and all addresses to look for
 */
export function inHosts(text: string, destination: string): { hits: HuntHit[]; addresses: Set<string> } {
  const addresses = new Set<string>();
  const own = plainAddress(destination);
  if (own !== null) addresses.add(own);
  const hits: HuntHit[] = [];
  for (const line of text.split('\n').slice(0, 10_000)) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const plain = plainAddress(address ?? '');
    if (plain === null) continue;
    const named = names.some((name) => name.toLowerCase() === destination.toLowerCase());
    if (named) addresses.add(plain);
    if (named || plain === own)
      hits.push({
        seen: 'hosts-file',
        what: shown(line),
        detail: 'In the list of names of the node.',
        at: null,
      });
  }
  return { hits, addresses };
}

/**
 * @param text what `ss -Htunapo` printed: hostile
 * @returns connections to or from one of the addresses, and how many lines there were
 */
export function inSockets(text: string, addresses: ReadonlySet<string>): { hits: HuntHit[]; lines: number } {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 50_000);
  const hits = lines.flatMap((line): HuntHit[] => {
    const words = line.trim().split(/\s+/);
    const peer = plainAddress((words[5] ?? '').replace(/:[^:\]]*$/, ''));
    if (peer === null || !addresses.has(peer)) return [];
    return [
      {
        seen: 'socket',
        what: shown(line),
        detail: 'A connection that was there when it was looked.',
        at: null,
      },
    ];
  });
  return { hits, lines: lines.length };
}

/** @param text lines of conntrack @returns flows to or from one of the addresses, and how many lines there were */
export function inTracked(text: string, addresses: ReadonlySet<string>): { hits: HuntHit[]; lines: number } {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 50_000);
  const hits = lines.flatMap((line): HuntHit[] => {
    const ends = [...line.matchAll(/\b(?:src|dst)=(\S{2,64})/g)].map((match) => plainAddress(match[1] ?? ''));
    if (!ends.some((end) => end !== null && addresses.has(end))) return [];
    return [
      {
        seen: 'socket',
        what: shown(line),
        detail: 'A flow that the kernel of the node remembers.',
        at: null,
      },
    ];
  });
  return { hits, lines: lines.length };
}
