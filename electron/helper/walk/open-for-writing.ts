import { type BigIntStats, readdirSync, readFileSync, statSync } from 'node:fs';
import { Refused } from '../refused.ts';

const WRITES = 0o3;
/** An account may have millions of descriptors: looking at them must not hold the node. */
const MOST_MS = 60_000;

/** Names a file while it is there: device and inode. */
export const fileKey = ({ dev, ino }: BigIntStats) => `${dev}:${ino}`;

/**
 * A process that has one of these files open for writing, or mapped so that it can write it (proc(5): fdinfo and maps), and which
 * file; null when none has. Owner and mode of the file do not matter to it any more. A descriptor that is on its way from one
 * process to another in a socket is not seen. Refuses `timed-out` when there are more of them than can be looked at.
 */
export function writerOf(files: ReadonlySet<string>, mostMs = MOST_MS): { pid: number; file: string } | null {
  if (files.size === 0) return null;
  const inodes = new Set([...files].map((key) => key.slice(key.indexOf(':') + 1)));
  const keyOf = (path: string) => fileKey(statSync(path, { bigint: true }));
  const until = performance.now() + mostMs;
  const goOn = () => {
    if (performance.now() > until)
      throw new Refused(
        'timed-out',
        'There are too many open files to see in time whether somebody has one of these open for writing.',
      );
  };
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    goOn();
    for (const path of [...opened(pid, inodes, goOn), ...mapped(pid, inodes)]) {
      const file = unlessGone(null, () => keyOf(path));
      if (file !== null && files.has(file)) return { pid: Number(pid), file };
    }
  }
  return null;
}

/** Runs what can fail because a process ended meanwhile. */
function unlessGone<T>(otherwise: T, look: () => T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}

function opened(pid: string, inodes: ReadonlySet<string>, goOn: () => void): string[] {
  const names = unlessGone<string[]>([], () => readdirSync(`/proc/${pid}/fd`));
  return names
    .filter((name) => {
      goOn();
      return unlessGone(false, () => {
        const about = readFileSync(`/proc/${pid}/fdinfo/${name}`, 'latin1');
        const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(about)?.[1] ?? '0', 8);
        // The kernel names the inode since 5.14; where it does, no file system is asked that may hang.
        const inode = /^ino:\s*(\d+)$/m.exec(about)?.[1];
        return (flags & WRITES) !== 0 && (inode === undefined || inodes.has(inode));
      });
    })
    .map((name) => `/proc/${pid}/fd/${name}`);
}

/** Shared mappings that may be written. */
function mapped(pid: string, inodes: ReadonlySet<string>): string[] {
  const lines = unlessGone('', () => readFileSync(`/proc/${pid}/maps`, 'latin1')).split('\n');
  return lines.flatMap((line) => {
    const [, range, inode] = /^(\S+) .w.s \S+ \S+ (\d+) /.exec(line) ?? [];
    if (range === undefined || inode === undefined || !inodes.has(inode)) return [];
    // The kernel writes these names without leading zeros (proc(5)).
    const bounds = range.split('-').map((bound) => bound.replace(/^0+(?=.)/, ''));
    return [`/proc/${pid}/map_files/${bounds.join('-')}`];
  });
}
