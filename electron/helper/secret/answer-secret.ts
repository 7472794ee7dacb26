import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { SecretAct, SecretAnswer, SecretProgress } from '#shared/domain/helper/secret.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import { logLine } from '../log-line.ts';
import type { Machine } from '../machine.ts';
import { lockNode } from '../record/lock.ts';
import { openStateFolder } from '../record/state-folder.ts';
import { Refused, refusedAnswer } from '../refused.ts';
import { close } from '../walk/descriptor.ts';
import { armSecret } from './arm.ts';
import { awaitAccepted, commitSecret } from './commit.ts';
import { liftFence, loadFence } from './fence.ts';
import { endLease, leaseOf, takeLease } from './lease.ts';
import { lookAtSecret } from './look.ts';
import { forgetOthers, refuseOver } from './over.ts';
import { RotationRecord } from './rotation-record.ts';
import { dropSecret, stageSecret } from './stage.ts';
import { verifySecret } from './verify.ts';

/** How long a run waits for another one, which may be restarting a unit. */
const WAIT_SECONDS = 20;

type Answer = SecretAnswer | Extract<HelperAnswer, { answer: 'refused' }>;

/** Does acts one after the other, each as {@link answerSecret} does, up to the first that is refused. */
export async function answerSecrets(
  machine: Machine,
  acts: readonly SecretAct[],
  relaunch: Relaunch,
): Promise<HelperAnswer> {
  const answers: Answer[] = [];
  for (const act of acts) {
    const answer = await answerSecret(machine, act, relaunch);
    answers.push(answer);
    if (answer.answer === 'refused') break;
  }
  return { answer: 'secret-steps', answers };
}

/** Does one act on a secret and answers it. Everything that goes wrong is a `refused` answer; nothing is thrown. */
export async function answerSecret(machine: Machine, act: SecretAct, relaunch: Relaunch): Promise<Answer> {
  let answer: Answer;
  try {
    openStateFolder(machine);
    answer = await answered(machine, act, relaunch);
  } catch (thrown) {
    answer = refusedAnswer(thrown, `${act.act} of the secret`);
  }
  if (act.act !== 'look' && act.act !== 'state' && act.act !== 'verify')
    logLine(machine, `ask=secret act=${act.act} rotation=${act.rotation} ${outcome(answer)}`);
  return answer;
}

const outcome = (answer: Answer) =>
  answer.answer === 'refused' ? `refused=${answer.refusal}` : `answer=${answer.answer}`;

async function answered(machine: Machine, act: SecretAct, relaunch: Relaunch): Promise<Answer> {
  switch (act.act) {
    case 'look':
      return lookAtSecret(machine, act);
    case 'state':
      return progressOf(new RotationRecord(machine, act.rotation));
    case 'verify':
      return verifySecret(machine, act);
    case 'commit': {
      const record = await locked(machine, async (held) => {
        refuseOver(held, act.rotation);
        takeLease(held, act.rotation);
        return commitSecret(held, act.rotation, act.unit);
      });
      await awaitAccepted(record, act.port);
      return progressOf(record);
    }
    default:
      return locked(machine, (held) => lockedAct(held, act, relaunch));
  }
}

async function lockedAct(
  machine: Machine,
  act: Exclude<SecretAct, { act: 'look' | 'state' | 'verify' | 'commit' }>,
  relaunch: Relaunch,
): Promise<Answer> {
  switch (act.act) {
    case 'fence':
      return loadFence(machine, act);
    case 'lift':
      return liftFence(machine, act);
    case 'stage':
      return progressOf(stageSecret(machine, act));
    case 'arm':
      return progressOf(armSecret(machine, act, relaunch));
    case 'drop': {
      refuseOthers(machine, act.rotation);
      forgetAllButFence(dropSecret(machine, act));
      endLease(machine, act.rotation);
      return progressOf(null);
    }
    case 'finish': {
      refuseOthers(machine, act.rotation);
      const record = new RotationRecord(machine, act.rotation);
      if (record.read('staged') !== null && record.read('restarted') === null)
        throw new Refused('too-late', 'The new secret is not in force here yet, so the old one is kept.');
      forgetAllButFence(record);
      forgetOthers(machine, act.rotation);
      endLease(machine, act.rotation);
      return progressOf(null);
    }
  }
}

function refuseOthers(machine: Machine, rotation: string): void {
  const holder = leaseOf(machine);
  if (holder !== null && holder !== rotation)
    throw new Refused(
      'busy',
      'Another rotation of the secret is under way on this node. Nothing was touched.',
    );
}

/** The old secret first: it is what must not stay. */
function forgetAllButFence(record: RotationRecord): void {
  record.destroyOld();
  const fence = record.read('fence');
  record.forget();
  if (fence === null) return;
  record.open();
  record.mark('fence', fence);
}

function progressOf(record: RotationRecord | null): Answer {
  const none: SecretProgress = {
    stagedAt: null,
    armedFor: null,
    committedAt: null,
    acceptsSince: null,
    trouble: null,
  };
  return { answer: 'secret-progress', ...(record?.progress() ?? none) };
}

async function locked<T>(machine: Machine, work: (held: Machine) => Promise<T>): Promise<T> {
  const lock = lockNode(machine, WAIT_SECONDS);
  try {
    return await work({ ...machine, lock });
  } finally {
    close(lock);
  }
}
