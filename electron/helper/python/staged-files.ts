import { createHash } from 'node:crypto';
import { closeSync, constants, fchmodSync, fchownSync, openSync } from 'node:fs';
import { z } from 'zod';
import { sha256 } from '#shared/domain/helper/targets.ts';
import { writeAll } from '../record/durable.ts';
import { Refused } from '../refused.ts';
import { close, inFolder, openFolder, reopenForReading } from '../walk/descriptor.ts';
import { readPieces } from '../walk/read-pieces.ts';
import { kindOf, visitTree } from '../walk/tree.ts';
import { type EnvironmentList, shown } from './environment.ts';

const MOST_ENTRIES = 60_000;
const MOST_BYTES = 1024 * 1024 * 1024;

/** A folder or file that an upgrade puts into an environment: relative name, mode, and of files size and SHA-256. */
export const addedEntry = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('folder'), relative: z.string().max(4_096), mode: z.int() }),
  z.strictObject({
    kind: z.literal('file'),
    relative: z.string().max(4_096),
    mode: z.int(),
    size: z.int(),
    sha256,
  }),
]);
export type AddedEntry = z.infer<typeof addedEntry>;

/** Whose files of an environment are, and how far its folders are open to others. */
export interface Given {
  uid: number;
  gid: number;
  /** Mode of the folder of packages: nothing in it is open further. */
  open: number;
}

/**
 * Takes over what pip unpacked: checks each entry, copies files to `into` under numbers, in the order of the answer, with the owner
 * and mode that they will have. Refuses `unsafe-path` for anything but plain files and folders of that environment.
 * @param stage folder below which the environment's own path begins
 * @param into a held folder that nobody else can enter
 */
export function takeOver(
  stage: string,
  root: string,
  list: EnvironmentList,
  given: Given,
  into: number,
): AddedEntry[] {
  const added: AddedEntry[] = [];
  const base = root.slice(1);
  let bytes = 0;
  let files = 0;
  const top = openFolder(stage);
  try {
    visitTree(top, ({ relative, place, stat }) => {
      const kind = kindOf(stat);
      if (kind === 'd' && (relative === '' || base === relative || base.startsWith(`${relative}/`))) return;
      if (!relative.startsWith(`${base}/`) || (kind !== 'd' && (kind !== 'f' || stat.nlink !== 1n)))
        throw new Refused('unsafe-path', `The package brings ${shown(relative)}, which is not put in place.`);
      const inside = settledName(relative.slice(base.length + 1), list);
      if (inside === null) return;
      if (added.length >= MOST_ENTRIES)
        throw new Refused('unsafe-path', 'The packages bring too many files.');
      if (kind === 'd') {
        added.push({ kind: 'folder', relative: inside, mode: 0o755 & given.open });
        return;
      }
      bytes += Number(stat.size);
      if (bytes > MOST_BYTES) throw new Refused('unsafe-path', 'The packages bring more than 1 GiB.');
      const mode = ((stat.mode & 0o111n) === 0n ? 0o644 : 0o755) & (given.open | 0o600);
      added.push({
        kind: 'file',
        relative: inside,
        mode,
        ...copied(place, into, files, given, mode, Number(stat.size)),
      });
      files += 1;
    });
  } finally {
    close(top);
  }
  return added;
}

/** lib64 is a link to lib in a virtual environment, and both names are one folder. */
function settledName(relative: string, list: EnvironmentList): string | null {
  if (list.get('lib64')?.[1] !== 'l') return relative;
  if (relative === 'lib64') return null;
  return relative.startsWith('lib64/') ? `lib/${relative.slice(6)}` : relative;
}

function copied(
  place: number,
  into: number,
  number: number,
  { uid, gid }: Given,
  mode: number,
  most: number,
): { size: number; sha256: string } {
  const hash = createHash('sha256');
  const opened = reopenForReading(place);
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const made = openSync(inFolder(into, String(number)), flags, 0o600);
    try {
      const size = readPieces(opened, most, 'A file that pip unpacked', (piece) => {
        hash.update(piece);
        writeAll(made, piece);
      });
      fchownSync(made, uid, gid);
      fchmodSync(made, mode);
      return { size, sha256: hash.digest('hex') };
    } finally {
      closeSync(made);
    }
  } finally {
    close(opened);
  }
}
