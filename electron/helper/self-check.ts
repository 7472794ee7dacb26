import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { Refused } from './refused.ts';

/**
 * Refuses `unsafe-helper` when the file, or any folder above it, can be changed by somebody else than root, or is a link
 * that somebody else than root made. `path` is absolute with links resolved.
 */
export function refuseWritable(path: string): void {
  const parts = path.split('/').slice(1);
  let at = '';
  for (const part of ['', ...parts]) {
    at = part === '' ? '/' : `${at === '/' ? '' : at}/${part}`;
    const found = lstatSync(at);
    if (found.uid !== 0 || (found.mode & 0o022) !== 0 || found.isSymbolicLink())
      throw new Refused('unsafe-helper', `${at} can be changed by somebody else than root.`);
  }
}

/** Refuses `unsafe-helper` when this process runs setuid or setgid. */
export function refuseSetuid(): void {
  if (process.getuid?.() !== process.geteuid?.() || process.getgid?.() !== process.getegid?.())
    throw new Refused('unsafe-helper', 'The helper was started setuid or setgid.');
}

/** The helper's own file and its runtime, with links resolved. */
export function ownFiles(script: string): { bundle: string; runtime: string } {
  return { bundle: realpathSync(script), runtime: realpathSync('/proc/self/exe') };
}

/** SHA-256 of a file of our own. */
export function fileHash(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
