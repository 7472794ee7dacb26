import { readFileSync, renameSync } from 'node:fs';
import { z } from 'zod';
import type { PauseAct, PauseAnswer } from '#shared/domain/helper/pause.ts';
import type { Machine } from '../machine.ts';
import { syncPath, writeDurable } from '../record/durable.ts';
import { codeOf, Refused } from '../refused.ts';
import { findProgram, runProgram } from '../run/run-program.ts';
import { accountsOf } from '../secret/accounts.ts';
import { type AgentProcess, allProcesses } from './agent-processes.ts';
import { type Chosen, chooseProcesses, type PauseWish } from './chosen.ts';

const RECORD = 'paused.json';
/** Whom the last thaw was about: a later one finds by it whoever an earlier one left behind. */
const RELEASED = 'released.json';
/** Agents that start others faster than they are stopped get no more than this many rounds. */
const ROUNDS = 12;
/** How long systemd may take to freeze a unit, in milliseconds; its processes stand still before. */
const UNIT_MS = 1_500;

const record = z.object({
  since: z.iso.datetime(),
  accounts: z.array(z.string().max(32)).max(128),
  units: z.array(z.string().max(256)).max(32),
});
type PauseRecord = z.infer<typeof record>;

/** Makes agents stand still, lets them go, or says how they stand. Refuses `record-damaged`. */
export function answerPause(machine: Machine, act: PauseAct): PauseAnswer {
  // A brake works, whatever became of the note about an earlier one.
  const former = act.act === 'freeze' ? readOrNull(machine) : readRecord(machine);
  switch (act.act) {
    case 'freeze': {
      const accounts = accountsOf(machine, act.uids).filter((range) => !/^0(-|$)/.test(range));
      // What an earlier pause was about stays so: facts may have changed since.
      const wish: PauseRecord = {
        since: former?.since ?? new Date().toISOString(),
        accounts: [...new Set([...(former?.accounts ?? []), ...accounts])].slice(0, 128),
        units: [...new Set([...(former?.units ?? []), ...act.units])].slice(0, 32),
      };
      // On the disk first: what stands still must be found again by whoever lets it go.
      writeDurable(machine.stateFolder, RECORD, `${JSON.stringify(wish)}\n`);
      const chosen = hold(machine, wish);
      return answerFor(chosen && wish, chosen);
    }
    case 'thaw': {
      const wish = joined(former, readOrNull(machine, RELEASED));
      if (wish === null) return answerFor(null, null);
      // The order first: whoever stops agents looks at it afterwards, so either we see them stand still or they see it gone.
      if (former !== null) release(machine);
      machine.pause?.('agents-released');
      const left = letGo(machine, wish);
      // A pause that was ordered meanwhile is in force, whatever we let go of it.
      const newer = readOrNull(machine);
      const held = newer && hold(machine, newer);
      return held === null ? answerFor(null, left) : answerFor(newer, held);
    }
    case 'state':
      return answerFor(former, former && chooseProcesses(allProcesses(), former));
  }
}

/** @returns whether agents were paused here and nobody let them go, also where the note of it cannot be read */
export function isPaused(machine: Machine): boolean {
  try {
    return readRecord(machine) !== null;
  } catch {
    return true;
  }
}

/** Stops what runs although it was paused, and tells nobody. @returns whether there is a pause to keep */
export function freezeAgain(machine: Machine): boolean {
  const wish = readOrNull(machine);
  if (wish === null) return false;
  const loose = chooseProcesses(allProcesses(), wish).processes.some((one) => !standsStill(one));
  if (!loose) return true;
  machine.pause?.('agents-seen');
  return hold(machine, wish) !== null;
}

/**
 * Stops all, and lets them go again where the order was taken back meanwhile: runs wait for nobody, so the one that thaws may have been
 * here in between. Orders that change without end get no more than some rounds.
 * @returns who stands still, or null when there is no pause any more
 */
