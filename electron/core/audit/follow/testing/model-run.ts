import { FileFollower } from '../files/file-follower.ts';
import { EARLIER_ROTATIONS } from '../files/gap-words.ts';
import { ModelDisk, ModelReach } from './model-disk.ts';

/** One thing that happens to a log; rotations happen in pieces, each of which may find the follower anywhere. */
export type Deed =
  | { kind: 'write'; lines: number; torn: boolean }
  | { kind: 'rename' | 'copy'; pack: '' | '.gz' | '.zst'; between: number; empty: boolean }
  | { kind: 'stop' }
  | { kind: 'quiet' };

export interface ModelOptions {
  deeds: readonly Deed[];
  /** What happens at the end, always before the eyes of the follower. */
  ending: readonly Deed[];
  /** How often the follower looks or reads between one piece and the next; used in turn. */
  delays: readonly number[];
  naming: 'numbers' | 'dates';
  /** Rotated files that are kept. */
  kept: number;
  /** Packed when the next one is rotated, as `delaycompress` of logrotate does it. */
  delayed: boolean;
  remote: boolean;
  /** What every generation begins with. */
  banner: string;
}

export interface ModelResult {
  /** What is wrong, in words; empty when nothing is. */
  wrong: string[];
  gaps: { kind: string; detail: string }[];
  copies: number;
  written: number;
}

type Batch = { numbers: number[]; gaps: { kind: string; detail: string }[] };

const LOG = '/var/log/model.log';
/** Looks of a follower that has nothing to do, after which nothing more is expected of it: more than a minute of them. */
const QUIET_CALLS = 200;

/** Plays one history against a follower, and compares what was committed with what was written. */
export async function playModel(options: ModelOptions): Promise<ModelResult> {
  return new ModelRun(options).play();
}

