import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from '../failure.ts';

/**
 * Reads a text file of at most `limit` bytes; a pipe or device would never end.
 * @throws CommandFailure that names the file
 */
export function readTextFile(file: string, limit: number): string {
  const name = visible(file);
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw notReadable(name, error);
  }
  try {
    const { size } = requireFile(handle, name);
    if (size > limit) throw couldNot(`${name} is larger than ${Math.round(limit / 1_048_576)} MiB.`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(handle));
  } catch (error) {
    if (error instanceof TypeError) throw couldNot(`${name} is not UTF-8 text.`);
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** Why a file could not be opened, in words. */
export function notReadable(name: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return couldNot(`There is no such file: ${name}`);
  if (code === 'EACCES' || code === 'EPERM') return couldNot(`This account may not read ${name}.`);
  return couldNot(`${name} could not be read (${code ?? 'unknown reason'}).`);
}

/**
 * What the system says of an open file.
 * @throws CommandFailure for folders, pipes, devices
 */
export function requireFile(handle: number, name: string): { size: number } {
  const stat = fstatSync(handle);
  if (!stat.isFile()) throw couldNot(`${name} is not a file.`);
  return stat;
}
