import { createHash } from 'node:crypto';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { close, reopenForReading, statOf } from '../walk/descriptor.ts';
import { type Held, holdTarget } from '../walk/walk.ts';
import { archiveOf, MAX_KEPT_BYTES } from './archive.ts';
import type { EntryState } from './entry-state.ts';
import { type PaxEntry, readPaxEntry } from './pax-header.ts';

/** What is at a target, and for `contents` its archive, which can bring it back whole. */
export interface ReadEntry {
  state: EntryState;
  archive: Buffer | null;
}

/**
 * Reads all that a held target is. With `contents` its bytes too (64 MiB at most), else only whose it is and who may do
 * what with it. Links, devices, sockets and FIFOs are named and never opened. Refuses `changed-since` when it changed
 * while it was read.
 */
export function readEntry(machine: Machine, held: Held, contents: boolean): ReadEntry {
  const place = holdTarget(held);
  if (place === null) return { state: { kind: 'absent' }, archive: null };
  try {
    return readPlace(machine, place, contents, held.path);
  } finally {
    close(place);
  }
}

/** As `readEntry`, for a place that is held itself. `path` is for messages. */
export function readPlace(machine: Machine, place: number, contents: boolean, path: string): ReadEntry {
  const before = statOf(place);
  const identity = `${before.dev}:${before.ino}`;
  if (!before.isFile() && !before.isDirectory()) {
    const what = before.isSymbolicLink()
      ? 'link'
      : before.isSocket()
        ? 'socket'
        : before.isFIFO()
          ? 'fifo'
          : 'device';
    return { state: { kind: 'other', what, uid: Number(before.uid), identity }, archive: null };
  }
  if (contents && before.isFile() && before.size > BigInt(MAX_KEPT_BYTES))
    throw new Refused('unsafe-path', `${path} is larger than an undo record may be (64 MiB).`);
  const opened = reopenForReading(place);
  try {
    const archive = archiveOf(machine, opened, contents);
    const entry = readPaxEntry(archive);
    const after = statOf(place);
    const same =
      before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs && before.size === after.size;
    if (entry === null) throw new Refused('program-failed', `What tar says of ${path} cannot be read.`);
    if (contents && !same)
      throw new Refused('changed-since', `${path} is being changed by somebody else just now.`);
    const common = {
      uid: Number(after.uid),
      gid: Number(after.gid),
      mode: Number(after.mode & 0o7777n),
      modified: nanoseconds(after.mtimeNs),
      accessList: entry.accessList,
      attributes: entry.attributes,
      identity,
    };
    if (before.isDirectory())
      return { state: { kind: 'directory', ...common, defaultList: entry.defaultList }, archive };
    const size = Number(after.size);
    return {
      state: {
        kind: 'file',
        ...common,
        size,
        sha256: contents ? contentsHash(archive, entry, size, path) : null,
        links: Number(after.nlink),
      },
      archive,
    };
  } finally {
    close(opened);
  }
}

function nanoseconds(time: bigint): string {
  const whole = time / 1_000_000_000n;
  return `${whole}.${String(time - whole * 1_000_000_000n).padStart(9, '0')}`;
}

function contentsHash(archive: Buffer, entry: PaxEntry, size: number, path: string): string {
  const bytes = archive.subarray(entry.contentsAt, entry.contentsAt + size);
  if (entry.type !== '0' || entry.size !== size || bytes.length !== size)
    throw new Refused('changed-since', `${path} is being changed by somebody else just now.`);
  return createHash('sha256').update(bytes).digest('hex');
}
