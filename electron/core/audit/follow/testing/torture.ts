import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { startTestProgram } from '#core/hosts/testing/test-program.ts';
import { EARLIER_ROTATIONS } from '../files/gap-words.ts';
import { type Committed, readJournal } from './torture-follower.ts';

/** What a run of the torture test found. */
export interface TortureResult {
  kills: number;
  written: number;
  rotations: Record<string, number>;
  doubled: string[];
  /** Lines that are missing and that no copy-and-cut explains. */
  lost: string[];
  /** Lines between a copy and its cut, which nobody can have. */
  cutAway: number;
  /** Rotations by copying and cutting, gaps that tell of such ones, and those of them that have none in its place. */
  copies: number;
  told: number;
  untold: number;
  /** Lines that were never written so. */
  strange: string[];
  otherGaps: { kind: string; detail: string }[];
}

/** Random numbers that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Ways of rotating. */
export const RENAMING = ['rename', 'gzip', 'zstd'];
export const COPYING = ['copytruncate', 'copytruncate-gzip', 'copytruncate-zstd'];

/** A writer and a rotator in one: it knows what it cut away, since nobody else writes between its copy and its cut. */
class Writer {
  written = 0;
  readonly rotations: Record<string, number> = {};
  /** First and last number of what each cut took away. */
  readonly cuts: { from: number; to: number }[] = [];
  /** Number of the first event after each rotation. */
  readonly starts: number[] = [];
  readonly #path: string;
  readonly #modes: readonly string[];
  readonly #random: () => number;
  #file: number;
  #kept: number;

  constructor(path: string, random: () => number, kept: number, modes: readonly string[]) {
    this.#modes = modes;
    this.#path = path;
    this.#random = random;
    this.#kept = kept;
    this.#file = openSync(path, 'a', 0o644);
  }

