import type { BigIntStats, Dirent } from 'node:fs';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, opendir } from 'node:fs/promises';
import {
  type LogReach,
  LogTrouble,
  type Look,
  MOST_ROTATED,
  type OpenLog,
  type SeenFile,
} from '../files/log-reach.ts';
import { rotatedName } from '../files/rotated-names.ts';
import { isSameFile } from '../files/same-file.ts';
import { FolderWatches } from './folder-watches.ts';
import { matchingPaths } from './matching-paths.ts';
import { entryOf, safeWalk } from './safe-walk.ts';

/** Entries of a folder that are looked through for rotated files; an agent may fill its own with millions. */
const MOST_ENTRIES = 50_000;

function seenFile(folder: string, name: string, stat: BigIntStats): SeenFile {
  return {
    folder,
    name,
    device: String(stat.dev),
    inode: String(stat.ino),
    size: Number(stat.size),
    modifiedAt: Number(stat.mtimeMs),
    bornAt: Math.max(0, Number(stat.birthtimeMs)),
    owner: Number(stat.uid),
  };
}

/** Why something that is no regular file is not followed. */
function kindTrouble(stat: BigIntStats): string | null {
  if (stat.isFile()) return null;
  if (stat.isDirectory()) return 'It is a folder, not a file.';
  if (stat.isFIFO()) return 'It is a pipe (FIFO), not a file: it is not opened.';
  if (stat.isCharacterDevice() || stat.isBlockDevice())
    return 'It is a device, not a file: it is not opened.';
  return stat.isSocket() ? 'It is a socket, not a file.' : 'It is not a file.';
}

/**
 * A second name (hard link) of somebody else's file could have been put there by the agent where the kernel does not forbid
 * it (fs.protected_hardlinks, proc_sys_fs(5)), and would carry that file into the records.
 */
async function linkTrouble(folder: FileHandle, stat: BigIntStats): Promise<string | null> {
  if (stat.nlink <= 1n) return null;
  const { uid } = await folder.stat({ bigint: true });
  if (uid === 0n || uid === stat.uid) return null;
  return `It is another name of a file of uid ${stat.uid} in a folder of uid ${uid}, and could be any file: it is not followed.`;
}

function openTrouble(error: unknown, stat: BigIntStats): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code !== 'EACCES' && code !== 'EPERM') return `It cannot be opened (${code}).`;
  const mode = (Number(stat.mode) & 0o7777).toString(8).padStart(4, '0');
  return `It belongs to uid ${stat.uid}, group ${stat.gid}, mode ${mode}: the console's account may not read it. It would help to add that account to the group, or to give it an ACL.`;
}

class LocalLog implements OpenLog {
  readonly #file: SeenFile;
  readonly #handle: FileHandle;
  #buffer = Buffer.alloc(0);

  constructor(file: SeenFile, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    try {
      // A buffer for each read would be garbage faster than it is collected; a large one is not kept by a quiet log.
      const fits = this.#buffer.length >= length && this.#buffer.length <= length * 4;
      if (!fits) this.#buffer = Buffer.allocUnsafeSlow(length);
      const { bytesRead } = await this.#handle.read(this.#buffer, 0, length, offset);
      return this.#buffer.subarray(0, bytesRead);
    } catch (error) {
      throw new LogTrouble(
        `It cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      );
    }
  }

  async look(): Promise<SeenFile> {
    try {
      return seenFile(this.#file.folder, this.#file.name, await this.#handle.stat({ bigint: true }));
    } catch (error) {
      throw new LogTrouble(
        `It cannot be looked at (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      );
    }
  }

  async close(): Promise<void> {
    await this.#handle.close().catch(() => {});
  }
}

/** The files of this computer, under the console's own account. Linux only: it needs /proc. */
export class LocalReach implements LogReach {
  readonly #watches = new FolderWatches();

  async look(path: string): Promise<Look> {
    const walked = await safeWalk(path);
    if (walked.kind === 'refused') return { kind: 'refused', trouble: walked.trouble };
    if (walked.kind === 'closed') return { kind: 'missing', trouble: walked.trouble };
    if (walked.kind === 'no-folder') {
      return { kind: 'missing', trouble: `${walked.path} is not there; waiting for it.` };
    }
    try {
      if (walked.kind === 'nothing')
        return { kind: 'missing', trouble: 'It is not there yet; waiting for it.' };
      const trouble = kindTrouble(walked.stat) ?? (await linkTrouble(walked.folder, walked.stat));
      if (trouble !== null) return { kind: 'refused', trouble };
      return { kind: 'file', file: seenFile(walked.folderPath, walked.name, walked.stat) };
    } finally {
      await walked.folder.close().catch(() => {});
      if (walked.kind === 'there') await walked.entry.close().catch(() => {});
    }
  }

  async rotated(folder: string, base: string): Promise<SeenFile[]> {
    const walked = await safeWalk(`${folder}/${base}`);
    if (walked.kind !== 'there' && walked.kind !== 'nothing') return [];
    try {
      if (walked.kind === 'there') await walked.entry.close();
      const names = await namesIn(walked.folder, base);
      const found: SeenFile[] = [];
      for (const name of names.slice(0, MOST_ROTATED)) {
        const stat = await lstat(entryOf(walked.folder, name), { bigint: true }).catch(() => null);
        if (stat?.isFile() && (await linkTrouble(walked.folder, stat)) === null)
          found.push(seenFile(walked.folderPath, name, stat));
      }
      return found;
    } finally {
      await walked.folder.close().catch(() => {});
    }
  }

  async open(file: SeenFile): Promise<OpenLog | null> {
    const walked = await safeWalk(`${file.folder}/${file.name}`);
    if (walked.kind === 'refused' || walked.kind === 'closed') throw new LogTrouble(walked.trouble);
    if (walked.kind === 'no-folder') return null;
    try {
      if (walked.kind === 'nothing') return null;
      const { stat, entry } = walked;
      if (!stat.isFile() || !isSameFile(seenFile(file.folder, file.name, stat), file)) return null;
      const trouble = await linkTrouble(walked.folder, stat);
      if (trouble !== null) throw new LogTrouble(trouble);
      try {
        // The very file that was looked at, whatever its name leads to by now.
        const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
        const handle = await open(`/proc/self/fd/${entry.fd}`, flags);
        return new LocalLog(file, handle);
      } catch (error) {
        throw new LogTrouble(openTrouble(error, stat));
      }
    } finally {
      await walked.folder.close().catch(() => {});
      if (walked.kind === 'there') await walked.entry.close().catch(() => {});
    }
  }

  matches(pattern: string, most: number): Promise<{ paths: string[]; more: boolean }> {
    return matchingPaths(pattern, most);
  }

  onChange(path: string, wake: () => void): { pollMs: () => number; stop: () => void } {
    return this.#watches.watch(path, wake);
  }
}

async function namesIn(folder: FileHandle, base: string): Promise<string[]> {
  const names: string[] = [];
  let seen = 0;
  try {
    const entries: AsyncIterable<Dirent> = await opendir(`/proc/self/fd/${folder.fd}`, { bufferSize: 256 });
    for await (const { name } of entries) {
      seen += 1;
      if (seen > MOST_ENTRIES) break;
      if (rotatedName(base, name)) names.push(name);
    }
  } catch {
    // A folder that may be entered and not listed: its rotated files cannot be found, which becomes a gap when one is missed.
  }
  return names;
}
