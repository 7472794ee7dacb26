import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { z } from 'zod';
import { fetchedWheel } from '#shared/domain/helper/fetched-wheel.ts';
import { changeId, sha256 } from '#shared/domain/helper/targets.ts';
import type { Machine } from '../machine.ts';
import { codeOf, Refused } from '../refused.ts';
import { syncPath, writeDurable } from './durable.ts';

const instant = z.iso.datetime();

/** Written whole before anything is touched: what there was. */
const begunRecord = z.strictObject({
  change: changeId,
  step: z.int().min(0).max(255),
  at: instant,
  verb: z.string().max(64),
  target: z.string().max(4_096),
  /** SHA-256 of the canonical action: the same step asked again is the same action. */
  action: sha256,
  before: z.unknown(),
});
export type BegunRecord = z.infer<typeof begunRecord>;

/** Written when the step is done: what was left, and the hash of what was written before. */
const doneRecord = z.strictObject({
  begun: sha256,
  at: instant,
  left: z.unknown(),
  already: z.boolean(),
  notUndone: z.string().max(512).nullable(),
  output: z.string().max(16_384),
  /** Of packages that were fetched: the files they came from. */
  wheels: z.array(fetchedWheel).max(32).optional(),
});
export type DoneRecord = z.infer<typeof doneRecord>;

const MAX_WORK_NAMES = 64;
const workNames = z.array(z.string().regex(/^\.swarmkeep-[0-9a-f]{24}$/)).max(MAX_WORK_NAMES);

const MAX_RECORD = 96 * 1024 * 1024;

export const hashOf = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

/** The folder of one step of a change: `begun`, `plan`, `done`, `undoing`, `undone`, and what is kept for undo. */
export class StepRecord {
  readonly machine: Machine;
  readonly change: string;
  readonly step: number;
  readonly folder: string;
  /** What cleaning up could not take away, by its name and in words for a person: it is said, and decides nothing. */
  readonly leftBehind = new Map<string, string>();

  constructor(machine: Machine, change: string, step: number) {
    this.machine = machine;
    this.change = change;
    this.step = step;
    this.folder = `${machine.stateFolder}/changes/${change}/${step}`;
  }

  /**
   * A name for a folder beside a target in which the new entry is made: never the same twice, for whoever may write there sees it
   * while it is used. Written down before, so that a later run takes away what one that was killed has left.
   */
  newWorkName(): string {
    const name = `.swarmkeep-${randomBytes(12).toString('hex')}`;
    writeDurable(this.folder, 'work', JSON.stringify([...this.workNames(), name].slice(-MAX_WORK_NAMES)));
    return name;
  }

  /** The names that runs of this step have used. */
  workNames(): string[] {
    const bytes = this.read('work');
    return bytes === null ? [] : this.parse(bytes, workNames);
  }

  /** Words of a step, with what was left behind. */
  withLeftBehind(words: string): string {
    return [words, ...this.leftBehind.values()].filter(Boolean).join(' ');
  }

  private get making(): string {
    return `${this.folder}.new`;
  }

  /** Starts over: what an earlier run left without a `begun` is no record. */
  open(): void {
    rmSync(this.making, { recursive: true, force: true });
    mkdirSync(this.making, { mode: 0o700, recursive: true });
  }

  /** Keeps bytes beside the record while it is being made; answers their SHA-256. */
  keep(name: string, bytes: Uint8Array): string {
    this.write(this.making, name, bytes);
    return hashOf(bytes);
  }

  /** Keeps bytes that are known only after the step; answers their SHA-256. */
  keepLate(name: string, bytes: Uint8Array): string {
    this.write(this.folder, name, bytes);
    return hashOf(bytes);
  }

  /** Makes the record durable; from here on the step has begun. Refuses `unsafe-path` for one that could not be read back. */
  begin(record: BegunRecord): void {
    const text = JSON.stringify(record);
    if (!begunRecord.safeParse(JSON.parse(text)).success) throw tooMuch();
    this.write(this.making, 'begun', text);
    this.machine.pause?.('begun-written');
    renameSync(this.making, this.folder);
    const changes = `${this.machine.stateFolder}/changes`;
    syncPath(`${changes}/${this.change}`);
    syncPath(changes);
    this.machine.pause?.('begun');
  }

