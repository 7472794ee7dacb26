import { z } from 'zod';
import type { ScriptChannel, ScriptHost } from '#core/hosts/host.ts';
import type { SourceGap, SourceState } from '#shared/domain/audit/source.ts';
import { type Guest, ReadingRoom } from '../files/reading-room.ts';
import type { FollowedBatch, FollowedLine, Follower, FollowerStatus } from '../follower.ts';
import { LineSplitter } from '../lines/line-splitter.ts';
import {
  CURSOR,
  JOURNAL_FOLDERS,
  type JournalStart,
  journalMatches,
  journalScript,
} from './journal-script.ts';

const RUN_MS = 2_147_000_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** How much of the past is read of a journal that was never followed. */
const FIRST_BACK_MS = 24 * 3_600_000;
const MOST_LINES = 5_000;
const MOST_CHARACTERS = 4 * 1024 * 1024;
/** Bytes that may wait here before the node is told to wait: there may be as many journals as nodes. */
const HIGH_BYTES = 1024 * 1024;
const LOW_BYTES = 256 * 1024;
/** A run that lasted so long ended by something new. */
const STEADY_MS = 60_000;

const journalPosition = z.object({
  form: z.literal('journal-1'),
  /** Of the last entry that was handed over. */
  cursor: z.string().regex(CURSOR).nullable(),
  /** Lines after it that were handed over and say no cursor. */
  skip: z.int().min(0),
  /** Time of that entry by the node's journal in microseconds since 1970, decimal. */
  time: z
    .string()
    .regex(/^\d{1,20}$/)
    .nullable(),
  at: z.int(),
});
type JournalPosition = z.infer<typeof journalPosition>;

export interface JournalFollowerOptions {
  host: ScriptHost;
  /** Of the source's target. */
  unit: string | null;
  position?: unknown;
  /** For tests. */
  program?: string | undefined;
  folders?: readonly string[] | undefined;
  pauseMs?: number | undefined;
  /** What all followers of the thread share; one of its own when left out. */
  room?: ReadingRoom | undefined;
}

/** Follows the journal of a node, or what it says of a unit, by cursor: journalctl(1), `--output=json`. */
export class JournalFollower implements Follower {
  readonly #options: JournalFollowerOptions;
  readonly #guest: Guest;
  readonly #abort = new AbortController();
  readonly #splitter = new LineSplitter();
  readonly #running: Promise<void>;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #channel: ScriptChannel | null = null;
  #paused = false;
  #position: JournalPosition;
  /** What the run that goes on now was begun behind; null when its first entry was compared with it. */
  #expected: string | null = null;
  #toSkip = 0;
  /** Entries up to this time were handed over; after a cursor that journalctl does not take. */
  #after: bigint | null = null;
  #head = false;
  #wake: (() => void) | null = null;
  #state: SourceState = 'waiting';
  #trouble = '';

  constructor(options: JournalFollowerOptions) {
    this.#options = options;
    this.#guest = (options.room ?? new ReadingRoom()).enter();
    const stored = journalPosition.safeParse(options.position);
    const none = { form: 'journal-1', cursor: null, skip: 0, time: null, at: Date.now() } as const;
    this.#position = stored.success ? stored.data : none;
    this.#running = this.#run();
  }

