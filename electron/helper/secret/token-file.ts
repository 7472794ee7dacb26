import { createHash, createHmac } from 'node:crypto';
import { constants, fchmodSync, fchownSync, fsyncSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { syncFolder } from '../entry/work-folder.ts';
import type { Machine } from '../machine.ts';
import { writeAll } from '../record/durable.ts';
import { asRefused, codeOf, Refused } from '../refused.ts';
import { close, inFolder, openPlace, reopenForReading, statOf } from '../walk/descriptor.ts';
import { readUpTo } from '../walk/read-pieces.ts';
import { type Held, holdFolder } from '../walk/walk.ts';

/** mycoSwarm takes a secret of any length; nobody has one longer than this. */
const MOST_BYTES = 4_096;

/** A file that holds a secret, read through descriptors only. */
export interface TokenFile {
  bytes: Buffer;
  uid: number;
  gid: number;
  mode: number;
  changedAt: string;
}

/** The secret in a file's bytes, as mycoSwarm reads it. */
export const tokenIn = (bytes: Buffer): string => bytes.toString('utf8').trim();

/** What is compared instead of a secret: HMAC-SHA-256 (RFC 2104) of its text under a nonce. */
export function secretMac(token: string, nonce: string): string {
  return createHmac('sha256', Buffer.from(nonce, 'hex')).update(token, 'utf8').digest('hex');
}

export const hashOfBytes = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Runs with the folder of a path held; closes it in any case. */
export function withFolder<T>(
  machine: Machine,
  path: string,
  purpose: 'look' | 'change',
  use: (held: Held) => T,
): T {
  const held = holdFolder(machine, path, purpose);
  try {
    return use(held);
  } finally {
    close(held.folder);
  }
}

/** @returns the file of that name in a held folder; null when there is none. Refuses `unsafe-path` for anything but a plain file with one name. */
export function readTokenFile(held: Held, name: string): TokenFile | null {
  let place: number;
  try {
    place = openPlace(inFolder(held.folder, name));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw asRefused(thrown, held.path);
  }
  try {
    const found = statOf(place);
    if (found.isSymbolicLink())
      throw new Refused('unsafe-path', `${held.path} is a link, which is not followed.`);
    if (!found.isFile()) throw new Refused('unsafe-path', `${held.path} is no plain file.`);
    if (found.nlink !== 1n) throw new Refused('unsafe-path', `${held.path} has a second name somewhere.`);
    const opened = reopenForReading(place);
    try {
      const bytes = readUpTo(opened, MOST_BYTES);
      if (bytes === null) throw new Refused('unsafe-path', `${held.path} is too long to be a secret.`);
      return {
        bytes,
        uid: Number(found.uid),
        gid: Number(found.gid),
        mode: Number(found.mode & 0o7777n),
        changedAt: new Date(Number(found.mtimeNs / 1_000_000n)).toISOString(),
      };
    } finally {
      close(opened);
    }
  } finally {
    close(place);
  }
}

/**
 * Writes a secret beside its place: 0600 from its first byte, whole and durable when it returns. One of that name is taken away first.
 * A write that fails leaves nothing.
 */
export function writeBeside(
  held: Held,
  name: string,
  bytes: Uint8Array,
  owner: { uid: number; gid: number },
): void {
  removeBeside(held, name);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  let descriptor: number;
  try {
    descriptor = openSync(inFolder(held.folder, name), flags, 0o600);
  } catch (thrown) {
    throw asRefused(thrown, held.path);
  }
  try {
    fchmodSync(descriptor, 0o600);
    writeAll(descriptor, bytes);
    fchownSync(descriptor, owner.uid, owner.gid);
    fsyncSync(descriptor);
  } catch (thrown) {
    close(descriptor);
    removeBeside(held, name);
    throw asRefused(thrown, held.path);
  }
  close(descriptor);
  syncFolder(held.folder);
}

/** Takes a file beside the place away; none is fine. */
export function removeBeside(held: Held, name: string): void {
  try {
    unlinkSync(inFolder(held.folder, name));
    syncFolder(held.folder);
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw asRefused(thrown, held.path);
  }
}

/** One rename(2) and fsync(2) of the folder. */
export function putInPlace(held: Held, beside: string): void {
  renameSync(inFolder(held.folder, beside), inFolder(held.folder, held.name));
  syncFolder(held.folder);
}
