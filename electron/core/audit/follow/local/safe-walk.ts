import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { type FileHandle, open, readlink } from 'node:fs/promises';

/**
 * open(2): a handle that names a file without opening it, so that no FIFO blocks and no device does anything. Node has no
 * name for it; the value is the same on x64 and arm64.
 */
const O_PATH = 0o10000000;
const NAMED = O_PATH | constants.O_NOFOLLOW;
/** As many as the kernel follows is 40 (path_resolution(7)); a log needs one or two. */
const MOST_LINKS = 16;
/** A tick of the slowest kernel clock is 10 ms. */
const CTIME_GRAIN_MS = 50;

/** What a path leads to. The handles name, and cannot read. */
export type Walked =
  | {
      kind: 'there';
      folderPath: string;
      folder: FileHandle;
      name: string;
      entry: FileHandle;
      stat: BigIntStats;
    }
  /** The folder is there and nothing of that name in it. */
  | { kind: 'nothing'; folderPath: string; folder: FileHandle; name: string }
  | { kind: 'no-folder'; path: string }
  | { kind: 'closed'; trouble: string }
  | { kind: 'refused'; trouble: string };

/** Who may have made a symbolic link that is followed: root, and the account of the console itself. */
function isTrusted(owner: bigint): boolean {
  return owner === 0n || owner === BigInt(process.getuid?.() ?? 0);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}

/**
 * A link is read by its name, which whoever may write to the folder can give to another link for that moment. Whatever does so renames or
 * removes the one that was looked at, which changes its ctime (inode(7)); one that was changed just now may have been changed twice
 * within the grain of that clock.
 */
async function isStill(folder: FileHandle, name: string, seen: BigIntStats): Promise<boolean> {
  if (Math.abs(Date.now() - Number(seen.ctimeMs)) < CTIME_GRAIN_MS) return false;
  const entry = await open(entryOf(folder, name), NAMED);
  try {
    const { ino, dev, ctimeNs } = await entry.stat({ bigint: true });
    return ino === seen.ino && dev === seen.dev && ctimeNs === seen.ctimeNs;
  } finally {
    await entry.close();
  }
}

/** @returns the name of an entry of an opened folder for system calls that take a path (proc_pid_fd(5)) */
export function entryOf(folder: FileHandle, name: string): string {
  return `/proc/self/fd/${folder.fd}/${name}`;
}

/**
 * Goes along a path one name at a time and holds what it has reached, so that nothing can be changed behind its back.
 * A symbolic link is followed when only root or this account can have made it: in a folder of the agent, a link to
 * `/etc/shadow` would otherwise carry it into the records.
 * @param path absolute
 * @returns handles that the caller closes
 */
export async function safeWalk(path: string): Promise<Walked> {
  let names = path.split('/').filter((name) => name !== '' && name !== '.');
  let folder = await open('/', O_PATH | constants.O_DIRECTORY);
  let folderPath = '';
  let links = 0;
  let entry: FileHandle | null = null;
  const give = async (result: Walked): Promise<Walked> => {
    if (result.kind !== 'there') await entry?.close();
    if (result.kind !== 'there' && result.kind !== 'nothing') await folder.close();
    return result;
  };
  try {
    for (;;) {
      const name = names.shift();
      if (name === undefined) return await give({ kind: 'refused', trouble: 'It is a folder, not a file.' });
      const here = `${folderPath}/${name}`;
      try {
        entry = await open(entryOf(folder, name), NAMED);
      } catch (error) {
        entry = null;
        const code = codeOf(error);
        if (code === 'EACCES') {
          const trouble = `${folderPath || '/'} cannot be entered by the console's account. It would help to let it read there.`;
          return await give({ kind: 'closed', trouble });
        }
        if (code === 'ENAMETOOLONG') return await give({ kind: 'refused', trouble: 'Its name is too long.' });
        if (code !== 'ENOENT' && code !== 'ENOTDIR') {
          return await give({ kind: 'refused', trouble: `${here} cannot be looked at (${code}).` });
        }
        if (names.length > 0) return await give({ kind: 'no-folder', path: here });
        return await give({ kind: 'nothing', folderPath: folderPath || '/', folder, name });
      }
      const stat = await entry.stat({ bigint: true });
      if (stat.isSymbolicLink()) {
        links += 1;
        if (links > MOST_LINKS)
          return await give({ kind: 'refused', trouble: `${path} is a loop of links.` });
        if (!isTrusted(stat.uid)) {
          const trouble = `${here} is a link that was made by uid ${stat.uid}, and could lead anywhere: it is not followed. Follow the file itself.`;
          return await give({ kind: 'refused', trouble });
        }
        const target = await readlink(entryOf(folder, name));
        if (!(await isStill(folder, name, stat))) {
          return await give({ kind: 'closed', trouble: `${here} is being replaced; looking again.` });
        }
        await entry.close();
        entry = null;
        if (target.startsWith('/')) {
          await folder.close();
          folder = await open('/', O_PATH | constants.O_DIRECTORY);
          folderPath = '';
        }
        names = [...target.split('/').filter((part) => part !== '' && part !== '.'), ...names];
      } else if (names.length === 0) {
        return await give({ kind: 'there', folderPath: folderPath || '/', folder, name, entry, stat });
      } else if (!stat.isDirectory()) {
        return await give({ kind: 'no-folder', path: here });
      } else {
        await folder.close();
        folder = entry;
        entry = null;
        folderPath = name === '..' ? folderPath.slice(0, Math.max(folderPath.lastIndexOf('/'), 0)) : here;
      }
    }
  } catch (error) {
    await entry?.close().catch(() => {});
    await folder.close().catch(() => {});
    return { kind: 'refused', trouble: `${path} cannot be looked at (${codeOf(error)}).` };
  }
}
