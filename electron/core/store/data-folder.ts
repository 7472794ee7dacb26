import { chmodSync, lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { putBack } from './put-back.ts';
import { StoreError } from './store-error.ts';

/**
 * Where the console keeps its records when nothing else is said.
 * Linux: XDG Base Directory Specification 0.8 (a relative XDG_DATA_HOME is ignored, as it says); macOS: Application
 * Support; Windows: local application data, which does not roam.
 * @param platform as `process.platform`
 * @returns an absolute path; nothing is created
 */
export function defaultDataFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Swarmkeep');
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Swarmkeep');
  }
  const given = environment.XDG_DATA_HOME;
  const base = given !== undefined && isAbsolute(given) ? given : join(home, '.local', 'share');
  return join(base, 'swarmkeep');
}

/**
 * Makes the data folder (0700), brings back one that a killed restore had moved aside, or makes sure that an existing one is safe to keep records in.
 * @param folder path as given; a link is refused, so that nobody can lead the console elsewhere
 * @returns its absolute path with every link above it resolved
 * @throws StoreError `unsafe` or `failed`
 */
export function prepareDataFolder(folder: string): string {
  const wanted = resolve(folder);
  try {
    mkdirSync(dirname(wanted), { recursive: true, mode: 0o700 });
    const real = join(realpathSync(dirname(wanted)), basename(wanted));
    if (lstatOrNull(real) === null && !putBack(real)) mkdirSync(real, { mode: 0o700 });
    requireSafe(real, 'directory');
    if (process.platform !== 'win32') {
      requireSafeAncestors(dirname(real));
      chmodSync(real, 0o700);
    }
    return real;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      {
        kind: 'failed',
        message: `The folder ${wanted} could not be made or opened: ${error instanceof Error ? error.message : error}`,
        untouched: 'Nothing was changed.',
        next: 'Choose another folder with --data-dir, or make this one writable for your account.',
      },
      { cause: error },
    );
  }
}

/**
 * Makes sure that a file of the store, when it is there, is a plain file of our own that nobody else can write.
 * Bits for reading are taken away from others rather than complained about.
 * @returns false when there is no such file
 * @throws StoreError `unsafe`
 */
export function requireSafeFile(file: string): boolean {
  if (lstatOrNull(file) === null) return false;
  requireSafe(file, 'file');
  if (process.platform !== 'win32') chmodSync(file, 0o600);
  return true;
}

/** @returns what lstat(2) says, null when there is nothing */
export function lstatOrNull(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

function requireSafe(path: string, kind: 'directory' | 'file'): void {
  const stats = lstatSync(path);
  const right = kind === 'directory' ? stats.isDirectory() : stats.isFile();
  if (!right) throw unsafe(path, stats.isSymbolicLink() ? 'is a link' : `is no ${kind}`);
  if (process.platform === 'win32') return;
  if (stats.uid !== process.getuid?.()) throw unsafe(path, 'belongs to another account');
  if ((stats.mode & 0o022) !== 0) throw unsafe(path, 'can be written by other accounts');
  // A second name could lie in a folder that is not ours.
  if (kind === 'file' && stats.nlink > 1) throw unsafe(path, 'has a second name elsewhere (a hard link)');
}

/** Whoever can rename a folder above can put another one in its place. */
function requireSafeAncestors(start: string): void {
  const own = process.getuid?.();
  for (let path = start; ; path = dirname(path)) {
    const stats = lstatSync(path);
    const sticky = (stats.mode & 0o1000) !== 0;
    if ((stats.mode & 0o002) !== 0 && !sticky) throw unsafe(path, 'can be written by everybody');
    if (stats.uid !== 0 && stats.uid !== own) throw unsafe(path, 'belongs to another account');
    if (path === dirname(path)) return;
  }
}

function unsafe(path: string, why: string): StoreError {
  return new StoreError({
    kind: 'unsafe',
    message: `${path} ${why}, so the console does not keep its records there.`,
    untouched: 'Nothing was read from it and nothing was changed.',
    next: 'Choose another folder with --data-dir, or make it your own with mode 0700.',
  });
}
