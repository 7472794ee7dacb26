import { lstatSync, readlinkSync } from 'node:fs';
import { archiveOf } from '../entry/archive.ts';
import { readPaxEntry } from '../entry/pax-header.ts';
import type { Machine } from '../machine.ts';
import { asRefused, codeOf, Refused } from '../refused.ts';
import { close, inFolder, openFolder, openPlace, reopenForReading, statOf } from './descriptor.ts';
import { forbiddenIdentities, refuseForbiddenFolder, refuseForbiddenPath } from './forbidden.ts';
import { type Groups, onlyWrittenBy, readGroups } from './writers.ts';

/** A target whose folder is held: from here on everything is relative to `folder`, whatever happens to the path. */
export interface Held {
  /** Descriptor of the folder that holds the target. */
  folder: number;
  /** Last component. */
  name: string;
  /** The path with links of the system resolved. */
  path: string;
  /** The one account besides root that can write on the way: 0 when nobody else can. */
  subject: number;
}

const MAX_LINKS = 8;

interface Stop {
  descriptor: number;
  path: string;
}

/** `purpose` is `look` for reading only: then others may be able to write on the way, and the kernel's trees may be read. */
export type WalkPurpose = 'look' | 'change';

/**
 * Walks to the folder of `path`, component by component, each opened relative to the one before (openat(2) through
 * /proc/self/fd) and never through a link, except one that root owns in a folder that only root can write (`/lib`).
 * Refuses `unsafe-path` where somebody else than root and one single other account could redirect the walk,
 * `forbidden-path`, `not-found`. The caller closes `folder`.
 */
export function holdFolder(machine: Machine, path: string, purpose: WalkPurpose): Held {
  const components = path.slice(1).split('/');
  const name = components.pop();
  if (!path.startsWith('/') || name === undefined || name === '')
    throw new Refused('bad-request', 'A target is an absolute path.');
  const walk = new Walk(machine, purpose);
  try {
    walk.follow(components, path);
    const { descriptor, path: folderPath } = walk.here();
    const resolved = `${folderPath === '/' ? '' : folderPath}/${name}`;
    if (purpose === 'change') {
      refuseForbiddenPath(machine, resolved);
      refuseForbiddenFolder(walk.forbidden, descriptor, folderPath);
      walk.refuseShared(null, resolved);
    }
    return { folder: walk.keep(), name, path: resolved, subject: walk.subject };
  } catch (thrown) {
    walk.end();
    throw asRefused(thrown, path);
  }
}

/** One walk: the folders passed, so that `..` of a system link goes back where it came from. */
class Walk {
  subject = 0;
  readonly forbidden: ReadonlySet<string>;
  private readonly machine: Machine;
  private readonly purpose: WalkPurpose;
  private readonly stops: Stop[];
  private readonly groups: Groups;
  private links = 0;

  constructor(machine: Machine, purpose: WalkPurpose) {
    this.forbidden = forbiddenIdentities(machine);
    this.machine = machine;
    this.purpose = purpose;
    this.groups = readGroups();
    this.stops = [{ descriptor: openFolder('/'), path: '/' }];
  }

  here(): Stop {
    const stop = this.stops.at(-1);
    if (stop === undefined) throw new Error('A walk always stands somewhere');
    return stop;
  }

  /** Goes on through `components`; `whole` is the path for messages. */
  follow(components: readonly string[], whole: string): void {
    for (const component of components) {
      if (component === '' || component === '.') continue;
      if (component === '..') {
        if (this.stops.length > 1) close(this.stops.pop()?.descriptor ?? null);
        continue;
      }
      const { descriptor, path } = this.here();
      const next = `${path === '/' ? '' : path}/${component}`;
      if (this.purpose === 'change') this.refuseShared(component, next);
      let folder: number;
      try {
        folder = openFolder(inFolder(descriptor, component));
      } catch (thrown) {
        if (codeOf(thrown) !== 'ENOTDIR') throw thrown;
        this.followSystemLink(descriptor, component, next, whole);
        continue;
      }
      this.stops.push({ descriptor: folder, path: next });
      this.refuseSecondOwner(Number(statOf(folder).uid), next);
      if (this.purpose === 'change') refuseForbiddenFolder(this.forbidden, folder, next);
    }
  }

  /** A link is followed only where root alone could have made it and can change it. */
  private followSystemLink(folder: number, component: string, next: string, whole: string): void {
    const place = openPlace(inFolder(folder, component));
    try {
      const link = statOf(place);
      if (!link.isSymbolicLink()) throw new Refused('unsafe-path', `${next} is no folder.`);
      const safe = link.uid === 0n && this.writers(folder, 0) === 'only';
      if (!safe || ++this.links > MAX_LINKS)
        throw new Refused('unsafe-path', `${next} is a link, and ${whole} is not walked through it.`);
    } finally {
      close(place);
    }
    const target = readlinkSync(inFolder(folder, component));
    if (target.startsWith('/')) for (const stop of this.stops.splice(1)) close(stop.descriptor);
    this.follow(target.split('/'), whole);
  }

  /** The first account besides root becomes the one that may own folders on the way; a second one is refused. */
  private refuseSecondOwner(uid: number, path: string): void {
    if (uid === 0 || uid === this.subject || this.purpose === 'look') return;
    if (this.subject !== 0)
      throw new Refused(
        'unsafe-path',
        `${path} belongs to uid ${uid} and lies in what uid ${this.subject} can change.`,
      );
    this.subject = uid;
  }

  /** Refuses when others can change names in the folder where the walk stands. `component` null: a target is made here. */
  refuseShared(component: string | null, path: string): void {
    const { descriptor, path: folderPath } = this.here();
    const writers = this.writers(descriptor, this.subject);
    if (writers === 'only') return;
    if (writers === 'sticky' && component !== null) {
      const owner = lstatSync(inFolder(descriptor, component), { throwIfNoEntry: false })?.uid;
      if (owner !== undefined && (owner === 0 || owner === this.subject || this.subject === 0)) return;
    }
    throw new Refused('unsafe-path', `Others can write in ${folderPath}, so ${path} could be redirected.`);
  }

  private writers(folder: number, subject: number): ReturnType<typeof onlyWrittenBy> {
    return onlyWrittenBy(statOf(folder), subject, this.groups, () => accessListOf(this.machine, folder));
  }

  /** Ends the walk and hands the last folder over to the caller. */
  keep(): number {
    const last = this.stops.pop();
    this.end();
    if (last === undefined) throw new Error('A walk always stands somewhere');
    return last.descriptor;
  }

  end(): void {
    for (const stop of this.stops.splice(0)) close(stop.descriptor);
  }
}

/** The access list of a held folder in the words of acl_to_text(3), null where mode bits say it all. GNU tar reads it, for Node cannot. */
function accessListOf(machine: Machine, folder: number): string | null {
  const opened = reopenForReading(folder);
  try {
    const entry = readPaxEntry(archiveOf(machine, opened, false));
    if (entry === null) throw new Refused('program-failed', 'The access list of a folder cannot be read.');
    return entry.accessList;
  } finally {
    close(opened);
  }
}

/** What is at a held target, without following it: a descriptor that the caller closes, or null when nothing is there. */
export function holdTarget(held: Held): number | null {
  try {
    return openPlace(inFolder(held.folder, held.name));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw asRefused(thrown, held.path);
  }
}
