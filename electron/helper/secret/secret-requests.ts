import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { secretRequest } from '#shared/domain/helper/secret.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import { checkRequest } from '../check-request.ts';
import type { Machine } from '../machine.ts';
import type { readDocument } from '../request-text.ts';
import { answerSecret, answerSecrets } from './answer-secret.ts';

type SecretRequest = Extract<HelperRequest, { ask: 'secret' | 'secrets' }>;

/** A document as a request about a secret. Refuses as `checkRequest` does. */
export function readSecretRequest(document: ReturnType<typeof readDocument>): SecretRequest {
  return checkRequest(secretRequest, document);
}

/** Answers it; nothing is thrown. */
export function answerSecretRequest(
  machine: Machine,
  request: SecretRequest,
  relaunch: Relaunch,
): Promise<HelperAnswer> {
  return request.ask === 'secret'
    ? answerSecret(machine, request.what, relaunch)
    : answerSecrets(machine, request.what, relaunch);
}
