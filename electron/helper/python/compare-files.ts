import { createHash } from 'node:crypto';
import { openSync } from 'node:fs';
import type { Difference } from '#shared/domain/helper/answers.ts';
import { Refused } from '../refused.ts';
import { close, O_PATH, reopenForReading, statOf } from '../walk/descriptor.ts';
import { readPieces } from '../walk/read-pieces.ts';
import {
  baseOf,
  type EnvironmentEntry,
  type EnvironmentList,
  folderOf,
  listEnvironment,
  nameIn,
  shown,
  withFolder,
} from './environment.ts';
import type { AddedEntry, Given } from './staged-files.ts';

const O_NOFOLLOW = 0o400000;
const MOST = 256;

/** Bytecode comes and goes as Python pleases. */
const isBytecode = (relative: string) => /(?:^|\/)__pycache__(?:\/|$)/.test(relative);

const words = ([, kind, uid, gid, mode, size, time]: EnvironmentEntry) =>
  `${{ f: 'file', d: 'folder', l: 'link', s: 'socket', p: 'FIFO', c: 'device' }[kind]} of ${uid}:${gid} ${mode.toString(8).padStart(4, '0')}${kind === 'f' ? `, ${size} bytes, ${time}` : ''}`;

/** What changed between two lists of an environment, bytecode left aside. */
export function compareInventory(path: string, was: EnvironmentList, now: EnvironmentList): Difference[] {
  const found: Difference[] = [];
  const add = (relative: string, rest: Omit<Difference, 'path'>) =>
    found.push({ path: `${path}/${shown(relative)}`.slice(0, 4_096), ...rest });
  for (const [relative, entry] of now) {
    if (isBytecode(relative)) continue;
    const old = was.get(relative);
    if (old === undefined) add(relative, { what: 'added', left: 'nothing', now: words(entry) });
    else if (words(old) !== words(entry))
      add(relative, { what: 'contents', left: words(old), now: words(entry) });
  }
  for (const [relative, entry] of was)
    if (!isBytecode(relative) && !now.has(relative))
      add(relative, { what: 'missing', left: words(entry), now: 'nothing' });
  return found.slice(0, MOST);
}

/** SHA-256 of a plain file of that size below a held folder; null when it is none, or longer, or grows. */
function hashBelow(top: number, relative: string, size: number): string | null {
  return withFolder(top, folderOf(relative), (folder) => {
    const place = openSync(nameIn(folder, baseOf(relative)), O_PATH | O_NOFOLLOW);
    try {
      if (!statOf(place).isFile()) return null;
      const opened = reopenForReading(place);
      try {
        const hash = createHash('sha256');
        readPieces(opened, size, relative, (piece) => hash.update(piece));
        return hash.digest('hex');
      } catch (thrown) {
        if (thrown instanceof Refused) return null;
        throw thrown;
      } finally {
        close(opened);
      }
    } finally {
      close(place);
    }
  });
}

/**
 * What keeps an upgrade from being taken back: files that it put there are others now, or old ones are back. Where the step was cut
 * off each file may be the old or the new one.
 */
export function upgradeDifferences(
  top: number,
  path: string,
  about: {
    before: EnvironmentList;
    removed: ReadonlySet<string>;
    added: readonly AddedEntry[];
    given: Pick<Given, 'uid' | 'gid'>;
    cutOff: boolean;
  },
): Difference[] {
  const now = listEnvironment(top, path);
  const found: Difference[] = [];
  const add = (relative: string, rest: Omit<Difference, 'path'>) =>
    found.push({ path: `${path}/${shown(relative)}`.slice(0, 4_096), ...rest });
  const isOld = (relative: string, entry: EnvironmentEntry) => {
    const old = about.before.get(relative);
    return old !== undefined && words(old) === words(entry);
  };
  const puts = new Set<string>();
  for (const one of about.added) {
    puts.add(one.relative);
    const entry = now.get(one.relative);
    if (entry === undefined) {
      if (!about.cutOff) add(one.relative, { what: 'missing', left: 'there', now: 'nothing' });
      continue;
    }
    if (one.kind === 'folder') {
      if (entry[1] !== 'd') add(one.relative, { what: 'kind', left: 'folder', now: words(entry) });
      continue;
    }
    const [, kind, uid, gid, mode, size] = entry;
    const isOwned = uid === about.given.uid && gid === about.given.gid && mode === one.mode;
    const isNew =
      kind === 'f' && isOwned && size === one.size && hashBelow(top, one.relative, one.size) === one.sha256;
    if (!isNew && !(about.cutOff && isOld(one.relative, entry)))
      add(one.relative, {
        what: 'contents',
        left: `file of ${about.given.uid}:${about.given.gid} ${one.mode.toString(8).padStart(4, '0')}, ${one.size} bytes as they were put there`,
        now: words(entry),
      });
  }
  for (const relative of about.removed) {
    const entry = now.get(relative);
    if (entry === undefined || puts.has(relative) || isBytecode(relative)) continue;
    if (!(about.cutOff && isOld(relative, entry)))
      add(relative, { what: 'added', left: 'nothing', now: words(entry) });
  }
  return found.slice(0, MOST);
}
