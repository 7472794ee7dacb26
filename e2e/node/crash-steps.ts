import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { planHash } from '#core/fixes/plan-registry.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { builtNodeServer } from '../../electron/helper/testing/install-helper.ts';
import { type Crashes, others, untimed } from './crash.ts';
import type { Guest } from './guest.ts';
import type { Home } from './home.ts';
import { say } from './operator.ts';
import { QuickSnapshots } from './quick-snapshot.ts';
import type { Snapshot } from './snapshot.ts';

const PROGRAM = new URL('./crash-engine.ts', import.meta.url).pathname;

/** What the part of a console that does changes is told to do. */
export interface EngineOrder {
  /** Bring to rest what was left; whether what waits is kept. */
  rest?: boolean;
  plan?: Plan;
  keeps?: boolean;
  /** The change that is taken back. */
  undo?: string;
  /** Number of the boundary of the console, or of the point between two acts of the helper, at which both die; absent: none. */
  dieAt?: number;
  killAt?: number;
}

export interface EngineAnswer {
  id: string;
  state: string;
  error: string;
  of: string | null;
  boundaries: number;
  points: number;
}

/** That part in a process of its own, with the helper on the node as another; one that has died answers null. */
class Engine {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(folder: string, guest: Guest) {
    const remote = 'exec /usr/local/libexec/swarmkeep/node --no-warnings /root/serve-node.mjs';
    const words = [PROGRAM, folder, 'ssh', ...guest.sshArguments(), remote];
    this.#child = spawn(process.execPath, ['--no-warnings', ...words], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdin, stdout } = this.#child;
    if (stdin === null || stdout === null) throw new Error('The console has no pipes.');
    stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** @returns null when it died */
  async order(order: EngineOrder): Promise<EngineAnswer | null> {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    const line = await this.#lines.next();
    return line.done ? null : (JSON.parse(line.value) as EngineAnswer);
  }

  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await ended;
  }
}

/** The same plan as another change. */
function renewed({ hash: _hash, ...plan }: Plan): Plan {
  const made = { ...plan, id: randomBytes(16).toString('hex') };
  return { ...made, hash: planHash(made) };
}

/**
 * Lets the part of the console that does changes, and the helper, die at the boundaries of one repair, starts them again, and holds
 * the node to what it was before or to what the whole repair makes of it: nothing between. The plan is the console's own.
 * @param every 1: at every boundary, 2: at every second one, …
 * @param from number of the first boundary
 * @param tidy what a person does on the node after an undo, for what the undo says that it leaves; empty for nothing
 */
export async function crashAtSteps(
  home: Home,
  check: CheckId,
  every: number,
  from: number,
  tidy = '',
): Promise<Crashes> {
  const { guest } = home;
  const crashes: Crashes = { kills: 0, ends: {} };
  if (tidy !== '') await (await home.operator()).look('again');
  const planned = async (): Promise<Plan> => {
    const { client, node } = await home.operator();
    const made = await client.fixes.plan({ node, checks: [check], revertsAfter: 600 });
    await home.closeConsole();
    return made;
  };
  let plan = await planned();
  if (plan.steps.length === 0) {
    say(`${check}: nothing to repair here, ${JSON.stringify(plan.left)}`);
    return crashes;
  }
  await guest.copyIn(builtNodeServer());
  const folder = await mkdtemp(join(tmpdir(), 'swarmkeep-steps-'));
  const snapshots = await QuickSnapshots.on(guest);
  const untouched = async (): Promise<Snapshot> => {
    if (tidy !== '') await guest.must(tidy);
    return snapshots.take();
  };
  let engine = new Engine(folder, guest);
  let spare = new Engine(folder, guest);
  const next = (): Engine => {
    const taken = spare;
    spare = new Engine(folder, guest);
    return taken;
  };
  const whole = async (order: EngineOrder): Promise<EngineAnswer> => {
    const answer = await engine.order(order);
    if (answer?.state !== 'done') throw new Error(`${check}: ${JSON.stringify(answer)}`);
    return answer;
  };
  try {
    // What the daemon writes by itself since the plan was made refuses it, as it should: then it is planned anew.
    let first = await engine.order({ plan: renewed(plan) });
    for (let left = 2; first?.state === 'rolled-back' && left > 0; left -= 1) {
      plan = await planned();
      first = await engine.order({ plan: renewed(plan) });
    }
    if (first?.state !== 'done') throw new Error(`${check}: ${JSON.stringify(first)}`);
    await whole({ undo: first.id });
    const before = await untouched();
    const again = await whole({ plan: renewed(plan) });
    const after = await snapshots.take();
    const back = await whole({ undo: again.id });
    expect.soft(others(before, await untouched()), `${check}: undone`).toEqual([]);
    say(
      `${check}: ${again.boundaries} boundaries, ${again.points} points of the helper; undo ${back.boundaries}`,
    );

    const deaths: EngineOrder[] = [
      ...numbers(again.boundaries, every, from).map((dieAt) => ({ dieAt })),
      ...numbers(again.points, every, Math.ceil((from * again.points) / again.boundaries)).map((killAt) => ({
        killAt,
      })),
    ];
    const began = Date.now();
    for (const [number, death] of deaths.entries()) {
      if (number % 20 === 19)
        say(`${number} of ${deaths.length}, ${((Date.now() - began) / 1_000 / number).toFixed(1)} s each`);
      const keeps = number % 2 === 0;
      const wanted = renewed(plan);
      if ((await engine.order({ plan: wanted, keeps: true, ...death })) === null) crashes.kills += 1;
      await engine.kill();
      // Every fourth that comes back dies, too, while it brings things to rest.
      if (number % 4 === 3) {
        const second = next();
        if ((await second.order({ rest: keeps, dieAt: 1 + (number % 7) })) === null) crashes.kills += 1;
        await second.kill();
      }
      engine = next();
      let rested = await engine.order({ rest: keeps });
      // One that loses its way to the node before it could ask anything is started again, as a person would.
      for (let left = 3; rested === null && left > 0; left -= 1) {
        await engine.kill();
        engine = next();
        rested = await engine.order({ rest: keeps });
      }
      const how = `${check}, died at ${JSON.stringify(death)}`;
      const state = rested === null ? 'died' : rested.id === wanted.id ? rested.state : 'nothing';
      crashes.ends[state] = (crashes.ends[state] ?? 0) + 1;
      if (state === 'done') {
        expect.soft(untimed(others(after, await snapshots.take())), `${how}: done`).toEqual([]);
        await whole({ undo: wanted.id });
        expect.soft(others(before, await untouched()), `${how}: undone`).toEqual([]);
      } else {
        expect.soft(['rolled-back', 'reverted', 'nothing'], `${how}: ${rested?.error}`).toContain(state);
        expect.soft(others(before, await untouched()), `${how}: ${state}`).toEqual([]);
      }
    }
  } finally {
    await engine.kill();
    await spare.kill();
    snapshots.close();
    await rm(folder, { recursive: true, force: true });
  }
  say(`${check}: ${crashes.kills} deaths, ${JSON.stringify(crashes.ends)}`);
  return crashes;
}

const numbers = (count: number, every: number, from: number): number[] =>
  Array.from({ length: count }, (_, index) => index + 1).filter(
    (number) => number >= from && (number - 1) % every === 0,
  );