  /** Bytes kept for undo; refuses `record-damaged` when they are not those that were kept. */
  kept(name: string, hash: string): Buffer {
    const bytes = this.read(name);
    if (bytes === null || hashOf(bytes) !== hash) throw damaged(this);
    return bytes;
  }

  /** What will be there after the step, written before it is touched. */
  plan(left: unknown): void {
    this.write(this.folder, 'plan', JSON.stringify(left));
    this.machine.pause?.('planned');
  }

  planned(): unknown {
    const bytes = this.read('plan');
    return bytes === null ? null : this.parse(bytes, z.unknown());
  }

  begun(): BegunRecord | null {
    const bytes = this.read('begun');
    return bytes === null ? null : this.parse(bytes, begunRecord);
  }

  done(): DoneRecord | null {
    const bytes = this.read('done');
    return bytes === null ? null : this.parse(bytes, doneRecord);
  }

  /** Ends a step; answers the SHA-256 that undo will be asked with. */
  finish(record: Omit<DoneRecord, 'begun'>): string {
    const begun = this.read('begun');
    if (begun === null) throw damaged(this);
    this.machine.pause?.('finish');
    writeDurable(this.folder, 'done', JSON.stringify({ ...record, begun: hashOf(begun) }));
    this.machine.pause?.('finished');
    return this.hash();
  }

  /** SHA-256 of the record as it stands: of `done`, or of `begun` for a step that was cut off. */
  hash(): string {
    const begun = this.read('begun');
    const done = this.read('done');
    if (begun === null) throw damaged(this);
    if (done === null) return hashOf(begun);
    if (this.parse(done, doneRecord).begun !== hashOf(begun)) throw damaged(this);
    return hashOf(done);
  }

  mark(name: 'undoing' | 'undone', value: unknown): void {
    writeDurable(this.folder, name, JSON.stringify(value));
    this.machine.pause?.(name);
  }

  marked(name: 'undoing' | 'undone'): unknown {
    const bytes = this.read(name);
    return bytes === null ? null : this.parse(bytes, z.unknown());
  }

  /** Takes the record away: for a step of which nothing is left on the node. */
  remove(): void {
    rmSync(this.making, { recursive: true, force: true });
    try {
      // Renamed first, so that a kill in between leaves no half record.
      renameSync(this.folder, this.making);
      syncPath(this.folder.slice(0, this.folder.lastIndexOf('/')));
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT') throw thrown;
    }
    rmSync(this.making, { recursive: true, force: true });
  }

  /** Refuses what `read` would refuse, before anything is touched that it would be needed for. */
  private write(folder: string, name: string, value: Uint8Array | string): void {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    if (bytes.length > MAX_RECORD) throw tooMuch();
    writeDurable(folder, name, bytes);
  }

  private read(name: string): Buffer | null {
    try {
      const path = `${this.folder}/${name}`;
      if (statSync(path).size > MAX_RECORD) throw damaged(this);
      return readFileSync(path);
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') return null;
      throw thrown;
    }
  }

  private parse<T>(bytes: Buffer, schema: z.ZodType<T>): T {
    try {
      return schema.parse(JSON.parse(bytes.toString('utf8')));
    } catch {
      throw damaged(this);
    }
  }
}

/** Numbers of the steps of a change that have records, lowest first. */
export function stepsOf(machine: Machine, change: string): number[] {
  try {
    return readdirSync(`${machine.stateFolder}/changes/${change}`)
      .filter((name) => /^\d{1,3}$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}

function tooMuch(): Refused {
  return new Refused(
    'unsafe-path',
    'What is there is more than an undo record can hold. Nothing was touched.',
  );
}

function damaged(record: StepRecord): Refused {
  return new Refused(
    'record-damaged',
    `The undo record of step ${record.step} is not the one that was written. Nothing was touched.`,
  );
}
