import { closeSync, constants, fchmodSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/** fsync(2) of a folder by its path: names made in it survive a power cut. */
export function syncPath(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes all bytes of a buffer; write(2) may take fewer at a time. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(descriptor, bytes, at, bytes.length - at);
}

/**
 * Writes a file of the helper's own folder (0600 unless said) so that it is there whole or not at all: a file beside it, fsync, rename,
 * fsync of the folder. Errors are thrown as the kernel gives them.
 */
export function writeDurable(folder: string, name: string, bytes: Uint8Array | string, mode = 0o600): void {
  const beside = `${folder}/.${name}.new`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const descriptor = openSync(beside, flags, mode);
  try {
    fchmodSync(descriptor, mode);
    writeAll(descriptor, typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(beside, `${folder}/${name}`);
  syncPath(folder);
}
