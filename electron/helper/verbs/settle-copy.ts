import { chmodSync } from 'node:fs';
import { readPlace } from '../entry/read-entry.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { throughDescriptor } from '../walk/descriptor.ts';
import { kindOf, visitTree } from '../walk/tree.ts';
import { refuseLinksOut } from './copied-links.ts';
import { SPECIAL_BITS } from './special-bits.ts';

/** What a copy becomes: its owner, and mode bits taken away and given. */
export interface Settled {
  uid: number;
  gid: number;
  takeBits: number;
  giveBits: number;
}

const WRITTEN_BY_OTHERS = 0o022;

/**
 * Makes a held copy what it will be while nobody but root can reach it: no file is setuid or setgid, bits are taken and given (the
 * right to execute only to what its owner could execute), and a copy of root's can be written by nobody else. Refuses
 * `program-failed` when it has other owners or an access list, `unsafe-path` for pipes, sockets and links that lead out.
 */
export function settleCopy(machine: Machine, top: number, path: string, to: Settled): void {
  const takeBits = to.uid === 0 ? to.takeBits | WRITTEN_BY_OTHERS : to.takeBits;
  const giveBits = to.uid === 0 ? to.giveBits & ~WRITTEN_BY_OTHERS : to.giveBits;
  visitTree(top, (entry) => {
    const { place, stat, relative } = entry;
    if (Number(stat.uid) !== to.uid || Number(stat.gid) !== to.gid)
      throw new Refused('program-failed', 'tar did not give everything its new owner. The copy was removed.');
    const kind = kindOf(stat);
    if (kind === 'l') return;
    if (kind !== 'f' && kind !== 'd')
      throw new Refused('unsafe-path', `${path}/${relative} is neither file nor folder.`);
    const mode = Number(stat.mode & 0o7777n);
    const given = kind === 'd' || (mode & 0o100) !== 0 ? giveBits : giveBits & ~0o111;
    const settled = ((mode & ~takeBits) | given) & ~(kind === 'f' ? SPECIAL_BITS : 0);
    if (settled !== mode) chmodSync(throughDescriptor(place), settled);
  });
  if (to.uid !== 0) return;
  const { state } = readPlace(machine, top, false, path);
  // Handed on by the folder in which the copy was made: who is named there could write what is made in the copy later.
  if (state.kind === 'directory' && (state.accessList !== null || state.defaultList !== null))
    throw new Refused('unsafe-path', `The folder of ${path} hands on an access list. Nothing was copied.`);
  refuseLinksOut(machine, top, path);
}
