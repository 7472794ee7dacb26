import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Guest } from './guest.ts';
import type { Home } from './home.ts';

const PROGRAM = new URL('./unkept-console.ts', import.meta.url).pathname;

/** A change that waits to be kept. */
export interface Unkept {
  id: string;
  state: string;
  error: string | null;
}

/** Starts a console of its own process on the data folder of a home whose own console is closed. */
function startConsole({ dataFolder, guest }: Home, ...words: string[]) {
  return spawn(process.execPath, [PROGRAM, dataFolder, String(guest.patience), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Kills a console (SIGKILL) so long after it has said something of this kind. @returns what it said */
async function killAfter<T>(child: ReturnType<typeof startConsole>, kind: string, ms: number): Promise<T> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith(`{"${kind}":`)) continue;
    // What it says from here on is nothing that anybody waits for.
    child.stdout.resume();
    await Promise.race([sleep(ms), ended]);
    child.kill('SIGKILL');
    await ended;
    return (JSON.parse(line) as Record<string, T>)[kind] as T;
  }
  throw new Error(`The console ended with ${child.exitCode} before it had said anything of ${kind}.`);
}

/**
 * Let a console of its own process repair these checks, and kill it (SIGKILL) as soon as the change waits to be kept.
 * @param home whose console is closed
 * @throws when it ended before
 */
export function leaveUnkept(home: Home, seconds: number, checks: readonly CheckId[]): Promise<Unkept> {
  return killAfter(startConsole(home, 'leave', String(seconds), ...checks), 'waits', 0);
}

/**
 * Let a console of its own process repair these checks and keep that, and kill it so many milliseconds after its order.
 * @returns the id of the change
 */
export function killInTheMiddle(home: Home, checks: readonly CheckId[], ms: number): Promise<string> {
  return killAfter(startConsole(home, 'keep', '60', ...checks), 'ordered', ms);
}

/** Where the node keeps what it knows of a change, and when it did what. */
const recordOf = (id: string) => `/var/lib/swarmkeep/changes/${id}`;

/** Kill what waits on the node for the time of a change (SIGKILL), as the kernel does for want of memory, as soon as it waits. */
export async function killWaiting(guest: Guest, id: string): Promise<void> {
  await guest.must(
    `for i in $(seq 1 240); do pkill -KILL -f -- '--revert ${id}$' && exit 0; sleep 0.5; done; exit 1`,
  );
}

/** What the node did of a change, in seconds after its deadline (negative: before). */
export interface TakenBack {
  began: number;
  ended: number;
  /** What each step took, in the order in which they were taken back. */
  steps: readonly { what: string; seconds: number }[];
}

/** Wait until the node itself has taken a change back, and read from its records when it did what. */
export async function takenBackByNode(guest: Guest, id: string): Promise<TakenBack> {
  const at = recordOf(id);
  const times = await guest.must(
    `for i in $(seq 1 600); do [ -e ${at}/reverted ] && break; sleep 0.5; done
python3 -IB - <<'PY'
import json, os
from datetime import datetime
def read(name): return json.load(open('${at}/' + name))
def instant(name): return datetime.fromisoformat(read(name)['at']).timestamp()
# The deadline is on the clock of the boot; what both clocks say now turns one into the other.
now, boot = datetime.now().timestamp(), float(open('/proc/uptime').read().split()[0])
due = now - boot + read('armed')['deadline']
began, ended, steps = instant('reverting'), instant('reverted'), []
before = began
for then, step in sorted((instant(f'{name}/undone'), name) for name in os.listdir('${at}') if name.isdigit()):
    begun = read(f'{step}/begun')
    steps.append({'what': begun['verb'] + ' ' + begun['target'], 'seconds': then - before})
    before = then
print(json.dumps({'began': began - due, 'ended': ended - due, 'steps': steps}))
PY`,
    420_000,
  );
  return JSON.parse(times) as TakenBack;
}
