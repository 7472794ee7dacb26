import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Environment } from '#shared/domain/dependencies/inventory.ts';

export type FoundProgram = { ok: true; program: string } | { ok: false; reason: string };

/** As many links as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;

class Refused extends Error {}

/** Folders of environments that belong to somebody's agent or project: nothing in them is ever started. */
function foldersOf(environments: readonly Environment[]): string[] {
  return environments.flatMap(({ id, kind, interpreter }) => {
    if (kind === 'user') return [id];
    if (kind !== 'virtual-environment') return [];
    return interpreter === null ? [id] : [id, dirname(dirname(interpreter))];
  });
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Why a file must not be started: whoever can write it, or a folder above it, decides what it does. */
function whyNot(path: string, forbidden: readonly string[]): string | null {
  if (forbidden.some((folder) => isWithin(path, folder)))
    return 'lies in one of the environments in question';
  const own = process.getuid?.();
  for (let at = path; ; at = dirname(at)) {
    const { uid, mode } = lstatSync(at);
    if (own !== undefined && uid !== 0 && uid !== own) return 'can be changed by another account';
    // In a sticky folder others may add names, and take away only their own.
    const sticky = at !== path && (mode & 0o1000) !== 0;
    if ((mode & 0o022) !== 0 && !sticky) return 'can be changed by others than you';
    if (at === dirname(at)) return null;
  }
}

/**
 * Follows a name, link by link, to the file that it leads to.
 * @throws Refused for a step that others can change
 */
function safeFile(named: string, forbidden: readonly string[]): string {
  let at = named;
  for (let step = 0; step < MOST_LINKS; step += 1) {
    const folder = realpathSync(dirname(at));
    const file = join(folder, basename(at));
    const isLink = lstatSync(file).isSymbolicLink();
    // A link has no mode of its own: who can change its folder can change it.
    const why = whyNot(isLink ? folder : file, forbidden);
    if (why !== null) throw new Refused(`${file} is not started: it ${why}`);
    if (!isLink) return file;
    at = resolve(folder, readlinkSync(file));
  }
  throw new Refused(`${named} is not started: it leads from link to link`);
}

/** What a script names in its first line (execve(2), "Interpreter scripts"); null for a program or a line without a path. */
function interpreterOf(path: string): string | null {
  const start = Buffer.alloc(256);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, start, 0, start.length, 0);
    const named = /^#![ \t]*([^ \t\r\n]+)/.exec(start.toString('latin1', 0, length))?.[1] ?? '';
    return isAbsolute(named) ? named : null;
  } finally {
    closeSync(file);
  }
}

/**
 * Finds the `pip-audit` of whoever runs this console.
 * @param environments what it is to be asked about: one that lies within is never started
 * @param search folders as in PATH
 * @returns its real path, or why there is none that may be started
 */
export function findPipAudit(environments: readonly Environment[], search: string): FoundProgram {
  const forbidden = foldersOf(environments);
  for (const folder of search.split(delimiter).filter(isAbsolute)) {
    const named = join(folder, 'pip-audit');
    try {
      accessSync(named, constants.X_OK);
      const program = safeFile(named, forbidden);
      const interpreter = interpreterOf(program);
      if (interpreter !== null) safeFile(interpreter, forbidden);
      return { ok: true, program };
    } catch (error) {
      if (error instanceof Refused) return { ok: false, reason: error.message };
      if (!['ENOENT', 'EACCES', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return { ok: false, reason: 'no pip-audit is installed where your PATH leads' };
}
