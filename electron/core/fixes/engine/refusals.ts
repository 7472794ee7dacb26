import { ConsoleError } from '#core/console/service.ts';
import type { HelperFailure } from '#core/hosts/helper-channel.ts';

/** @returns why the node could not be asked, and what would help */
export function sentence({ message, next }: HelperFailure): string {
  return `${message} ${next}`.trim();
}

/** @returns the error for what cannot be done as things are */
export function notAllowed(message: string, next = ''): ConsoleError {
  return new ConsoleError('NOT_ALLOWED', message, { untouched: 'Nothing was changed.', next });
}

/** @returns the error for a node that could not be asked */
export function failed({ message, next, kind }: HelperFailure, untouched: string): ConsoleError {
  const code = kind === 'away' || kind === 'cut' || kind === 'timed-out' ? 'NODE_UNREACHABLE' : 'NOT_ALLOWED';
  return new ConsoleError(code, message, { untouched, next });
}

/** @returns whether only a person can help: by answering a question or by another password */
export function needsPerson({ kind }: HelperFailure): boolean {
  return kind === 'dismissed' || kind === 'password-needed' || kind === 'password-wrong';
}