  /** Appends some lines; the last may come in two pieces, between which others have their turn. */
  async write(): Promise<void> {
    const count = 1 + Math.floor(this.#random() * 40);
    let text = '';
    for (let index = 0; index < count; index += 1) text += this.#line();
    const torn = this.#random() < 0.2 ? Math.floor(text.length * this.#random()) : 0;
    writeSync(this.#file, text.slice(0, torn));
    if (torn > 0) await new Promise((resolve) => setImmediate(resolve));
    writeSync(this.#file, text.slice(torn));
  }

  #line(): string {
    const text = `event ${this.written} ${'.'.repeat(Math.floor(this.#random() * 120))}\n`;
    this.written += 1;
    return text;
  }

  rotate(mode = this.#modes[Math.floor(this.#random() * this.#modes.length)] ?? ''): void {
    this.starts.push(this.written);
    this.rotations[mode] = (this.rotations[mode] ?? 0) + 1;
    this.#shift();
    if (mode.startsWith('copytruncate')) {
      copyFileSync(this.#path, `${this.#path}.1`);
      const from = this.written;
      if (this.#random() < 0.5) {
        let text = '';
        for (let index = this.#random() * 5; index > 0; index -= 1) text += this.#line();
        writeSync(this.#file, text);
      }
      truncateSync(this.#path, 0);
      this.cuts.push({ from, to: this.written });
      const packing = mode.split('-')[1];
      if (packing) this.#pack(packing);
    } else {
      renameSync(this.#path, `${this.#path}.1`);
      closeSync(this.#file);
      this.#file = openSync(this.#path, 'a', 0o644);
      if (mode !== 'rename') this.#pack(mode);
    }
  }

  #shift(): void {
    for (let number = this.#kept; number >= 1; number -= 1) {
      for (const end of ['', '.gz', '.zst']) {
        const name = `${this.#path}.${number}${end}`;
        if (!existsSync(name)) continue;
        if (number === this.#kept) unlinkSync(name);
        else renameSync(name, `${this.#path}.${number + 1}${end}`);
      }
    }
  }

  #pack(mode: string): void {
    const name = `${this.#path}.1`;
    const content = readFileSync(name);
    const packed = mode === 'gzip' ? `${name}.gz` : `${name}.zst`;
    writeFileSync(packed, mode === 'gzip' ? gzipSync(content) : zstdCompressSync(content));
    const { atime, mtime } = statSync(name);
    utimesSync(packed, atime, mtime);
    unlinkSync(name);
  }

  close(): void {
    closeSync(this.#file);
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export interface TortureOptions {
  folder: string;
  kills: number;
  seed: number;
  modes: readonly string[];
  /** Rotated files that are kept. */
  kept?: number;
  /** Arguments of the follower behind log and journal. */
  followerArguments?: readonly string[];
  /** Longest life of a follower in milliseconds. */
  lifeMs?: number;
  /** How many times slower it is written than to a log here. */
  pace?: number;
}

/** Writes, rotates, and kills the follower again and again; then lets it come to the end, and compares. */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const { folder, kills, seed, kept = 40, followerArguments = [], lifeMs = 250, pace = 1 } = options;
  const random = randomFrom(seed);
  const log = `${folder}/torture.log`;
  const journal = `${folder}/journal`;
  const writer = new Writer(log, random, kept, options.modes);
  const program = new URL('./torture-follower.ts', import.meta.url).pathname;
  const start = () => startTestProgram(program, [log, journal, ...followerArguments]);
  let stopped = false;
  const pauseMs = () => random() * 12 * pace;
  const size = () => (existsSync(journal) ? statSync(journal).size : 0);
  // A follower that starts slowly on a busy machine must not find that more was rotated away than is kept.
  const progress = () => {
    const text = existsSync(`${journal}.progress`) ? readFileSync(`${journal}.progress`, 'utf8') : '';
    return Number(/^event (\d+) /.exec(text)?.[1] ?? -1);
  };
  const mayRotate = (): boolean => {
    const seen = progress();
    return seen >= 0 && writer.starts.filter((first) => first > seen).length < kept / 2;
  };
  const writing = (async () => {
    while (!stopped) {
      await writer.write();
      if (random() < 0.04 && mayRotate()) writer.rotate();
      await pause(pauseMs());
    }
  })();
  for (let count = 0; count < kills; count += 1) {
    const before = size();
    const child = start();
    // The time to start is not the one of interest: it is killed some time after its first commit.
    for (let wait = 0; wait < 2_000 && size() === before && !child.ended(); wait += 1) {
      await pause(5);
    }
    await pause(random() ** 2 * lifeMs);
    if (child.ended()) throw new Error(`the follower ended by itself: ${child.errors()}`);
    await child.kill();
  }
  stopped = true;
  await writing;
  await writer.write();
  const last = start();
  const isThere = async () => {
    const line = `event ${writer.written - 1} `;
    for (let wait = 0; wait < 3_000 && !readFileSync(journal).includes(line); wait += 1) await pause(10);
  };
  await isThere();
  await pause(1_000);
  // One copy before its eyes: what it presumed to have been renamed before it had ever seen a copy, it tells now.
  const copying = options.modes.find((mode) => mode.startsWith('copytruncate'));
  if (copying) writer.rotate(copying);
  await writer.write();
  await isThere();
  await pause(1_000);
  writer.close();
  await last.kill();
  return compare(
    writer,
    journal,
    kills,
    `${basename(folder)}: ${readdirSync(folder).join(' ')} ${last.errors()}`,
  );
}

function compare(writer: Writer, journal: string, kills: number, about: string): TortureResult {
  const { committed } = readJournal(journal);
  const times = new Map<number, number>();
  const strange: string[] = [];
  for (const { lines } of committed) {
    for (const line of lines) {
      const number = /^event (\d+) \.*$/.exec(line)?.[1];
      if (number === undefined) strange.push(line);
      else times.set(Number(number), (times.get(Number(number)) ?? 0) + 1);
    }
  }
  const gaps = committed.flatMap((one) => one.gaps);
  const told = gaps.filter(({ kind }) => kind === 'copytruncate').length;
  const doubled = [...times].filter(([, count]) => count > 1).map(([number]) => number);
  const missing = Array.from({ length: writer.written }, (_, index) => index).filter(
    (index) => !times.has(index),
  );
  const isCut = (number: number) => writer.cuts.some(({ from, to }) => number >= from && number < to);
  const lost = missing.filter((number) => !isCut(number));
  if (lost.length > 0) strange.push(about);
  return {
    kills,
    written: writer.written,
    rotations: writer.rotations,
    doubled: ranges(doubled.sort((one, other) => one - other)),
    lost: ranges(lost),
    cutAway: missing.length - lost.length,
    copies: writer.cuts.length,
    told,
    untold: untold(writer, committed),
    strange,
    otherGaps: gaps
      .filter(({ kind }) => kind !== 'copytruncate')
      .map(({ kind, detail }) => ({ kind, detail })),
  };
}

/**
 * @returns how many cuts have no gap of their own: between the last event before the cut and the first one after it, or later, in
 *   words that speak of an earlier rotation
 */
function untold(writer: Writer, committed: readonly Committed[]): number {
  const gaps = committed.flatMap((one, at) =>
    one.gaps.filter(({ kind }) => kind === 'copytruncate').map(({ detail }) => ({ at, detail, used: false })),
  );
  const events = committed.flatMap(({ lines }, at) =>
    lines.map((line) => ({ at, number: Number(/^event (\d+) /.exec(line)?.[1] ?? -1) })),
  );
  let count = 0;
  for (const { to } of writer.cuts) {
    const first = events.findLast(({ number }) => number < to)?.at ?? 0;
    const last = events.find(({ number }) => number >= to)?.at ?? committed.length;
    const gap =
      gaps.find(({ used, at }) => !used && at >= first && at <= last) ??
      gaps.find(({ at, detail }) => at >= first && detail.includes(EARLIER_ROTATIONS));
    if (gap) gap.used = true;
    else count += 1;
  }
  return count;
}

/** @returns numbers that follow each other as `from–to`; the first twenty */
function ranges(numbers: readonly number[]): string[] {
  const found: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last.to === number - 1) last.to = number;
    else found.push({ from: number, to: number });
  }
  return found.slice(0, 20).map(({ from, to }) => `${from}–${to}`);
}
