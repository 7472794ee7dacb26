import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  opendirSync,
  openSync,
  readFileSync,
} from 'node:fs';

/** O_PATH of open(2): a descriptor that stands for a place and opens nothing. Node names no constant for it. */
export const O_PATH = 0o10000000;

/** The path by which the kernel reaches an open descriptor, also through system calls that only take paths (proc(5)). */
export function throughDescriptor(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/** A name inside an open folder: the nearest to openat(2) that Node has. `name` is one component. */
export function inFolder(folder: number, name: string): string {
  return `/proc/self/fd/${folder}/${name}`;
}

/** Opens a place without following a link in its last component, and without opening what is there. */
export function openPlace(path: string): number {
  return openSync(path, O_PATH | constants.O_NOFOLLOW);
}

/** Opens a folder for holding it; a link or anything else fails with ENOTDIR. */
export function openFolder(path: string | Buffer): number {
  return openSync(path, O_PATH | constants.O_NOFOLLOW | constants.O_DIRECTORY);
}

/** Opens what a held place is for reading. Never blocks on a FIFO, never becomes a controlling terminal. */
export function reopenForReading(descriptor: number): number {
  return openSync(
    throughDescriptor(descriptor),
    constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY,
  );
}

/** fstat(2) with nanoseconds and 64-bit inode numbers. */
export function statOf(descriptor: number): BigIntStats {
  return fstatSync(descriptor, { bigint: true });
}

/**
 * Names the mount that a held place is on (fdinfo of proc(5)). Device numbers do not: on overlayfs files and folders of one
 * mount differ in theirs, and a bind mount shares its own.
 */
export function mountOf(descriptor: number): string {
  const mount = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1];
  if (mount === undefined) throw new Error('The kernel does not name the mount of a descriptor');
  return mount;
}

/** Closes in any case; a descriptor that is closed already is no error. */
export function close(...descriptors: readonly (number | null)[]): void {
  for (const descriptor of descriptors) {
    try {
      if (descriptor !== null) closeSync(descriptor);
    } catch {
      // It is closed either way.
    }
  }
}

/** Names in a held folder as bytes, read piece by piece: a folder may list more than fits into memory. */
export function* namesIn(folder: number): Generator<Buffer> {
  for (const entry of entriesIn(folder)) yield entry.name;
}

/** Whether nothing lies in a held folder. */
export function isEmpty(folder: number): boolean {
  for (const _name of namesIn(folder)) return false;
  return true;
}

/** As `namesIn`, with what the folder says of the kind: whoever may write there can have swapped it since. */
export function* entriesIn(folder: number): Generator<{ name: Buffer; isFolder: boolean }> {
  // The types know no `buffer` here, which Node takes as everywhere else.
  const listing = opendirSync(throughDescriptor(folder), { encoding: 'buffer' as BufferEncoding });
  try {
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync())
      yield { name: entry.name as unknown as Buffer, isFolder: entry.isDirectory() };
  } finally {
    listing.closeSync();
  }
}
