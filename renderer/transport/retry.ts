import { ORPCError } from '@orpc/client';
import { SessionMissing } from './session-missing.ts';

/** Tries after the first; the pauses between them double. */
const TRIES = 3;

/**
 * Whether a failed reading is worth another try: not when the console answered with an error that it meant.
 * @param failures how often it failed already
 */
export function worthRetrying(failures: number, error: Error): boolean {
  if (error instanceof SessionMissing) return false;
  if (error instanceof ORPCError && (error.defined || error.status < 500)) return false;
  return failures < TRIES;
}
