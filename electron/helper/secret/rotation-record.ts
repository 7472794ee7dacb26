import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { accountRange, type SecretProgress } from '#shared/domain/helper/secret.ts';
import { numericId, sha256, targetPath, unitName } from '#shared/domain/helper/targets.ts';
import type { Machine } from '../machine.ts';
import { syncPath, writeDurable } from '../record/durable.ts';
import { codeOf, Refused } from '../refused.ts';

const at = z.iso.datetime();

/** What each mark of a rotation on this node says. */
const MARKS = {
  staged: z.strictObject({
    at,
    path: targetPath,
    beside: z.string().max(255),
    /** SHA-256 of the file that was staged: 256 random bits cannot be guessed from it. */
    sha256,
    uid: numericId,
    gid: numericId,
    hadOld: z.boolean(),
  }),
  armed: z.strictObject({
    bootId: z.string().max(64),
    /** Seconds since boot (CLOCK_BOOTTIME). */
    deadline: z.number().min(0),
    at,
    unit: unitName,
    port: z.int().min(1).max(65_535),
  }),
  renamed: z.strictObject({ at }),
  restarted: z.strictObject({ at }),
  accepted: z.strictObject({ at }),
  trouble: z.strictObject({ at, words: z.string().max(1_024) }),
  fence: z.strictObject({ text: z.string().max(262_144), accounts: z.array(accountRange).max(64) }),
} as const;
type MarkName = keyof typeof MARKS;
type Mark<Name extends MarkName> = z.infer<(typeof MARKS)[Name]>;

/** Where the records of rotations lie, for root only. */
export const rotationsFolder = (machine: Machine) => `${machine.stateFolder}/rotations`;

/** What this node knows of one rotation: marks that are durable when they are set, and the old secret until it is destroyed. */
export class RotationRecord {
  readonly machine: Machine;
  readonly rotation: string;
  readonly folder: string;

  constructor(machine: Machine, rotation: string) {
    this.machine = machine;
    this.rotation = rotation;
    this.folder = `${rotationsFolder(machine)}/${rotation}`;
  }

  /** Makes its folder, 0700, where it is not there. */
  open(): void {
    for (const folder of [rotationsFolder(this.machine), this.folder]) {
      try {
        mkdirSync(folder, { mode: 0o700 });
        syncPath(folder.slice(0, folder.lastIndexOf('/')));
      } catch (thrown) {
        if (codeOf(thrown) !== 'EEXIST') throw thrown;
      }
    }
  }

  mark<Name extends MarkName>(name: Name, value: Mark<Name>): void {
    writeDurable(this.folder, name, JSON.stringify(value));
    this.machine.pause?.(name);
  }

  /** @returns what the mark says, or null. Refuses `record-damaged`. */
  read<Name extends MarkName>(name: Name): Mark<Name> | null {
    const bytes = this.bytes(name);
    if (bytes === null) return null;
    try {
      return MARKS[name].parse(JSON.parse(bytes.toString('utf8'))) as Mark<Name>;
    } catch {
      throw new Refused('record-damaged', `The record of rotation ${this.rotation} cannot be read.`);
    }
  }

  /** Keeps the secret that was in force, to ask afterwards whether it is refused. */
  keepOld(token: Buffer): void {
    writeDurable(this.folder, 'old', token);
  }

  old(): Buffer | null {
    return this.bytes('old');
  }

  /** Overwrites the old secret where it lies and takes it away. What the disk itself keeps of it opens nothing any more. */
  destroyOld(): void {
    const old = this.old();
    if (old === null) return;
    old.fill(0);
    this.keepOld(old);
    this.unmark('old');
  }

  /** Takes a mark away; where there is none, nor any record, that is fine. */
  unmark(name: MarkName | 'old'): void {
    rmSync(`${this.folder}/${name}`, { force: true });
    try {
      syncPath(this.folder);
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT') throw thrown;
    }
  }

  /** Takes all of it away but the fence. */
  forget(): void {
    const away = `${this.machine.stateFolder}/forgotten-${this.rotation}`;
    rmSync(away, { recursive: true, force: true });
    try {
      renameSync(this.folder, away);
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') return;
      throw thrown;
    }
    syncPath(rotationsFolder(this.machine));
    rmSync(away, { recursive: true, force: true });
  }

  progress(): SecretProgress {
    return {
      stagedAt: this.read('staged')?.at ?? null,
      armedFor: this.read('armed')?.at ?? null,
      committedAt: this.read('restarted')?.at ?? null,
      acceptsSince: this.read('accepted')?.at ?? null,
      trouble: this.read('trouble')?.words ?? null,
    };
  }

  private bytes(name: string): Buffer | null {
    try {
      return readFileSync(`${this.folder}/${name}`);
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') return null;
      throw thrown;
    }
  }
}

/** Ids of all rotations that have records here. */
export function rotationsOf(machine: Machine): string[] {
  try {
    return readdirSync(rotationsFolder(machine)).filter((name) => /^[0-9a-f]{32}$/.test(name));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}