function hold(machine: Machine, wish: PauseWish): Chosen | null {
  let chosen: Chosen | null = null;
  for (let round = 0; round < ROUNDS; round += 1) {
    stopAll(wish);
    machine.pause?.('agents-stopped');
    units(machine, 'freeze', wish.units);
    chosen = stopAll(wish);
    if (isPaused(machine)) return chosen;
    letGo(machine, wish);
    if (!isPaused(machine)) return null;
  }
  return chosen;
}

/** Continues until a round finds nothing that a signal holds; what stops itself again each time does so by itself. */
function letGo(machine: Machine, wish: PauseWish): Chosen {
  units(machine, 'thaw', wish.units);
  let chosen = chooseProcesses(allProcesses(), wish);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of chosen.processes) signal(one, 'SIGCONT');
    chosen = chooseProcesses(allProcesses(), wish);
    if (!chosen.processes.some((one) => one.state === 'T' || one.stopping)) break;
  }
  return chosen;
}

/** Takes the order back. One that another run took back already is no error; a full disk is none either, nothing is written. */
function release(machine: Machine): void {
  try {
    renameSync(`${machine.stateFolder}/${RECORD}`, `${machine.stateFolder}/${RELEASED}`);
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown;
  }
  syncPath(machine.stateFolder);
}

function joined(one: PauseRecord | null, other: PauseRecord | null): PauseWish | null {
  if (one === null || other === null) return one ?? other;
  return {
    accounts: [...new Set([...one.accounts, ...other.accounts])],
    units: [...new Set([...one.units, ...other.units])],
  };
}

/** Stops until a round finds nothing that runs. Each process is looked at anew before it is told, so that no number is taken twice. */
function stopAll(wish: PauseWish): Chosen {
  let chosen = chooseProcesses(allProcesses(), wish);
  for (let round = 0; round < ROUNDS; round += 1) {
    const loose = chosen.processes.filter((one) => !standsStill(one));
    if (loose.length === 0) return chosen;
    for (const one of loose) signal(one, 'SIGSTOP');
    chosen = chooseProcesses(allProcesses(), wish);
  }
  return chosen;
}

/** `T` and `t`: stopped. A stop that is pending comes before anything else that the process does (signal(7)). */
function standsStill(one: AgentProcess): boolean {
  return one.state === 'T' || one.state === 't' || one.stopping;
}

function signal({ pid }: AgentProcess, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

/** The freezer of the control group holds what starts in a unit later, too. Without it (systemd before 246, cgroups v1) signals alone do. */
function units(machine: Machine, what: 'freeze' | 'thaw', names: readonly string[]): void {
  if (!machine.systemd || findProgram(machine, 'systemctl') === null || names.length === 0) return;
  try {
    runProgram(machine, { program: 'systemctl', arguments: [what, '--', ...names], timeoutMs: UNIT_MS });
  } catch {
    // What counts is how the processes stand afterwards.
  }
}

function answerFor(wish: PauseRecord | null, chosen: Chosen | null): PauseAnswer {
  const processes = chosen?.processes ?? [];
  const running = processes.filter((one) => !standsStill(one));
  const loose = wish === null ? [] : running;
  return {
    answer: 'pause',
    paused: wish !== null,
    since: wish?.since ?? null,
    still: processes.length - running.length,
    loose: loose.slice(0, 32).map(({ pid, name }) => ({ pid, name })),
    more: Math.max(0, loose.length - 32),
    spared: chosen?.spared ?? [],
  };
}

function readRecord(machine: Machine, name = RECORD): PauseRecord | null {
  try {
    return record.parse(JSON.parse(readFileSync(`${machine.stateFolder}/${name}`, 'utf8').slice(0, 65_536)));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw new Refused('record-damaged', 'What was written down of the pause on this node cannot be read.');
  }
}

function readOrNull(machine: Machine, name = RECORD): PauseRecord | null {
  try {
    return readRecord(machine, name);
  } catch {
    return null;
  }
}
