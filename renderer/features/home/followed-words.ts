import type { SourceState } from '#shared/domain/audit/source.ts';
import { capital, countWord } from '#shared/domain/words.ts';

/** States in which something of a log comes in, or would as soon as it is written. */
const READ: ReadonlySet<SourceState> = new Set(['live', 'catching-up', 'paused']);

/**
 * What watches between two looks, in one sentence: never that logs are followed which nobody can read.
 * @param states of all logs; undefined while they are not known
 */
export function followedInWords(watching: boolean, states: readonly SourceState[] | undefined): string {
  if (!watching) return 'Between looks nobody watches: no log is followed.';
  const unread = (states ?? []).filter((state) => !READ.has(state)).length;
  if (states === undefined || unread === 0) return 'Between looks the logs are followed.';
  if (unread === states.length)
    return unread === 1
      ? 'Between looks nobody watches: the one log that is followed cannot be read. Audit says why.'
      : `Between looks nobody watches: none of ${countWord(unread)} logs can be read. Audit says why.`;
  return `Between looks the logs are followed; ${countWord(unread)} of ${countWord(states.length)} cannot be read. Audit says why.`;
}

/** @returns how many nodes answered, of all that were looked at */
export function answeredInWords(answered: number, all: number): string {
  if (all === 1) return answered === 1 ? 'It answered.' : 'It did not answer.';
  if (answered === all) return all === 2 ? 'Both answered.' : `All ${countWord(all)} answered.`;
  return `${answered === 0 ? 'None' : capital(countWord(answered))} of ${countWord(all)} answered.`;
}
