import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import { logLine } from '../log-line.ts';
import type { Machine } from '../machine.ts';
import { refusedAnswer } from '../refused.ts';
import { confirmIsolation, releaseNode } from './confirm.ts';
import { cutNode } from './cut.ts';
import { fenceNode, liftFence } from './fence-node.ts';
import { withIsolationLock } from './isolation-lock.ts';
import { damagedRecords } from './isolation-record.ts';
import { lookAtIsolation } from './look-isolation.ts';
import { proveIsolation } from './prove.ts';
import { repairRecords } from './rebuild.ts';
import { openIsolationFolders } from './record-place.ts';
import { settleIsolation } from './settle.ts';

const LOOKING: ReadonlySet<IsolateAct['act']> = new Set(['look', 'prove']);

/** Does one act of an isolation and answers it. Everything that goes wrong is a `refused` answer; nothing is thrown. */
export async function answerIsolate(
  machine: Machine,
  act: IsolateAct,
  relaunch: Relaunch,
): Promise<HelperAnswer> {
  let answer: HelperAnswer;
  try {
    openIsolationFolders(machine);
    // What cannot be read must not refuse for ever.
    if (damagedRecords(machine).length > 0) withIsolationLock(machine, () => repairRecords(machine));
    answer = await answered(machine, act, relaunch);
  } catch (thrown) {
    answer = refusedAnswer(thrown, `${act.act} of the isolation`);
  }
  if (!LOOKING.has(act.act) && 'isolation' in act) {
    const outcome = answer.answer === 'refused' ? `refused=${answer.refusal}` : `answer=${answer.answer}`;
    logLine(machine, `ask=isolate act=${act.act} isolation=${act.isolation} ${outcome}`);
  }
  return answer;
}

async function answered(machine: Machine, act: IsolateAct, relaunch: Relaunch): Promise<HelperAnswer> {
  switch (act.act) {
    case 'look':
      return lookAtIsolation(machine, act.about, act.uids);
    case 'cut':
      return cutNode(machine, act, relaunch);
    case 'settle':
      return settleIsolation(machine, act.isolation);
    case 'confirm':
      return confirmIsolation(machine, act.isolation);
    case 'prove':
      return proveIsolation(machine, act, relaunch);
    case 'release':
      return releaseNode(machine, act.isolation);
    case 'fence':
      return fenceNode(machine, act, relaunch);
    case 'lift':
      return liftFence(machine, act.isolation);
  }
}
