import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import type { ConfigFiles } from './config-tree.ts';

/** Reading from the disk as OpenSSH would: no file that somebody else can write, nothing but plain files. */
export const configDisk: ConfigFiles = {
  async read(path, limit) {
    // A FIFO without a writer must not hold us up.
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
    const handle = await open(path, flags).catch((error: NodeJS.ErrnoException) => error);
    if (handle instanceof Error) {
      const { code } = handle;
      if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
      return { problem: `could not be read (${code ?? 'for an unknown reason'}).` };
    }
    try {
      const about = await handle.stat();
      if (!about.isFile()) return { problem: 'is no plain file.' };
      if (about.size > limit) return { problem: 'is longer than a megabyte and was left out.' };
      const own = process.getuid?.();
      // As readconf.c of OpenSSH asks before it believes a file of an account.
      if (own !== undefined && ((about.uid !== 0 && about.uid !== own) || (about.mode & 0o022) !== 0)) {
        return { problem: 'can be changed by other accounts: OpenSSH does not read such a file.' };
      }
      const buffer = Buffer.alloc(about.size);
      const { bytesRead } = await handle.read(buffer, 0, about.size, 0);
      return { text: buffer.toString('utf8', 0, bytesRead) };
    } catch {
      return { problem: 'could not be read.' };
    } finally {
      await handle.close();
    }
  },
  async list(folder) {
    const names = await readdir(folder).catch(() => []);
    return names.slice(0, 10_000);
  },
};
