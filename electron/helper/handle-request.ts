import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import { doStep, StepFailed } from './asks/do-step.ts';
import { hello } from './asks/hello.ts';
import { inspect } from './asks/inspect.ts';
import { forgetChange, listChanges } from './asks/list-changes.ts';
import { probe } from './asks/probe.ts';
import { revertChange } from './asks/revert-change.ts';
import { armChange, confirmChange, type Relaunch } from './asks/revert-timer.ts';
import { compareSteps, undoStep } from './asks/undo-step.ts';
import { uninstall } from './asks/uninstall.ts';
import { logAction } from './log-line.ts';
import type { Machine } from './machine.ts';
import { answerPause } from './pause/answer-pause.ts';
import { answerPauseRequest } from './pause/pause-request.ts';
import { lockNode } from './record/lock.ts';
import { openStateFolder } from './record/state-folder.ts';
import { Refused, refusedAnswer } from './refused.ts';
import { close } from './walk/descriptor.ts';

/** How long a run waits for another one before it says `busy`. */
const WAIT_SECONDS = 3;

/** How this helper was started: for the handshake, and for starting it again by a timer. */
export interface Launched {
  bundle: string;
  runtime: string;
  relaunch: Relaunch;
}

/** As `handleRequest`, without lock and log: for drivers that run many requests in one process of their own. */
export function answerUnlocked(machine: Machine, request: HelperRequest, launched: Launched): HelperAnswer {
  try {
    return dispatch(machine, request, launched);
  } catch (thrown) {
    return refusal(thrown, request.ask);
  }
}

/** Does one request and answers it. Everything that goes wrong is a `refused` answer; nothing is thrown. */
export function handleRequest(machine: Machine, request: HelperRequest, launched: Launched): HelperAnswer {
  let answer: HelperAnswer;
  let lock: number | null = null;
  if (request.ask === 'pause') return answerPauseRequest(machine, request);
  try {
    if (request.ask === 'hello' || request.ask === 'inspect') return dispatch(machine, request, launched);
    openStateFolder(machine);
    lock = lockNode(machine, WAIT_SECONDS);
    answer = dispatch({ ...machine, lock }, request, launched);
  } catch (thrown) {
    answer = refusal(thrown, request.ask);
  } finally {
    close(lock);
  }
  logAction(machine, request, answer);
  return answer;
}

function dispatch(machine: Machine, request: HelperRequest, launched: Launched): HelperAnswer {
  switch (request.ask) {
    case 'hello':
      return hello(machine, launched);
    case 'inspect':
      return inspect(machine, request.paths);
    case 'do':
      return doStep(machine, request.change, request.step, request.action);
    case 'undo':
      return undoStep(machine, request);
    case 'compare':
      return compareSteps(machine, request.steps);
    case 'arm':
      return armChange(machine, request.change, request.seconds, launched.relaunch);
    case 'confirm':
      return confirmChange(machine, request.change);
    case 'revert':
      return revertChange(machine, request.change);
    case 'changes':
      return listChanges(machine);
    case 'forget':
      return forgetChange(machine, request.change);
    case 'probe':
      return probe(machine, request.uid, request.probe, launched.relaunch);
    case 'secret':
    case 'secrets':
      throw new Refused('bad-request', 'Secrets are asked for one at a time, by answerSecret.');
    case 'isolate':
      throw new Refused('bad-request', 'Isolations are answered by answerIsolate.');
    case 'pause':
      return answerPause(machine, request.what);
    case 'uninstall':
      return uninstall(machine, request.force);
  }
}

/** A refusal as the console reads it; a step that failed says whether it was taken back. */
function refusal(thrown: unknown, about: string): HelperAnswer {
  return thrown instanceof StepFailed
    ? refusedAnswer(thrown.refused, about, thrown.rolledBack)
    : refusedAnswer(thrown, about);
}
