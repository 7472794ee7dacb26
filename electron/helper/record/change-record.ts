import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { z } from 'zod';
import type { Machine } from '../machine.ts';
import { codeOf, Refused } from '../refused.ts';
import { syncPath, writeDurable } from './durable.ts';

/** A timer that was set: when, on the clock that counts suspended time too, and in which boot. */
const armed = z.strictObject({
  bootId: z.string().max(64),
  /** Seconds since boot at which it fires (CLOCK_BOOTTIME). */
  deadline: z.number().min(0),
  /** The same as an instant, for people. */
  revertsAt: z.iso.datetime(),
});
export type Armed = z.infer<typeof armed>;

const mark = z.strictObject({ at: z.iso.datetime() });

/** The marks of one change: `armed`, `confirmed`, `reverted`. They lie beside its steps. */
export class ChangeRecord {
  readonly machine: Machine;
  readonly change: string;
  readonly folder: string;

  constructor(machine: Machine, change: string) {
    this.machine = machine;
    this.change = change;
    this.folder = `${machine.stateFolder}/changes/${change}`;
  }

  /** Makes the folder of the change where it is not there. */
  open(): void {
    try {
      mkdirSync(this.folder, { mode: 0o700 });
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    }
    syncPath(`${this.machine.stateFolder}/changes`);
  }

  armed(): Armed | null {
    return this.read('armed', armed);
  }

  arm(value: Armed): void {
    writeDurable(this.folder, 'armed', JSON.stringify(value));
    this.machine.pause?.('armed');
  }

  is(name: 'confirmed' | 'reverting' | 'reverted'): boolean {
    return this.read(name, mark) !== null;
  }

  mark(name: 'confirmed' | 'reverting' | 'reverted'): void {
    writeDurable(this.folder, name, JSON.stringify({ at: new Date().toISOString() }));
    this.machine.pause?.(name);
  }

  /** Takes all records of the change away; one rename first, so that a kill leaves no half change. */
  forget(): void {
    const away = `${this.machine.stateFolder}/forgotten-${this.change}`;
    rmSync(away, { recursive: true, force: true });
    renameSync(this.folder, away);
    syncPath(`${this.machine.stateFolder}/changes`);
    rmSync(away, { recursive: true, force: true });
  }

  private read<T>(name: string, schema: z.ZodType<T>): T | null {
    let text: string;
    try {
      text = readFileSync(`${this.folder}/${name}`, 'utf8');
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') return null;
      throw thrown;
    }
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      throw new Refused('record-damaged', `The record of change ${this.change} cannot be read.`);
    }
  }
}

/** Ids of all changes that have records. */
export function changesOf(machine: Machine): string[] {
  return readdirSync(`${machine.stateFolder}/changes`).filter((name) => /^[0-9a-f]{32}$/.test(name));
}
