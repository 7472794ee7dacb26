import type { ListeningSocket } from '#shared/domain/facts/network.ts';
import { readId } from '../../script/ids.ts';
import { unitOfPath } from '../processes/cgroup.ts';

/** A socket before its owner is known. */
export interface BareSocket extends Omit<ListeningSocket, 'user' | 'pids' | 'processName'> {
  inode: string;
}

const LINE =
  /^(tcp|udp)\s+(?:LISTEN|UNCONN)\s+[0-9]+\s+[0-9]+\s+(\S+):([0-9]{1,5}|\*)\s+\S+\s+(?:timer:\(\S*\)\s+)?(?:uid:([0-9]{1,10})\s+)?ino:([0-9]{1,20})\s+sk:[0-9a-f]+(.*)$/;
const ADDRESS = /^(\*|\[[0-9a-fA-F:.]+\]|[0-9.]+)(?:%(\S{1,64}))?$/;
/** `[fe80::1%eth0]`: how older versions write the interface. */
const INNER_INTERFACE = /^\[([0-9a-fA-F:.]+)%([^\]\s]{1,64})\]$/;

function readAddress(text: string): { address: string; family: 4 | 6; interface: string | null } | null {
  const inner = INNER_INTERFACE.exec(text);
  if (inner) return { address: inner[1] ?? '', family: 6, interface: inner[2] ?? null };
  const match = ADDRESS.exec(text);
  if (!match) return null;
  const word = match[1] ?? '';
  if (word === '*') return { address: '::', family: 6, interface: match[2] ?? null };
  if (word.startsWith('[')) return { address: word.slice(1, -1), family: 6, interface: match[2] ?? null };
  return { address: word, family: 4, interface: match[2] ?? null };
}

/**
 * Reads `ss -Hltune` (ss(8)). Fields after `sk:` hold the path of a control group, which an account can name as it likes
 * inside its own part of the tree: nothing but that path, and `v6only` from the very end, is taken from there.
 */
export function readSs(text: string): BareSocket[] {
  const sockets: BareSocket[] = [];
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    const where = match ? readAddress(match[2] ?? '') : null;
    if (!match || !where) continue;
    const rest = match[6] ?? '';
    const only = / v6only:([01]) <->\s*$/.exec(rest)?.[1];
    const path = /^ cgroup:(.*?)(?: v6only:[01])? <->\s*$/.exec(rest)?.[1];
    const port = match[3] === '*' ? 0 : Number(match[3]);
    const uid = readId(match[4] ?? '0'); // ss leaves the uid of root out
    if (port > 65_535 || uid === null) continue;
    sockets.push({
      family: where.family,
      protocol: match[1] === 'udp' ? 'udp' : 'tcp',
      address: where.address,
      port,
      interface: where.interface,
      uid,
      // `*` is how ss writes an IPv6 socket that takes IPv4 as well.
      ipv6Only:
        where.address !== '::' ? null : only !== undefined ? only === '1' : match[2] === '*' ? false : null,
      unit: path === undefined ? null : unitOfPath(path),
      raw: line.trim().slice(0, 4_096),
      inode: match[5] ?? '',
    });
  }
  return sockets;
}
