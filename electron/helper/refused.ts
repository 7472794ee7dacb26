import type { Difference, HelperAnswer, Refusal } from '#shared/domain/helper/answers.ts';

/** A step or request that is not done, with the reason that the console is told. Thrown inside the helper only. */
export class Refused extends Error {
  readonly refusal: Refusal;
  readonly differences: readonly Difference[];

  constructor(refusal: Refusal, message: string, differences: readonly Difference[] = []) {
    super(message.slice(0, 1_024));
    this.refusal = refusal;
    this.differences = differences.slice(0, 256);
  }
}

/** What the kernel says (errno(3)) in the words of the protocol. */
const BY_CODE: Record<string, { refusal: Refusal; words: string }> = {
  EROFS: { refusal: 'read-only', words: 'The file system is mounted read-only' },
  ENOSPC: { refusal: 'no-space', words: 'There is no space left on the disk' },
  EDQUOT: { refusal: 'no-space', words: 'The disk quota is used up' },
  EPERM: { refusal: 'no-permission', words: 'The kernel does not permit it' },
  EACCES: { refusal: 'no-permission', words: 'The kernel does not permit it' },
  ENOENT: { refusal: 'not-found', words: 'It is not there' },
  ENOTDIR: { refusal: 'unsafe-path', words: 'A part of the path is not a plain folder' },
  ELOOP: { refusal: 'unsafe-path', words: 'A part of the path is a link' },
  ENAMETOOLONG: { refusal: 'unsafe-path', words: 'The path is too long' },
  EXDEV: { refusal: 'unsafe-path', words: 'Source and target are on different file systems' },
  EEXIST: { refusal: 'changed-since', words: 'Something is there already' },
  ENOTEMPTY: { refusal: 'changed-since', words: 'The folder is not empty' },
  EAGAIN: { refusal: 'program-failed', words: 'A program has it reserved for itself (a lease, fcntl(2))' },
  EBUSY: { refusal: 'program-failed', words: 'It is in use' },
};

/**
 * Turns whatever was thrown into a refusal. `about` is a path or name for the message. Errors without a known code become
 * `program-failed` with their message: nothing is passed over in silence.
 */
export function asRefused(thrown: unknown, about: string): Refused {
  if (thrown instanceof Refused) return thrown;
  const code = codeOf(thrown);
  const known = code === null ? undefined : BY_CODE[code];
  if (known !== undefined) return new Refused(known.refusal, `${known.words}: ${about}.`);
  const message = thrown instanceof Error ? thrown.message : 'unknown error';
  return new Refused('program-failed', `${about}: ${message}`);
}

/** The errno name of a thrown error (`ENOENT`), or null. */
export function codeOf(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !('code' in thrown)) return null;
  return typeof thrown.code === 'string' ? thrown.code : null;
}

/** Whatever was thrown, as the console reads it. */
export function refusedAnswer(
  thrown: unknown,
  about: string,
  rolledBack = false,
): Extract<HelperAnswer, { answer: 'refused' }> {
  const { refusal, message, differences } = asRefused(thrown, about);
  return {
    answer: 'refused',
    refusal,
    message: message.slice(0, 1_024),
    differences: [...differences],
    rolledBack,
  };
}
