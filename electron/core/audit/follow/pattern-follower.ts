import { z } from 'zod';
import { pathText } from '#shared/domain/bounds.ts';
import { FileFollower } from './files/file-follower.ts';
import type { FileFollowerOptions } from './files/follower-options.ts';
import { type LogReach, LogTrouble } from './files/log-reach.ts';
import { ReadingRoom } from './files/reading-room.ts';
import { rotatedName } from './files/rotated-names.ts';
import type { FollowedBatch, Follower, FollowerStatus } from './follower.ts';

/** Files of one pattern that are followed; more are named in the status. */
const MOST_FILES = 256;
/** How often new names are looked for. */
const MATCH_EVERY_MS = 5_000;

const patternPosition = z.object({
  form: z.literal('pattern-1'),
  files: z.array(z.object({ path: pathText, position: z.unknown() })).max(MOST_FILES * 2),
});

export interface PatternFollowerOptions extends Omit<FileFollowerOptions, 'path' | 'position'> {
  pattern: string;
  position?: unknown;
  /** For tests. */
  matchEveryMs?: number | undefined;
  mostFiles?: number | undefined;
}

/** How often a file must be missed before it is let go; its position is kept. */
const MISSED_TIMES = 3;

interface Member {
  missed: number;
  follower: FileFollower;
  next: Promise<{ member: Member; batch: FollowedBatch | null }>;
}

/**
 * Follows every file that a pattern names, also those that come later. Each batch is of one file, and carries the positions of
 * all. What is a rotated file of another one belongs to that one.
 */
export class PatternFollower implements Follower {
  readonly #options: PatternFollowerOptions;
  readonly #reach: LogReach;
  readonly #members = new Map<string, Member>();
  readonly #positions = new Map<string, unknown>();
  #trouble = '';
  #closed = false;
  #matchedAt = Number.NEGATIVE_INFINITY;
  readonly #mostFiles: number;
  #end: () => void = () => undefined;
  readonly #ended = new Promise<null>((resolve) => {
    this.#end = () => resolve(null);
  });

  constructor(options: PatternFollowerOptions) {
    this.#options = { ...options, room: options.room ?? new ReadingRoom() };
    this.#reach = options.reach;
    this.#mostFiles = options.mostFiles ?? MOST_FILES;
    const stored = patternPosition.safeParse(options.position);
    if (stored.success)
      for (const { path, position } of stored.data.files) this.#positions.set(path, position);
  }

  async next(): Promise<FollowedBatch | null> {
    while (!this.#closed) {
      await this.#match();
      let timer: NodeJS.Timeout | undefined;
      const pause = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), this.#options.matchEveryMs ?? MATCH_EVERY_MS);
      });
      const taken = await Promise.race([
        this.#ended,
        pause,
        ...[...this.#members.values()].map(({ next }) => next),
      ]);
      clearTimeout(timer);
      if (this.#closed || !taken?.batch) continue;
      const { member, batch } = taken;
      const path = batch.path ?? '';
      // Whoever was asked longest ago comes first the next time, so that a loud file does not keep the others waiting.
      this.#members.delete(path);
      this.#members.set(path, member);
      member.next = nextOf(member);
      this.#positions.delete(path);
      this.#positions.set(path, batch.position);
      while (this.#positions.size > MOST_FILES * 2) this.#forgetOne();
      const files = [...this.#positions].map(([name, position]) => ({ path: name, position }));
      return { ...batch, position: { form: 'pattern-1', files } };
    }
    return null;
  }

  status(): FollowerStatus {
    const all = [...this.#members].map(([path, { follower }]) => ({ path, ...follower.status() }));
    if (all.length === 0) {
      const trouble = this.#trouble || 'No file has such a name yet; waiting for one.';
      return { state: 'waiting', trouble, lagBytes: null, owner: null };
    }
    const bad = all.find(({ state }) => state === 'failed' || state === 'waiting');
    const behind = all.some(({ state }) => state === 'catching-up');
    const lagBytes = all.reduce((sum, one) => sum + (one.lagBytes ?? 0), 0);
    const owners = new Set(all.map(({ owner }) => owner));
    return {
      state: behind
        ? 'catching-up'
        : all.some(({ state }) => state === 'live')
          ? 'live'
          : (bad?.state ?? 'waiting'),
      trouble: (this.#trouble || (bad ? `${bad.path}: ${bad.trouble}` : '')).slice(0, 1_024),
      lagBytes,
      owner: owners.size === 1 ? (all[0]?.owner ?? null) : null,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#end();
    await Promise.all([...this.#members.values()].map(({ follower }) => follower.close()));
  }

  async #match(): Promise<void> {
    if (performance.now() - this.#matchedAt < (this.#options.matchEveryMs ?? MATCH_EVERY_MS)) return;
    this.#matchedAt = performance.now();
    try {
      const { paths, more } = await this.#reach.matches(this.#options.pattern, this.#mostFiles);
      const known = new Set([...this.#members.keys(), ...paths]);
      // Where there are too many, those that were followed before come first: nobody displaces a log by files of earlier names.
      const first = more && this.#members.size === 0 ? [...this.#positions.keys()].reverse() : [];
      for (const path of [...first, ...paths]) {
        if (this.#closed || this.#members.has(path) || isRotatedOf(path, known)) continue;
        if (this.#members.size >= this.#mostFiles) break;
        const position = this.#positions.get(path);
        const follower = new FileFollower({ ...this.#options, path, position });
        const member: Member = { missed: 0, follower, next: Promise.resolve({ batch: null } as never) };
        member.next = nextOf(member);
        this.#members.set(path, member);
      }
      for (const [path, member] of this.#members) {
        const isThere = paths.includes(path) || (more && member.follower.status().state !== 'waiting');
        member.missed = isThere ? 0 : member.missed + 1;
        if (member.missed < MISSED_TIMES) continue;
        // What it has read and nobody has taken is read again when the file is back: the position is behind what was taken.
        this.#members.delete(path);
        await member.follower.close();
      }
      this.#trouble = more
        ? `More than ${this.#mostFiles} files have such a name: not all are followed.`
        : '';
    } catch (error) {
      if (!(error instanceof LogTrouble)) throw error;
      this.#trouble = error.message;
    }
  }

  /** Forgets the position of the file that has said nothing for longest and is not there any more. */
  #forgetOne(): void {
    const gone = [...this.#positions.keys()].find((path) => !this.#members.has(path));
    const [first] = this.#positions.keys();
    this.#positions.delete(gone ?? first ?? '');
  }
}

function nextOf(member: Member): Member['next'] {
  return member.follower.next().then((batch) => ({ member, batch }));
}

/** @returns whether a path names a rotated file of another known one */
function isRotatedOf(path: string, known: ReadonlySet<string>): boolean {
  const end = path.lastIndexOf('/') + 1;
  const [folder, name] = [path.slice(0, end), path.slice(end)];
  for (const other of known) {
    if (other.startsWith(folder) && !other.includes('/', end) && rotatedName(other.slice(end), name))
      return true;
  }
  return false;
}
