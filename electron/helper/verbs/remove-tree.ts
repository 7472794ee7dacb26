import { randomBytes } from 'node:crypto';
import { renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { asRefused, codeOf, Refused } from '../refused.ts';
import {
  close,
  entriesIn,
  mountOf,
  openFolder,
  openPlace,
  statOf,
  throughDescriptor,
} from '../walk/descriptor.ts';

/** Folders that are held at once. What lies deeper is moved up first, so that no depth is too much. */
const MOST_HELD = 64;
/** What one removal takes away at most, and how long it may take: whoever fills a folder meanwhile must not hold the node. */
const MOST_REMOVED = 2_000_000;
const MOST_MS = 120_000;

/**
 * Removes a tree in a held folder, entry by entry relative to held folders, never through a link and never across a mount, however
 * deep it is. Not being there is fine. Throws what kept something from going, when everything else is gone.
 */
export function removeTree(folder: number, name: string): void {
  const left = clearAway(folder, name);
  if (left !== null) throw left;
}

/** As `removeTree`, but never throws: answers what kept something from going, or null. For cleaning up, which decides nothing. */
export function clearAway(folder: number, name: string): Refused | null {
  try {
    return new Removal(folder, name).run();
  } catch (thrown) {
    return asRefused(thrown, name);
  }
}

const inside = (folder: number, name: Buffer) =>
  Buffer.concat([Buffer.from(`${throughDescriptor(folder)}/`), name]);

class Removal {
  private readonly path: string;
  private readonly mount: string;
  private readonly until = performance.now() + MOST_MS;
  private top = -1;
  private removed = 0;
  private moved = 0;
  private trouble: Refused | null = null;

  constructor(folder: number, name: string) {
    this.path = `${throughDescriptor(folder)}/${name}`;
    this.mount = mountOf(folder);
  }

  run(): Refused | null {
    try {
      this.top = openPlace(this.path);
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') return null;
      throw thrown;
    }
    try {
      // The mount first: the file system of another one need not answer.
      this.refuseMount(this.top);
      if (statOf(this.top).isDirectory()) return this.passes();
      unlinkSync(this.path);
      return null;
    } finally {
      close(this.top);
    }
  }

  /** Again and again while something goes: folders that were moved up, and what a listing passed over. */
  private passes(): Refused | null {
    for (;;) {
      const before = this.removed + this.moved;
      this.trouble = null;
      this.empty(this.top, 0);
      try {
        rmdirSync(this.path);
        return null;
      } catch (thrown) {
        if (codeOf(thrown) === 'ENOENT') return null;
        this.trouble ??= asRefused(thrown, 'the top of the tree');
      }
      if (this.isOver()) return new Refused('timed-out', 'It is more than is removed at once.');
      if (this.removed + this.moved === before) return this.trouble;
    }
  }

  private isOver(): boolean {
    return this.removed + this.moved >= MOST_REMOVED || performance.now() > this.until;
  }

  private refuseMount(place: number): void {
    if (mountOf(place) !== this.mount)
      throw new Refused('unsafe-path', 'Another file system is mounted in the tree.');
  }

  private empty(folder: number, depth: number): void {
    for (const { name, isFolder } of entriesIn(folder)) {
      if (this.isOver()) return;
      try {
        if (isFolder) this.takeFolder(inside(folder, name), depth);
        else unlinkSync(inside(folder, name));
        this.removed += 1;
      } catch (thrown) {
        if (codeOf(thrown) !== 'ENOENT')
          this.trouble ??= asRefused(thrown, name.toString('utf8').slice(0, 256));
      }
    }
  }

  private takeFolder(path: Buffer, depth: number): void {
    const folder = openFolder(path);
    try {
      this.refuseMount(folder);
      if (depth >= MOST_HELD) {
        const away = Buffer.from(`.swarmkeep-${randomBytes(12).toString('hex')}`);
        renameSync(path, inside(this.top, away));
        this.moved += 1;
        return;
      }
      this.empty(folder, depth + 1);
    } finally {
      close(folder);
    }
    rmdirSync(path);
  }
}
