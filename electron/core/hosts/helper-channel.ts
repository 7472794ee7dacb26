import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import type { HelperAccess } from '#shared/domain/plan.ts';

/** Why the helper could not be asked; finer than the codes of the contract. */
export type HelperFailureKind =
  | 'not-installed'
  | 'outdated'
  | 'no-access'
  | 'password-wrong'
  | 'password-needed'
  | 'dismissed'
  | 'away'
  | 'cut'
  | 'timed-out'
  | 'cancelled'
  | 'bad-answer';

/** A failure as a value: safe to show, and what to do next. */
export interface HelperFailure {
  kind: HelperFailureKind;
  message: string;
  next: string;
  /** What was asked may have been done, wholly or in part: ask for `changes` before anything else. */
  mayHaveBegun: boolean;
}

export type HelperReply = { ok: true; answer: HelperAnswer } | { ok: false; failure: HelperFailure };

/** How the helper of one node is reached. One request at a time; each starts the helper anew. */
export interface HelperChannel {
  /** Which way to become administrator is possible there, tried and not guessed. Never throws. */
  access(): Promise<HelperAccess>;
  /** Asks, by the way that {@link access} found. Every answer is validated and bounded. Never throws. */
  ask(request: HelperRequest, options?: { signal?: AbortSignal }): Promise<HelperReply>;
  /** Ends what still runs and closes the connection. Idempotent. */
  close(): Promise<void>;
}

/** The password of sudo for one run: held by a closure, never stored, logged or put into an argument. */
export type RunPassword = () => string | null;

/** @returns the failure as the end of a request */
export function helperFailure(
  kind: HelperFailureKind,
  message: string,
  next: string,
  mayHaveBegun = false,
): { ok: false; failure: HelperFailure } {
  return { ok: false, failure: { kind, message, next, mayHaveBegun } };
}
