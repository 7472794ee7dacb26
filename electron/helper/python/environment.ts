import { closeSync, openSync } from 'node:fs';
import { z } from 'zod';
import { Refused } from '../refused.ts';
import {
  close,
  mountOf,
  O_PATH,
  openFolder,
  reopenForReading,
  statOf,
  throughDescriptor,
} from '../walk/descriptor.ts';
import { readUpTo } from '../walk/read-pieces.ts';
import { kindOf, visitTree } from '../walk/tree.ts';

const MOST_NAME = 4_096;
const MOST_NAMES = 24 * 1024 * 1024;

/** One entry of an environment: relative name (bytes as Latin-1), kind, owner, group, mode, size (files only), time. */
const entry = z.tuple([
  z.string().max(MOST_NAME),
  z.enum(['f', 'd', 'l', 's', 'p', 'c']),
  z.int().min(0),
  z.int().min(0),
  z.int().min(0).max(0o7777),
  z.number().min(0),
  z.string().max(32),
]);
export type EnvironmentEntry = z.infer<typeof entry>;

/** Everything in an environment by its relative name; the top is ``. */
export type EnvironmentList = ReadonlyMap<string, EnvironmentEntry>;

/**
 * Lists a held environment. Refuses `unsafe-path` for files with several names, which could be something else's too, for devices,
 * and for more than an undo record can hold.
 */
export function listEnvironment(top: number, path: string): EnvironmentList {
  const found = new Map<string, EnvironmentEntry>();
  let names = 0;
  visitTree(top, ({ relative, stat }) => {
    names += relative.length;
    if (relative.length > MOST_NAME || names > MOST_NAMES)
      throw new Refused('unsafe-path', `What lies in ${path} is too deep, or too much, for an undo record.`);
    const kind = kindOf(stat);
    if (kind === 'c') throw new Refused('unsafe-path', `${path}/${shown(relative)} is a device.`);
    if (kind !== 'd' && stat.nlink > 1n)
      throw new Refused(
        'unsafe-path',
        `${path}/${shown(relative)} has several names (hard links), so changing it could change something else.`,
      );
    found.set(relative, [
      relative,
      kind,
      Number(stat.uid),
      Number(stat.gid),
      Number(stat.mode & 0o7777n),
      kind === 'f' ? Number(stat.size) : 0,
      timeText(stat.mtimeNs),
    ]);
  });
  return found;
}

/**
 * Refuses an environment in which somebody else than its one owner and root can change what its Python loads: it is about to be
 * started as that owner.
 */
export function refuseShared(list: EnvironmentList, owner: number, path: string): void {
  for (const [relative, kind, uid, , mode] of list.values()) {
    const at = `${path}${relative === '' ? '' : `/${shown(relative)}`}`;
    if (uid !== owner && uid !== 0)
      throw new Refused(
        'unsafe-path',
        `${at} belongs to uid ${uid} and the environment to uid ${owner}: whose packages these are is not clear.`,
      );
    if (kind !== 'l' && (mode & 0o022) !== 0)
      throw new Refused(
        'unsafe-path',
        `${at} can be written by others than its owner (mode ${mode.toString(8).padStart(4, '0')}). Take that away first: chmod -R go-w ${path}`,
      );
  }
}

export const listBytes = (list: EnvironmentList) =>
  Buffer.from([...list.values()].map((one) => JSON.stringify(one)).join('\n'), 'utf8');

/** Reads a kept list back; refuses `record-damaged`. */
export function readList(bytes: Buffer): EnvironmentList {
  try {
    const lines = bytes.toString('utf8').split('\n').filter(Boolean);
    return new Map(lines.map((text) => entry.parse(JSON.parse(text))).map((one) => [one[0], one]));
  } catch {
    throw new Refused('record-damaged', 'The list of the environment cannot be read.');
  }
}

/** A relative name as people read it. */
export const shown = (relative: string) => Buffer.from(relative, 'latin1').toString('utf8').slice(0, 512);

/** The folder of a relative name; `` for what lies at the top. */
export const folderOf = (relative: string) => relative.slice(0, Math.max(0, relative.lastIndexOf('/')));
export const baseOf = (relative: string) => relative.slice(relative.lastIndexOf('/') + 1);

/** Every folder above a relative name, nearest first, without the top. */
export function foldersAbove(relative: string): string[] {
  const found: string[] = [];
  for (let at = folderOf(relative); at !== ''; at = folderOf(at)) found.push(at);
  return found;
}

/** Seconds and nanoseconds since 1970, as `touch --date=@…` takes it. */
export function timeText(nanoseconds: bigint): string {
  const seconds = nanoseconds / 1_000_000_000n;
  return `${seconds}.${String(nanoseconds - seconds * 1_000_000_000n).padStart(9, '0')}`;
}

/** A name (bytes as Latin-1) in a held folder, as a path for one system call. */
export const nameIn = (folder: number, name: string) =>
  Buffer.concat([Buffer.from(`${throughDescriptor(folder)}/`), Buffer.from(name, 'latin1')]);

/**
 * Runs with a folder below a held one, opened component by component and never through a link or into another mount. Answers null
 * when it is not there.
 */
export function withFolder<T>(top: number, relative: string, use: (folder: number) => T): T | null {
  const mount = mountOf(top);
  let folder = openFolder(`${throughDescriptor(top)}/.`);
  try {
    for (const component of relative === '' ? [] : relative.split('/')) {
      let next: number;
      try {
        next = openFolder(nameIn(folder, component));
      } catch (thrown) {
        if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
        throw thrown;
      }
      close(folder);
      folder = next;
      if (mountOf(folder) !== mount)
        throw new Refused('unsafe-path', `Another file system is mounted at ${shown(relative)}.`);
    }
    return use(folder);
  } finally {
    close(folder);
  }
}

/** The bytes of a plain file below a held folder, at most `most`; null when it is not there, no file, longer, or growing. */
export function readBelow(top: number, relative: string, most: number): Buffer | null {
  return withFolder(top, folderOf(relative), (folder) => {
    let place: number;
    try {
      place = openSync(nameIn(folder, baseOf(relative)), O_PATH | 0o400000);
    } catch {
      return null;
    }
    try {
      if (!statOf(place).isFile()) return null;
      const opened = reopenForReading(place);
      try {
        return readUpTo(opened, most);
      } finally {
        closeSync(opened);
      }
    } finally {
      close(place);
    }
  });
}
