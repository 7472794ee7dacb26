import { statfsSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { needProgram, refuseFailed, runProgram } from '../run/run-program.ts';
import { throughDescriptor } from '../walk/descriptor.ts';

/** Copying a workspace with models in it takes its time. */
const COPY_MS = 1_800_000;
/** Header, names, access lists and attributes of an entry in an archive, and what each archive may have besides. */
const ENTRY_ROOM = 16 * 1024;
const ARCHIVE_ROOM = 16 * 1024 * 1024;
/** What a copy leaves free at least, of a large disk and of a small one. */
const LEFT_FREE = 256 * 1024 * 1024;
const LEFT_FREE_PART = 20;

/** Group of those who read: no file that somebody lays in the tree is of it. (nogroup; setpriv(1) wants one.) */
const NO_GROUP = '65534';

/** How much there is to copy, as it was listed. */
export interface Amount {
  entries: number;
  bytes: number;
}

/** Bytes that may be written to the file system of a held folder: what is free, less what others need; null without a limit. */
function freeBytes(folder: number): number | null {
  const { bsize, blocks, bavail } = statfsSync(throughDescriptor(folder));
  if (blocks === 0) return null;
  return Math.max(0, bavail * bsize - Math.min(LEFT_FREE, (blocks * bsize) / LEFT_FREE_PART));
}

/**
 * Copies what is in one held folder into another: modes, times, attributes of users, links as links, one file system; everything
 * gets the new owner. File capabilities are left behind: their owner could change the file between the reading of both. Access
 * lists are taken along too, but not by a copy of root's, which nobody else may write. Both folders are held, and GNU tar walks relative to them without following links.
 * No more is read than was listed, and no more than leaves others room: whoever owns the tree may let it grow meanwhile. Refuses
 * `no-space`, `changed-since`, `read-only`, `program-failed`; what was copied until then is the caller's to remove.
 *
 * What lies in a tree can be another file than the one that was listed: its owner can move one there that only root may read. So
 * it is read with that owner's rights and no capability. Its real user stays root, so that the owner can neither trace it
 * (ptrace(2), access mode checking) nor put other words into the pipe.
 * @param reader uid whose rights are enough; 0 for a tree that root alone can change
 */
export function copyInto(
  machine: Machine,
  from: number,
  to: number,
  owner: { uid: number; gid: number },
  amount: Amount,
  reader: number,
): void {
  const shell = needProgram(machine, 'sh');
  const tar = needProgram(machine, 'tar');
  if (!/^\/[a-z/]+$/.test(tar)) throw new Refused('missing-tool', 'tar is not where it belongs.');
  const lists = owner.uid === 0 ? '' : '--acls --selinux';
  const keep = `--xattrs --xattrs-include="user.*" ${lists} --numeric-owner`;
  const head = needProgram(machine, 'head');
  if (!/^\/[a-z/]+$/.test(head)) throw new Refused('missing-tool', 'head is not where it belongs.');
  const setpriv = needProgram(machine, 'setpriv');
  if (!/^\/[a-z/]+$/.test(setpriv)) throw new Refused('missing-tool', 'setpriv is not where it belongs.');
  const reading = `${setpriv} --ruid 0 --euid "$4" --egid ${NO_GROUP} --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs`;
  const listed = amount.bytes + amount.entries * ENTRY_ROOM + ARCHIVE_ROOM;
  const free = freeBytes(to);
  const most = Math.floor(Math.min(listed, free ?? listed));
  // Constant text: a pipe between two programs is what a shell is for. The only values are four numbers, as arguments.
  const script = `
{ ${reader === 0 ? '' : reading} ${tar} --create --file=- --format=pax ${keep} --one-file-system --sparse --owner=":$1" --group=":$2" \\
    --directory=/proc/self/fd/3/. . || echo "reading ended with $?" >&2; } |
  ${head} -c "$3" |
  ${tar} --extract --file=- ${keep} --same-owner --preserve-permissions --delay-directory-restore \\
    --directory=/proc/self/fd/4/.
`;
  const end = runProgram(machine, {
    program: 'sh',
    arguments: ['-c', script, shell, String(owner.uid), String(owner.gid), String(most), String(reader)],
    descriptors: [from, to],
    timeoutMs: COPY_MS,
  });
  // SIGPIPE: there was more to read than that. Both halves say their words at once, so that one may stand in the middle of the other's line.
  if (/reading ended with 141\b/.test(end.errors) && /Unexpected EOF in archive/.test(end.errors))
    throw most < listed
      ? new Refused('no-space', 'There is not enough space left for a copy.')
      : new Refused('changed-since', 'What is to be copied grew while it was copied.');
  refuseFailed('sh', COPY_MS, end);
  // The reading half's own failure: its words or its status are all that is ever on standard error.
  if (end.errors.split('\n').some((line) => line.trim() !== '' && !/socket ignored/.test(line)))
    throw new Refused('program-failed', `tar could not copy everything: ${end.errors.trim().slice(0, 700)}`);
}
