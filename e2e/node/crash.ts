import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { expect } from 'vitest';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { whyAllowed } from './allowed-differences.ts';
import type { Home } from './home.ts';
import { say } from './operator.ts';
import { type Differing, differences, type Snapshot, snapshotOf } from './snapshot.ts';

const PROGRAM = new URL('./crash-console.ts', import.meta.url).pathname;

/** What a console that dies is told to do. */
export interface CrashOrder {
  rest?: 'keep' | 'revert';
  checks?: CheckId[];
  undo?: string;
  /** Look at the node before: somebody else did something there. */
  look?: boolean;
  /** Number of the boundary at which it dies; 0 or absent: none. */
  dieAt?: number;
  /** The helper and the console die so long after that question was asked. */
  strike?: { ask: number; afterMs: number } | null;
}

/** What it answers. */
export type CrashAnswer =
  | { rested: AppliedChange | null }
  | { struck: string }
  | { ended: AppliedChange | null; boundaries: number; asks: number; why: string };

type Ended = Extract<CrashAnswer, { boundaries: number }>;

/** A console of its own process; one that has died answers null. */
class CrashConsole {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #home: Home;

  constructor(home: Home, dieWhileResting = 0) {
    this.#home = home;
    const { dataFolder, guest } = home;
    const words = [PROGRAM, dataFolder, String(guest.patience), String(dieWhileResting)];
    this.#child = spawn(process.execPath, ['--no-warnings', ...words], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdin, stdout } = this.#child;
    if (stdin === null || stdout === null) throw new Error('The console has no pipes.');
    // It may die before it reads.
    stdin.on('error', () => undefined);
    this.#reader = createInterface({ input: stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** @returns null when it died */
  async order(order: CrashOrder): Promise<CrashAnswer | null> {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    for (;;) {
      const line = await this.#lines.next();
      if (line.done) return null;
      if (!line.value.startsWith('{"')) continue;
      const answer = JSON.parse(line.value) as CrashAnswer;
      if (!('struck' in answer)) return answer;
      await this.#home.guest.killHelper();
      await this.kill();
      return null;
    }
  }

  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await ended;
    this.#reader.close();
  }
}

/** Beside what may differ on a node anyhow: the helper's own records, which say what was done. */
const RECORDS = /^\/var\/lib\/swarmkeep(\/|$)|\/access\.log$/;
export const others = (was: Snapshot, is: Snapshot): Differing[] =>
  differences(was, is).filter((one) => !RECORDS.test(one.path) && whyAllowed(one) === null);
/** A file that is written twice has two times. */
export const untimed = (all: readonly Differing[]): Differing[] =>
  all.filter(({ fields }) => fields.some((field) => field !== 'time'));

/** What a campaign came to. */
export interface Crashes {
  kills: number;
  ends: Record<string, number>;
}

/**
 * Lets console, or helper and console, die at the boundaries of one repair and of its undo, opens the console again, and holds
 * the node to what it was before or to what the whole repair makes of it: nothing between.
 * @param every 1: at every boundary, 2: at every second one, …
 * @param from number of the first boundary; questions to the helper begin as far in
 * @param tidy what a person does on the node after an undo, for what the undo says that it leaves; empty for nothing
 */
export async function crashEverywhere(
  home: Home,
  check: CheckId,
  every: number,
  from: number,
  tidy = '',
): Promise<Crashes> {
  const repair: CrashOrder = { checks: [check], look: tidy !== '' };
  const untouched = async (): Promise<Snapshot> => {
    if (tidy !== '') await home.guest.must(tidy);
    return snapshotOf(home.guest);
  };
  await home.closeConsole();
  const crashes: Crashes = { kills: 0, ends: {} };
  let console = new CrashConsole(home);
  try {
    const whole = await orderWhole(console, repair);
    if (whole.ended === null) {
      say(`${check}: nothing to repair here, ${whole.why}`);
      return crashes;
    }
    const back = await orderWhole(console, { undo: whole.ended.id });
    const before = await untouched();
    const again = await orderWhole(console, repair);
    if (again.ended === null) throw new Error(`${check} cannot be repaired again: ${again.why}`);
    const after = await snapshotOf(home.guest);
    await orderWhole(console, { undo: again.ended.id });
    expect.soft(others(before, await untouched()), `${check}: undone`).toEqual([]);
    say(`${check}: ${again.boundaries} boundaries, ${again.asks} questions; undo ${back.boundaries}`);

    const deaths: CrashOrder[] = [
      ...steps(again.boundaries, every, from).map((dieAt) => ({ dieAt })),
      ...steps(again.asks, every, (from * again.asks) / again.boundaries).map((ask) => ({
        strike: { ask, afterMs: (ask * 0.618_034 * 700) % 700 },
      })),
    ];
    for (const [number, death] of deaths.entries()) {
      const answer = await console.order({ ...repair, ...death });
      await console.kill();
      if (answer === null) crashes.kills += 1;
      // Every fourth console that comes back dies, too, while it brings things to rest.
      if (number % 4 === 3) {
        const second = new CrashConsole(home, 1 + (number % 5));
        const rested = await second.order({ rest: 'keep' });
        if (rested === null) crashes.kills += 1;
        await second.kill();
      }
      console = new CrashConsole(home);
      const how = `${check}, killed at ${JSON.stringify(death)}`;
      const rested = await console.order({ rest: number % 2 === 0 ? 'keep' : 'revert' });
      const change = rested !== null && 'rested' in rested ? rested.rested : null;
      const state = change?.state ?? 'nothing';
      crashes.ends[state] = (crashes.ends[state] ?? 0) + 1;
      if (state === 'done' || state === 'not-verified') {
        const now = await snapshotOf(home.guest);
        expect.soft(untimed(others(after, now)), `${how}: ${state}`).toEqual([]);
        await orderWhole(console, { undo: change?.id ?? '' });
        expect.soft(others(before, await untouched()), `${how}: undone`).toEqual([]);
      } else {
        // The last undo that stands is what the list shows where the order had not come to a change.
        expect.soft(['rolled-back', 'reverted', 'undone'], `${how}: ${change?.error}`).toContain(state);
        expect.soft(others(before, await untouched()), `${how}: ${state}`).toEqual([]);
      }
    }
  } finally {
    await console.kill();
  }
  say(`${check}: ${crashes.kills} kills, ${JSON.stringify(crashes.ends)}`);
  return crashes;
}

const steps = (count: number, every: number, from: number): number[] =>
  Array.from({ length: count }, (_, index) => index + 1).filter(
    (number) => number >= from && (number - 1) % every === 0,
  );

async function orderWhole(console: CrashConsole, order: CrashOrder): Promise<Ended> {
  const answer = await console.order(order);
  if (answer === null || !('boundaries' in answer)) throw new Error(`${JSON.stringify(order)}: no end`);
  if (answer.ended !== null)
    expect(['done', 'not-verified'], `${answer.ended.title}: ${answer.why}`).toContain(answer.ended.state);
  return answer;
}
