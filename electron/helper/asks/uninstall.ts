import { readdirSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { BOOT_UNIT_LINK, HELPER_FOLDER, REMOVED_FILES } from '#shared/domain/helper/installation.ts';
import { isHolding } from '../isolate/isolation-record.ts';
import type { Machine } from '../machine.ts';
import { answerPause, isPaused } from '../pause/answer-pause.ts';
import { ChangeRecord, changesOf } from '../record/change-record.ts';
import { StepRecord, stepsOf } from '../record/step-record.ts';
import { codeOf, Refused } from '../refused.ts';
import { rotationsOf } from '../secret/rotation-record.ts';
import { systemctl } from '../verbs/systemctl.ts';

/** Changes of which something is still on the node, or that wait for their timer. */
function changesLeft(machine: Machine): string[] {
  return changesOf(machine).filter((change) => {
    const record = new ChangeRecord(machine, change);
    const waiting = record.armed() !== null && !record.is('confirmed') && !record.is('reverted');
    const left = stepsOf(machine, change).some(
      (step) => new StepRecord(machine, change, step).marked('undone') === null,
    );
    return waiting || left;
  });
}

/** Where the link of the unit at boot lies; systemctl(1) makes it, and takes it away when it is empty. */
const BOOT_WANTS = dirname(BOOT_UNIT_LINK);

/** Runs and swallows "not there"; answers the path when it could not be taken away. */
function takeAway(path: string, remove: (path: string) => void): string[] {
  try {
    remove(path);
    return [];
  } catch (thrown) {
    return codeOf(thrown) === 'ENOENT' ? [] : [path];
  }
}

/**
 * Takes the helper and all that was placed with it away. Refuses `busy` while a change can still be taken back, agents are paused, or a
 * rotation has not ended, unless `force`: then agents are let go, and then its records stay, and are named in `left`.
 */
export function uninstall(machine: Machine, force: boolean): HelperAnswer {
  const changes = changesLeft(machine);
  if (changes.length > 0 && !force)
    throw new Refused(
      'busy',
      `${changes.length === 1 ? 'One change' : `${changes.length} changes`} can still be taken back. Without the helper that is over.`,
    );
  if (isHolding(machine) && !force)
    throw new Refused('busy', 'This node is isolated, or keeps another one off. Release that first.');
  if (isPaused(machine) && !force)
    throw new Refused('busy', 'Agents are paused on this node. Let them go first: nothing else could.');
  if (rotationsOf(machine).length > 0 && !force)
    throw new Refused(
      'busy',
      'A rotation of the secret has not ended on this node, or its fence stands. End that first.',
    );
  // Nobody could let them go afterwards.
  if (isPaused(machine)) letGo(machine);
  const left = REMOVED_FILES.flatMap((path) => takeAway(path, unlinkSync));
  if (machine.systemd) systemctl(machine, 'daemon-reload');
  if (changes.length === 0)
    left.push(...takeAway(machine.stateFolder, (path) => rmSync(path, { recursive: true })));
  else left.push(machine.stateFolder);
  for (const folder of [HELPER_FOLDER, '/usr/local/libexec', BOOT_WANTS]) {
    const empty = takeAway(folder, (path) => {
      if (readdirSync(path).length === 0) rmdirSync(path);
    });
    left.push(...empty);
  }
  return { answer: 'uninstalled', left };
}

/** Agents run again; a note that cannot be read says whom to let go to nobody, and is taken away with the rest. */
function letGo(machine: Machine): void {
  try {
    answerPause(machine, { act: 'thaw' });
  } catch {
    // Said by what still stands still; nothing is held back by that.
  }
}
