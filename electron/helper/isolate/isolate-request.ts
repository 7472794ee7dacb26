import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { isolateRequest } from '#shared/domain/helper/isolate.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import { checkRequest } from '../check-request.ts';
import type { Machine } from '../machine.ts';
import type { readDocument } from '../request-text.ts';
import { answerIsolate } from './answer-isolate.ts';

type IsolateRequest = Extract<HelperRequest, { ask: 'isolate' }>;

/** A document as a request to isolate. Refuses as `checkRequest` does. */
export function readIsolateRequest(document: ReturnType<typeof readDocument>): IsolateRequest {
  return checkRequest(isolateRequest, document);
}

/** Answers it without the lock of changes: an isolation has one of its own. Nothing is thrown. */
export const answerIsolateRequest = (
  machine: Machine,
  request: IsolateRequest,
  relaunch: Relaunch,
): Promise<HelperAnswer> => answerIsolate(machine, request.what, relaunch);
