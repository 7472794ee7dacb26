import type { MycoswarmFacts } from '#shared/domain/facts/software.ts';
import { addressFamilyOf } from '../../script/addresses.ts';

type Peer = MycoswarmFacts['peersSeen'][number];

/** Names in the words of avahi-browse -p: `\DDD` for bytes that are not plain. */
function unescapeAvahi(text: string): string {
  return text.replace(/\\(\d{3})/g, (_all, digits: string) => String.fromCharCode(Number(digits) & 255));
}

/** `=;eth0;IPv4;NAME;_mycoswarm._tcp;local;HOST;ADDRESS;PORT;TXT` from the cache of avahi. */
export function readAnnounced(text: string): Peer[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(';');
    const address = fields[7] ?? '';
    if (fields[0] !== '=' || addressFamilyOf(address) === 0) return [];
    return [{ name: unescapeAvahi(fields[3] ?? '').slice(0, 256), address, source: 'mDNS' }];
  });
}

/** `ss -Htn`: the fifth column is the peer. */
export function readConnected(text: string): Peer[] {
  return text.split('\n').flatMap((line) => {
    const peer = line.trim().split(/\s+/).at(-1) ?? '';
    const address = peer
      .replace(/:\d+$/, '')
      .replace(/^\[|\]$/g, '')
      .replace(/%.*$/, '');
    return addressFamilyOf(address) === 0 || address.startsWith('127.') || address === '::1'
      ? []
      : [{ name: '', address, source: 'connection' }];
  });
}

/**
 * Log lines in which a peer is named with its address. An announcer can put anything into them (a line end too), so a name
 * is taken as text to show and nothing else.
 */
export function readLogged(text: string): Peer[] {
  return text.split('\n').flatMap((line) => {
    const match = /(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]{2,45}\])(?::\d{1,5})?/.exec(line);
    const address = match?.[1]?.replace(/^\[|\]$/g, '') ?? '';
    if (!match || addressFamilyOf(address) === 0 || address.startsWith('127.') || address === '0.0.0.0')
      return [];
    const name = /([\w.-]{1,128})\s*(?:at|@|\()\s*$/.exec(line.slice(0, match.index))?.[1] ?? '';
    return [{ name, address, source: 'journal' }];
  });
}

/** One entry per name, address and source. */
export function uniquePeers(peers: readonly Peer[]): Peer[] {
  return [...new Map(peers.map((peer) => [JSON.stringify(peer), peer])).values()].slice(0, 1_024);
}
