import { cp, lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Guest } from './guest.ts';
import { Lan } from './lan.ts';
import { Operator } from './operator.ts';
import type { Snapshot } from './snapshot.ts';
import { resumeGuest, startGuest } from './start-guest.ts';

/** The checks that SWARMKEEP_NODE_CHECKS names, with spaces between; null: all. */
const NARROWED = process.env.SWARMKEEP_NODE_CHECKS?.split(/\s+/).filter(Boolean) ?? null;

/** What one stage tells the next. */
export interface Memory {
  /** Name of the card on the network at home, as the guest has it. */
  card: string;
  /** The node before anything was done to it. */
  start: Snapshot;
  /** Checks that a program repairs and that were not fine at the beginning. */
  begun: CheckId[];
  /** Changes that stand, oldest first. */
  applied: { id: string; title: string }[];
}

/** A node, its network, and the console of the person who cares for it. */
export class Home {
  readonly lan: Lan;
  readonly guest: Guest;
  readonly memory: Memory;
  readonly dataFolder: string;
  #operator: Operator | null = null;

  private constructor(lan: Lan, guest: Guest, dataFolder: string, memory: Memory) {
    this.lan = lan;
    this.guest = guest;
    this.dataFolder = dataFolder;
    this.memory = memory;
  }

  static async make(): Promise<Home> {
    const dataFolder = await mkdtemp(join(tmpdir(), 'swarmkeep-node-'));
    const lan = await Lan.make();
    const guest = await orWithout(lan, () => startGuest());
    const home = new Home(lan, guest, dataFolder, { card: '', start: new Map(), begun: [], applied: [] });
    await guest.join(lan).catch((error: unknown) => home.remove().then(() => Promise.reject(error)));
    return home;
  }

  /** Go on from what {@link keep} kept under this name. */
  static async back(folder: string, name: string): Promise<Home> {
    const dataFolder = await mkdtemp(join(tmpdir(), 'swarmkeep-node-'));
    await cp(join(folder, `${name}.console`), dataFolder, { recursive: true });
    const kept = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8'));
    const lan = await Lan.make();
    const saved = { file: join(folder, `${name}.guest`), port: kept.port };
    const guest = await orWithout(lan, () => resumeGuest(saved, lan));
    return new Home(lan, guest, dataFolder, { ...kept.memory, start: new Map(kept.memory.start) });
  }

  /** Keep node and console as they are now, so that a later run can begin here. */
  async keep(folder: string, name: string): Promise<void> {
    await this.closeConsole();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rm(join(folder, `${name}.console`), { recursive: true, force: true });
    const isKept = async (path: string) => !(await lstat(path)).isSocket();
    await cp(this.dataFolder, join(folder, `${name}.console`), { recursive: true, filter: isKept });
    await this.guest.save(join(folder, `${name}.guest`));
    const memory = { ...this.memory, start: [...this.memory.start] };
    await writeFile(join(folder, `${name}.json`), JSON.stringify({ port: this.guest.port, memory }));
  }

  /** The console, opened where it is closed; the first time it gets to know the node. */
  async operator(): Promise<Operator> {
    this.#operator ??=
      this.memory.begun.length === 0
        ? await Operator.at(this.guest, this.dataFolder)
        : await Operator.back(this.dataFolder, this.guest.patience);
    return this.#operator;
  }

  /** Only some of the checks are tried, so the node is not repaired as a whole. */
  readonly isNarrowed = NARROWED !== null;

  /** Those of these checks that are tried on a guest of this kind. */
  chosen(checks: readonly CheckId[]): CheckId[] {
    return checks.filter(
      (check) => this.guest.lacks[check] === undefined && (NARROWED?.includes(check) ?? true),
    );
  }

  /** Checks that a program repairs, and that can be held to it on a guest of this kind. */
  async repairable(): Promise<CheckId[]> {
    return this.chosen(await (await this.operator()).repairable());
  }

  async closeConsole(): Promise<void> {
    await this.#operator?.close();
    this.#operator = null;
  }

  /** Shut the node down and boot it again; the console keeps no connection meanwhile. */
  async reboot(): Promise<void> {
    await this.closeConsole();
    await this.guest.reboot();
  }

  async remove(): Promise<void> {
    await this.closeConsole();
    await this.guest.stop();
    await this.lan.remove();
    await rm(this.dataFolder, { recursive: true, force: true });
  }
}

/** A network without its node is taken away again. */
async function orWithout(lan: Lan, make: () => Promise<Guest>): Promise<Guest> {
  try {
    return await make();
  } catch (error) {
    await lan.remove();
    throw error;
  }
}