class ModelRun {
  readonly #options: ModelOptions;
  readonly #disk = new ModelDisk();
  readonly #pieces: (() => void)[] = [];
  readonly #batches: Batch[] = [];
  #writer = this.#disk.create(LOG);
  #position: unknown;
  #reach: ModelReach | null = null;
  #written = 0;
  #calls = 0;
  /** Calls until the next piece. What was rotated before the follower began is not its to read. */
  #waiting = 60;
  #rotations = 0;
  #ending = 0;
  #quiet = false;
  #fail: unknown = null;
  /** Number of the first line after each copy, and whether lines were lost by it. */
  readonly #copies: number[] = [];

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#begin();
    this.#write(1);
    for (const deed of options.deeds) this.#plan(deed);
    const planned = this.#pieces.length;
    for (const deed of options.ending) this.#plan(deed);
    this.#ending = this.#pieces.length - planned;
  }

  async play(): Promise<ModelResult> {
    const { setTimeout: timer, clearTimeout: clear } = globalThis;
    const clock = performance.now;
    let now = 0;
    // Time passes only when somebody waits for it.
    globalThis.setTimeout = ((then: () => void, milliseconds = 0) =>
      setImmediate(() => {
        now += milliseconds;
        this.#disk.now += milliseconds;
        then();
      })) as never;
    globalThis.clearTimeout = ((immediate: NodeJS.Immediate) => clearImmediate(immediate)) as never;
    performance.now = () => now;
    try {
      this.#start();
      await this.#done();
    } finally {
      globalThis.setTimeout = timer;
      globalThis.clearTimeout = clear;
      performance.now = clock;
    }
    return this.#compare();
  }

  async #done(): Promise<void> {
    while (!this.#quiet && this.#fail === null) await new Promise((resolve) => setImmediate(resolve));
    if (this.#reach) this.#reach.dead = true;
    if (this.#fail !== null) throw this.#fail;
  }

  #start(): void {
    const reach = new ModelReach(this.#disk, {
      turn: () => this.#turn(),
      remote: this.#options.remote,
    });
    this.#reach = reach;
    const position = this.#position;
    const follower = new FileFollower({ reach, path: LOG, position });
    const follow = async () => {
      for (let batch = await follower.next(); batch && !reach.dead; batch = await follower.next()) {
        this.#calls = 0;
        this.#position = JSON.parse(JSON.stringify(batch.position));
        const numbers = batch.lines.flatMap(({ text }) => {
          const number = /^event (\d+) \.*$/.exec(text)?.[1];
          if (number !== undefined) return [Number(number)];
          return this.#options.banner === `${text}\n` ? [] : [-1];
        });
        this.#batches.push({ numbers, gaps: batch.gaps.map(({ kind, detail }) => ({ kind, detail })) });
      }
    };
    void follow().catch((error) => {
      if (!reach.dead) this.#fail = error;
    });
  }

  /** Whatever is due happens before the follower sees anything. */
  #turn(): void {
    this.#disk.now += 1;
    this.#calls += 1;
    this.#waiting -= 1;
    while (this.#waiting < 0 && this.#pieces.length > 0 && this.#reach?.dead === false) this.#next();
    if (this.#pieces.length === 0 && this.#calls > QUIET_CALLS) this.#quiet = true;
  }

  #next(): void {
    const { delays } = this.#options;
    this.#disk.now += 3;
    this.#pieces.shift()?.();
    const delay = delays[this.#pieces.length % delays.length] ?? 0;
    if (this.#waiting < 0) this.#waiting = delay;
    this.#calls = 0;
  }

  #begin(): void {
    if (this.#options.banner !== '') this.#disk.append(this.#writer, this.#options.banner);
  }

  #line(): string {
    const text = `event ${this.#written} ${'.'.repeat((this.#written * 37) % 150)}\n`;
    this.#written += 1;
    return text;
  }

  #write(lines: number): void {
    let text = '';
    for (let count = 0; count < lines; count += 1) text += this.#line();
    this.#disk.append(this.#writer, text);
  }

  #plan(deed: Deed): void {
    const { pieces, disk } = { pieces: this.#pieces, disk: this.#disk };
    switch (deed.kind) {
      case 'write':
        if (!deed.torn) {
          pieces.push(() => this.#write(deed.lines));
          return;
        }
        pieces.push(() => {
          const line = this.#line();
          disk.append(this.#writer, line.slice(0, line.length / 2));
          pieces.unshift(() => disk.append(this.#writer, line.slice(line.length / 2)));
        });
        return;
      case 'quiet':
        pieces.push(() => {
          this.#waiting = 60;
          disk.now += 1_000;
        });
        return;
      case 'stop':
        // Killed here; what comes next until the end of the deed after it happens while nobody watches.
        pieces.push(() => {
          if (this.#reach) this.#reach.dead = true;
          const off = 1 + (this.#pieces.length % 23);
          for (let count = 0; count < off && this.#pieces.length > this.#ending; count += 1) this.#next();
          this.#waiting = 0;
          if (this.#reach?.dead) this.#start();
        });
        return;
      default:
        this.#planRotation(deed);
    }
  }

  #planRotation(deed: Extract<Deed, { kind: 'rename' | 'copy' }>): void {
    const { pieces, disk } = { pieces: this.#pieces, disk: this.#disk };
    let first = '';
    // A log is rotated with nothing in it only where the history says so.
    pieces.push(() => {
      if (this.#writer.content.length === 0 && !deed.empty) this.#write(1);
      first = this.#shift();
    });
    if (deed.kind === 'rename') {
      pieces.push(() => disk.rename(LOG, first));
      if (deed.between > 0) pieces.push(() => this.#write(deed.between));
      pieces.push(() => {
        this.#writer = disk.create(LOG);
        this.#begin();
      });
    } else {
      pieces.push(() => {
        const live = this.#writer.content;
        const copy = disk.create(first);
        pieces.unshift(
          () => disk.append(copy, live.subarray(0, live.length / 2)),
          () => disk.append(copy, live.subarray(live.length / 2)),
        );
      });
      if (deed.between > 0) pieces.push(() => this.#write(deed.between));
      pieces.push(() => {
        disk.cut(this.#writer);
        this.#copies.push(this.#written);
      });
    }
    if (deed.pack === '') return;
    if (this.#options.delayed) return;
    pieces.push(() => disk.pack(first, deed.pack));
    pieces.push(() => disk.remove(first));
  }

  /** Makes room for the next rotated file. @returns its name */
  #shift(): string {
    const disk = this.#disk;
    this.#rotations += 1;
    const { kept, naming, delayed } = this.#options;
    if (naming === 'dates') {
      const name = (number: number) => `${LOG}-${1_795_000_000 + number}`;
      const last = name(this.#rotations - 1);
      if (delayed && disk.has(last)) {
        disk.pack(last, '.gz');
        disk.remove(last);
      }
      for (const ending of ['', '.gz', '.zst']) disk.remove(`${name(this.#rotations - kept)}${ending}`);
      return name(this.#rotations);
    }
    if (delayed && disk.has(`${LOG}.1`)) {
      disk.pack(`${LOG}.1`, '.gz');
      disk.remove(`${LOG}.1`);
    }
    for (const ending of ['', '.gz', '.zst']) disk.remove(`${LOG}.${kept}${ending}`);
    for (let number = kept - 1; number >= 1; number -= 1)
      for (const ending of ['', '.gz', '.zst'])
        disk.rename(`${LOG}.${number}${ending}`, `${LOG}.${number + 1}${ending}`);
    return `${LOG}.1`;
  }

  #compare(): ModelResult {
    const wrong: string[] = [];
    const taken: { number: number; batch: number }[] = [];
    for (const [batch, { numbers }] of this.#batches.entries())
      for (const number of numbers) taken.push({ number, batch });
    for (const [index, { number }] of taken.entries()) {
      if (number < 0) wrong.push(`a line that was never written, after ${taken[index - 1]?.number}`);
      if (number <= (taken[index - 1]?.number ?? -1))
        wrong.push(`${number} comes after ${taken[index - 1]?.number}`);
    }
    const gaps = this.#batches.flatMap((one, batch) =>
      one.gaps.map((gap) => ({ ...gap, batch, used: null as number | null })),
    );
    /** Batches between the last line before a place and the first one after it. */
    const around = (number: number) => ({
      from: taken.findLast((one) => one.number < number)?.batch ?? 0,
      to: taken.find((one) => one.number >= number)?.batch ?? this.#batches.length,
    });
    // Of copies that were removed before they were read, nobody can know how many there were: one gap is for all of them.
    const shared = this.#options.kept < 10;
    for (const first of this.#copies) {
      const { from, to } = around(first);
      const gap =
        gaps.find(
          ({ used, kind, batch }) =>
            (used === null || (shared && used === from)) &&
            (kind === 'copytruncate' || kind === 'rotated-away') &&
            batch >= from &&
            batch <= to,
        ) ?? gaps.find(({ detail, batch }) => detail.includes(EARLIER_ROTATIONS) && batch >= from);
      if (!gap) wrong.push(`the copy before ${first} was not told`);
      else if (gap.kind === 'copytruncate') gap.used ??= from;
    }
    const there = new Set(taken.map(({ number }) => number));
    for (let number = 0; number < this.#written; number += 1) {
      if (there.has(number)) continue;
      const { from, to } = around(number);
      const told = gaps.some(
        ({ detail, batch }) => batch >= from && (batch <= to || detail.includes(EARLIER_ROTATIONS)),
      );
      if (!told) wrong.push(`${number} was lost silently`);
      else if (!shared && !gaps.some(({ kind }) => kind === 'rotated-away') && !this.#isCut(number))
        wrong.push(`${number} was lost, although it was there`);
    }
    return {
      wrong: wrong.slice(0, 10),
      gaps: gaps.map(({ kind, detail }) => ({ kind, detail })),
      copies: this.#copies.length,
      written: this.#written,
    };
  }

  /** Only what is written between a copy and its cut may be missing: a few lines before the cut. */
  #isCut(number: number): boolean {
    return this.#copies.some((first) => number < first && number >= first - 3);
  }
}
