import type { SeenFile } from '../files/log-reach.ts';

/** What the loop says of a log and the files beside it. */
export interface Listing {
  state: 'yes' | 'missing' | 'closed' | 'linked';
  folder: string;
  base: string;
  /** `trouble`: why it is not followed; null for a regular file that may be. */
  files: { file: SeenFile; trouble: string | null }[];
}

const MOST_FILES = 1_024;
const LINE =
  /^(\d{1,20}) (\d{1,20}) (\d{1,15}) (-?\d{1,12})\.(\d{3}) (\S{1,20}) (\d{1,10}) (\d{1,10}) ([0-9a-f]{1,8}) \.\/([^/\n]{1,255})$/;

/** Type of a file in st_mode, in hexadecimal digits without the permissions (inode(7)). */
const KINDS: Readonly<Record<string, string>> = {
  1: 'It is a pipe (FIFO), not a file: it is not opened.',
  2: 'It is a device, not a file: it is not opened.',
  4: 'It is a folder, not a file.',
  6: 'It is a device, not a file: it is not opened.',
  a: 'It is a link, which is not followed here.',
  c: 'It is a socket, not a file.',
};

/**
 * Reads the answer to `list`. The node may say anything: what is no line of a listing is left out.
 * @param wanted what was asked for, in order
 */
export function readListings(body: Buffer, wanted: readonly { folder: string; base: string }[]): Listing[] {
  const listings: Listing[] = [];
  let folderOwner = 0;
  let current: Listing | null = null;
  for (const line of body.toString('utf8').split('\n')) {
    const head = /^= (yes|many|missing|closed|linked)(?: (\d{1,10}))?$/.exec(line);
    const next = wanted[listings.length];
    if (head && next) {
      const state = head[1] === 'many' ? 'yes' : (head[1] as Listing['state']);
      folderOwner = Number(head[2] ?? 0);
      current = { state, ...next, files: [] };
      listings.push(current);
      continue;
    }
    const found = LINE.exec(line);
    if (!found || !current || current.files.length >= MOST_FILES) continue;
    const [, device = '', inode = '', size, seconds, millis, born, owner, links, mode = '', name = ''] =
      found;
    if (name.includes('\ufffd') || name === '.' || name === '..') continue;
    const file: SeenFile = {
      folder: current.folder,
      name,
      device,
      inode,
      size: Number(size),
      modifiedAt: Number(`${seconds}${millis}`),
      // `-` or 0 where the file system does not say.
      bornAt: /^\d{1,12}\.\d{3}$/.test(born ?? '') ? Number((born ?? '').replace('.', '')) : 0,
      owner: Number(owner),
    };
    if (current.files.some((one) => one.file.name === name)) continue;
    const kind = mode.length === 4 ? (mode[0] ?? '') : mode.length === 3 ? '0' : '?';
    let trouble = kind === '8' ? null : (KINDS[kind] ?? 'It is not a file.');
    if (trouble === null && Number(links) > 1 && folderOwner !== 0 && folderOwner !== file.owner) {
      trouble = `It is another name of a file of uid ${file.owner} in a folder of uid ${folderOwner}, and could be any file: it is not followed.`;
    }
    current.files.push({ file, trouble });
  }
  return listings;
}
