import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '../machine.ts';
import { lockNode } from '../record/lock.ts';
import { Refused } from '../refused.ts';
import { mustRun } from '../run/run-program.ts';
import { needSystemd } from '../verbs/systemctl.ts';
import { close } from '../walk/descriptor.ts';
import { askApi } from './ask-api.ts';
import { endOthers } from './over.ts';
import { RotationRecord } from './rotation-record.ts';
import { now } from './stage.ts';
import { hashOfBytes, putInPlace, readTokenFile, removeBeside, tokenIn, withFolder } from './token-file.ts';

const RESTART_MS = 60_000;
const LOOK_MS = 40;
/** From restart to the first answer takes mycoSwarm 0.8–1.5 s, and a small board many times that. */
const ACCEPT_MS = 30_000;

/**
 * Puts what was staged in place and restarts the unit, which reads its secret once, at its start. Each half is done once. Refuses
 * `unknown-change` where nothing was staged, `changed-since` where somebody took the staged file away or changed it: it is staged again then.
 * From here on all earlier rotations are over on this node; that this one is not is for the caller to see to (`over.ts`).
 */
export function commitSecret(machine: Machine, rotation: string, unit: string): RotationRecord {
  const record = new RotationRecord(machine, rotation);
  const staged = record.read('staged');
  if (staged === null) throw new Refused('unknown-change', 'No secret was staged here for this rotation.');
  needSystemd(machine);
  if (record.read('renamed') === null) {
    endOthers(machine, rotation);
    withFolder(machine, staged.path, 'change', (held) => {
      const present = readTokenFile(held, held.name);
      const isInPlace = present !== null && hashOfBytes(present.bytes) === staged.sha256;
      if (isInPlace) return removeBeside(held, staged.beside);
      const beside = readTokenFile(held, staged.beside);
      if (beside === null || hashOfBytes(beside.bytes) !== staged.sha256 || beside.mode !== 0o600)
        throw new Refused(
          'changed-since',
          'The staged secret is not there as it was left. It has to be staged again.',
        );
      machine.pause?.('before-rename');
      putInPlace(held, staged.beside);
    });
    machine.pause?.('in-place');
    record.mark('renamed', { at: now() });
  }
  if (record.read('restarted') === null) {
    // What it starts lasts, and must not hold the lock of this node.
    const run = {
      program: 'systemctl',
      arguments: ['restart', '--', unit],
      timeoutMs: RESTART_MS,
      holdsLock: false,
    };
    mustRun(machine, run);
    machine.pause?.('was-restarted');
    record.mark('restarted', { at: now() });
    record.unmark('trouble');
  }
  return record;
}

/** Waits until the API answers 200 to the secret of the file, and notes when it did first. 30 s at most; then it is left to who asks next. */
export async function awaitAccepted(record: RotationRecord, port: number, mostMs = ACCEPT_MS): Promise<void> {
  const staged = record.read('staged');
  if (staged === null || record.read('accepted') !== null) return;
  const file = withFolder(record.machine, staged.path, 'look', (held) => readTokenFile(held, held.name));
  if (file === null || hashOfBytes(file.bytes) !== staged.sha256) return;
  const token = tokenIn(file.bytes);
  const until = performance.now() + mostMs;
  while (performance.now() < until) {
    if ((await askApi('127.0.0.1', port, '/status', token)) === 200) {
      noteAccepted(record, now());
      return;
    }
    await sleep(LOOK_MS);
  }
}

/** What waits on the node and the console may both see it first: one of them notes it. */
function noteAccepted(record: RotationRecord, at: string): void {
  const lock = lockNode(record.machine, 20);
  try {
    if (record.read('accepted') === null) record.mark('accepted', { at });
  } finally {
    close(lock);
  }
}
