import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { HASH_NAME } from '#shared/domain/helper/installation.ts';
import { sha256 } from '#shared/domain/helper/targets.ts';
import type { Machine } from './machine.ts';
import { bootId } from './record/clock.ts';
import { writeDurable } from './record/durable.ts';
import { fileHash } from './self-check.ts';

const known = z.strictObject({ file: z.string().max(4_096), as: z.string().max(256), sha256 });

const MOST_BYTES = 8_192;
/** A file that was changed so lately may be changed once more without another time (inode(7): times have a granularity). */
const SETTLED_NS = 2_000_000_000n;

/**
 * SHA-256 of a large file of our own, which may lie nowhere that somebody else than root can change. Once in every boot it
 * is read; then its hash is known by device, inode, size and both times, of which nobody sets the second (inode(7), ctime).
 * What is known lies beside the helper, where only root writes; root alone notes it.
 */
export function knownHash(machine: Pick<Machine, 'ownFolder'>, path: string): string {
  const before = identityOf(path);
  const noted = readNoted(machine.ownFolder);
  if (noted?.file === path && noted.as === before.words) return noted.sha256;
  const hash = fileHash(path);
  const isSettled = BigInt(Date.now()) * 1_000_000n - before.changedAt > SETTLED_NS;
  if (isSettled && process.geteuid?.() === 0 && identityOf(path).words === before.words)
    note(machine.ownFolder, { file: path, as: before.words, sha256: hash });
  return hash;
}

function identityOf(path: string): { words: string; changedAt: bigint } {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(descriptor, { bigint: true });
    return { words: [bootId(), dev, ino, size, mtimeNs, ctimeNs].join(' '), changedAt: ctimeNs };
  } finally {
    closeSync(descriptor);
  }
}

/** What is noted; null when nothing is, or when somebody else than root could have written it. */
function readNoted(folder: string): z.infer<typeof known> | null {
  let descriptor: number | null = null;
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    descriptor = openSync(`${folder}/${HASH_NAME}`, flags);
    const found = fstatSync(descriptor);
    const isOurs = found.isFile() && found.uid === 0 && (found.mode & 0o022) === 0;
    if (!isOurs || found.size > MOST_BYTES) return null;
    return known.parse(JSON.parse(readFileSync(descriptor, 'utf8')));
  } catch {
    return null; // Then it is read anew.
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function note(folder: string, what: z.infer<typeof known>): void {
  try {
    writeDurable(folder, HASH_NAME, JSON.stringify(what), 0o644);
  } catch {
    // A full or read-only disk costs time, nothing else.
  }
}
