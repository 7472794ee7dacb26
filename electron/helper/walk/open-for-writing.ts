import { readdirSync, readFileSync, statSync } from 'node:fs';
import { statOf } from './descriptor.ts';

const WRITES = 0o3;

/**
 * A process that has a held file open for writing, or mapped so that it can write it, by its number; null when none has (proc(5):
 * fdinfo and maps). Owner and mode of the file do not matter to it any more. A descriptor that is on its way from one process to
 * another in a socket is not seen.
 */
export function writerOf(place: number): number | null {
  const { dev, ino } = statOf(place);
  const isIt = (path: string) => {
    const found = statSync(path, { bigint: true });
    return found.dev === dev && found.ino === ino;
  };
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map(Number).find((pid) => opens(pid, String(ino), isIt) || maps(pid, String(ino))) ?? null;
}

/** Runs what can fail because a process ended meanwhile. */
function unlessGone<T>(otherwise: T, look: () => T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}

function opens(pid: number, ino: string, isIt: (path: string) => boolean): boolean {
  const folder = `/proc/${pid}/fd`;
  const names = unlessGone<string[]>([], () => readdirSync(folder));
  return names.some((name) =>
    unlessGone(false, () => {
      const about = readFileSync(`/proc/${pid}/fdinfo/${name}`, 'latin1');
      const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(about)?.[1] ?? '0', 8);
      // The kernel names the inode since 5.14; where it does, no file system is asked that may hang.
      const named = /^ino:\s*(\d+)$/m.exec(about)?.[1] ?? ino;
      return (flags & WRITES) !== 0 && named === ino && isIt(`${folder}/${name}`);
    }),
  );
}

/** Shared mappings that may be written; device numbers there are those of the superblock, so the inode decides. */
function maps(pid: number, ino: string): boolean {
  const lines = unlessGone('', () => readFileSync(`/proc/${pid}/maps`, 'latin1')).split('\n');
  return lines.some((line) => /^\S+ .w.s \S+ \S+ (\d+) /.exec(line)?.[1] === ino);
}
