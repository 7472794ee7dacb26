import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import type { Machine } from '../machine.ts';
import { bootId, secondsSinceBoot } from '../record/clock.ts';
import { lockNode } from '../record/lock.ts';
import { asRefused, Refused } from '../refused.ts';
import { startDetached } from '../run/start-detached.ts';
import { close } from '../walk/descriptor.ts';
import { awaitAccepted, commitSecret } from './commit.ts';
import { takeLease } from './lease.ts';
import { isOver, refuseOver } from './over.ts';
import { RotationRecord } from './rotation-record.ts';
import { now } from './stage.ts';

const LOCK_SECONDS = 60;
const TRIES = 5;
/** Longest wait that is taken: nobody arms a restart for tomorrow. */
const MOST_AHEAD_MS = 600_000;

/**
 * Lets this node commit by itself at an instant of its own clock. What waits is a process of its own that outlives the connection; the
 * instant is turned into seconds since boot at once, so that a clock that is set meanwhile moves nothing.
 */
export function armSecret(
  machine: Machine,
  { rotation, unit, port, at }: Extract<SecretAct, { act: 'arm' }>,
  relaunch: Relaunch,
): RotationRecord {
  refuseOver(machine, rotation);
  takeLease(machine, rotation);
  const record = new RotationRecord(machine, rotation);
  if (record.read('staged') === null)
    throw new Refused('unknown-change', 'No secret was staged here for this rotation.');
  if (record.read('restarted') !== null) return record;
  const ahead = at - Date.now();
  if (ahead > MOST_AHEAD_MS) throw new Refused('bad-request', 'The instant lies more than 10 minutes ahead.');
  const deadline = secondsSinceBoot() + Math.max(0, ahead) / 1_000;
  record.mark('armed', { bootId: bootId(), deadline, at: new Date(at).toISOString(), unit, port });
  startDetached(machine, relaunch, ['--commit', rotation], 'put the new secret of the swarm in place');
  return record;
}

/** What waits on the node: until its instant, then commits, again and again while that fails. Answers an exit status. */
export async function commitInTime(machine: Machine, rotation: string): Promise<number> {
  const record = new RotationRecord(machine, rotation);
  const armed = record.read('armed');
  if (armed === null) return 0;
  const waits = () => (armed.bootId === bootId() ? armed.deadline - secondsSinceBoot() : 0);
  while (waits() > 0) await sleep(Math.min(waits() * 1_000, 1_000));
  for (let tries = 1; ; tries += 1) {
    const trouble = tryCommit(machine, rotation, armed.unit);
    if (trouble === null) break;
    if (tries >= TRIES) return 1;
    await sleep(200 * 2 ** tries);
  }
  await awaitAccepted(record, armed.port);
  return 0;
}

/** Null: done. Else why not, which is noted for the console. */
function tryCommit(machine: Machine, rotation: string, unit: string): string | null {
  let lock: number | null = null;
  const record = new RotationRecord(machine, rotation);
  try {
    lock = lockNode(machine, LOCK_SECONDS);
    // Dropped or finished meanwhile?
    if (record.read('armed') === null || isOver(machine, rotation)) return null;
    commitSecret({ ...machine, lock }, rotation, unit);
    return null;
  } catch (thrown) {
    const words = asRefused(thrown, 'The new secret').message.slice(0, 1_024);
    try {
      record.mark('trouble', { at: now(), words });
    } catch {
      // A full disk; the console finds out by asking.
    }
    return words;
  } finally {
    close(lock);
  }
}