  status(): FollowerStatus {
    return { state: this.#state, trouble: this.#trouble, lagBytes: null, owner: null };
  }

  async next(): Promise<FollowedBatch | null> {
    this.#guest.rise();
    while (!this.#abort.signal.aborted) {
      if (this.#pieces.length > 0) await this.#guest.sit();
      const batch = this.#batch();
      if (batch) return batch;
      this.#guest.rise();
      if (this.#pieces.length > 0 || this.#abort.signal.aborted) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return null;
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#guest.leave();
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { host, unit, program, folders, pauseMs = FIRST_PAUSE_MS } = this.#options;
    const matches = journalMatches(unit);
    let pause = pauseMs;
    let since: number | null = null;
    while (!this.#abort.signal.aborted) {
      const { cursor, time } = this.#position;
      const back = (Date.now() - FIRST_BACK_MS) / 1_000;
      const start: JournalStart =
        cursor !== null && since === null
          ? { cursor }
          : { sinceSeconds: since ?? (time ? Number(time) / 1e6 : back) };
      const script = matches ? journalScript(start, matches, program, folders ?? JOURNAL_FOLDERS) : null;
      if (script === null) return this.#say('failed', 'It is no name of a unit that could be followed.');
      this.#begin('cursor' in start ? start.cursor : null);
      const began = performance.now();
      const result = await host.run({
        script,
        sudo: 'unless-refused',
        timeoutMs: RUN_MS,
        maxStdoutBytes: Number.MAX_SAFE_INTEGER,
        signal: this.#abort.signal,
        onOutput: (chunk, channel) => this.#take(chunk, channel),
      });
      if (this.#abort.signal.aborted) return;
      // What was begun is read again from the cursor; what is whole is still handed over.
      await this.#drained();
      if (performance.now() - began > STEADY_MS) pause = pauseMs;
      const byCursor = 'cursor' in start;
      since = null;
      if (!result.ok) this.#say('waiting', `${result.error.message} ${result.error.next}`.trim());
      else if (byCursor && /cursor/i.test(result.end.stderr) && cursor !== null && this.#expected !== null) {
        since = time ? Number(time) / 1e6 : back;
        this.#after = time ? BigInt(time) : null;
      } else if (this.#trouble === '' || this.#state === 'live') {
        const why = `journalctl ended. ${result.end.stderr.slice(0, 512)}`.trim();
        this.#say('waiting', `${why} It is begun again in ${Math.ceil(pause / 1_000)} s.`);
      }
      await this.#sleep(since === null ? pause : 0);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  #begin(cursor: string | null): void {
    this.#pieces = [];
    this.#bytes = 0;
    this.#paused = false;
    this.#splitter.reset();
    this.#head = true;
    // A start by time after a cursor that was refused keeps what is expected: its first entry tells the gap.
    if (cursor !== null) this.#after = null;
    this.#expected = cursor ?? (this.#after !== null ? '' : null);
    this.#toSkip = 0;
  }

  #take(chunk: Buffer, channel: ScriptChannel): void {
    this.#channel = channel;
    this.#pieces.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > HIGH_BYTES && !this.#paused) {
      this.#paused = true;
      channel.pause();
    }
    this.#wake?.();
  }

  #batch(): FollowedBatch | null {
    const lines: FollowedLine[] = [];
    const gaps: Omit<SourceGap, 'source'>[] = [];
    let characters = 0;
    while (lines.length < MOST_LINES && characters < MOST_CHARACTERS) {
      const piece = this.#pieces.shift();
      if (piece === undefined) break;
      this.#bytes -= piece.length;
      const whole: FollowedLine[] = [];
      this.#splitter.push(piece, whole);
      for (const line of whole) {
        if (!this.#isNew(line, gaps)) continue;
        lines.push(line);
        characters += line.text.length;
      }
    }
    if (this.#paused && this.#bytes < LOW_BYTES) {
      this.#paused = false;
      this.#channel?.resume();
    }
    if (lines.length === 0 && gaps.length === 0) return null;
    const receivedAt = Date.now();
    this.#position = { ...this.#position, at: receivedAt };
    return { path: null, lines, receivedAt, gaps, position: this.#position };
  }

  /** @returns whether a line is to be handed over; moves the position behind it then */
  #isNew(line: FollowedLine, gaps: Omit<SourceGap, 'source'>[]): boolean {
    if (this.#head) {
      this.#head = false;
      this.#hello(line.text);
      return false;
    }
    this.#say('live');
    const cursor = /"__CURSOR"\s*:\s*"([a-z0-9=;]{1,512})"/.exec(line.text)?.[1] ?? null;
    const time = /"__REALTIME_TIMESTAMP"\s*:\s*"(\d{1,20})"/.exec(line.text)?.[1] ?? null;
    if (this.#after !== null && time !== null && BigInt(time) <= this.#after) return false;
    if (this.#expected !== null) {
      const found = cursor === this.#expected;
      this.#expected = null;
      this.#after = null;
      if (found) {
        this.#toSkip = this.#position.skip;
        return false;
      }
      gaps.push(this.#vacuumed());
    }
    if (this.#toSkip > 0 && cursor === null) {
      this.#toSkip -= 1;
      return false;
    }
    this.#toSkip = 0;
    if (cursor === null) this.#position = { ...this.#position, skip: this.#position.skip + 1 };
    else this.#position = { ...this.#position, cursor, skip: 0, time: time ?? this.#position.time };
    return true;
  }

  #vacuumed(): Omit<SourceGap, 'source'> {
    const now = Date.now();
    const from = new Date(Math.min(this.#position.at, now)).toISOString();
    const detail =
      'The journal no longer holds the entry that was read last: what came after it may have been removed, too.';
    return { kind: 'journal-vacuumed', from, to: new Date(now).toISOString(), bytes: null, detail };
  }

  #hello(text: string): void {
    const [, state, uid] = /^#(readable|closed|none|lacks) (\d{1,10})$/.exec(text) ?? [];
    if (state === 'readable') this.#say('live');
    else if (state === 'lacks') this.#say('failed', 'There is no journalctl on that node.');
    else if (state === 'none') this.#say('waiting', 'There is no journal of the system; waiting for one.');
    else if (state === 'closed') {
      const help = 'It would help to add that account to the group systemd-journal.';
      this.#say('waiting', `Uid ${uid} may not read the journal of the system. ${help}`);
    } else this.#say('waiting', 'The node does not answer as it should.');
  }

  #say(state: SourceState, trouble = ''): void {
    this.#state = state;
    this.#trouble = trouble.slice(0, 1_024);
  }

  async #drained(): Promise<void> {
    while (this.#pieces.length > 0 && !this.#abort.signal.aborted) await this.#sleep(20);
  }

  #sleep(milliseconds: number): Promise<void> {
    const { signal } = this.#abort;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener('abort', done);
    });
  }
}
