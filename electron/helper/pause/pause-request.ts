import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { pauseRequest } from '#shared/domain/helper/pause.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import { checkRequest } from '../check-request.ts';
import { logAction } from '../log-line.ts';
import type { Machine } from '../machine.ts';
import { openStateFolder } from '../record/state-folder.ts';
import { refusedAnswer } from '../refused.ts';
import type { readDocument } from '../request-text.ts';
import { answerPause } from './answer-pause.ts';

type PauseRequest = Extract<HelperRequest, { ask: 'pause' }>;

/** A document as a request to pause. Refuses as `checkRequest` does. */
export function readPauseRequest(document: ReturnType<typeof readDocument>): PauseRequest {
  return checkRequest(pauseRequest, document);
}

/** Answers it without any lock: an emergency brake waits for nobody, and touches nothing that another run changes. Nothing is thrown. */
export function answerPauseRequest(machine: Machine, request: PauseRequest): HelperAnswer {
  let answer: HelperAnswer;
  try {
    openStateFolder(machine);
    answer = answerPause(machine, request.what);
  } catch (thrown) {
    answer = refusedAnswer(thrown, request.ask);
  }
  logAction(machine, request, answer);
  return answer;
}
