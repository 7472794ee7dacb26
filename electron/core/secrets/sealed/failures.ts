import type { SealedFailure, SealedFailureKind, SealedResult } from './sealed-store.ts';

const INTACT = 'What was sealed before is as it was.';

/** @returns a failed result; its words never name a value */
export function failed(
  kind: SealedFailureKind,
  message: string,
  next: string,
  untouched = INTACT,
): { ok: false; failure: SealedFailure } {
  return { ok: false, failure: { kind, message: message.slice(0, 480), untouched, next } };
}

/** @returns a result with its value */
export function done<T>(value: T): SealedResult<T> {
  return { ok: true, value };
}

/** No key yet. */
export function notSetUp(): { ok: false; failure: SealedFailure } {
  return failed(
    'not-set-up',
    'This console has no sealed store for secrets yet.',
    'Set it up on the page Secrets: it takes a passphrase, or the key ring of this desktop, and a sheet of paper.',
    'Nothing was kept and nothing was changed.',
  );
}

/** The key is not here now. */
export function locked(why: string | null): { ok: false; failure: SealedFailure } {
  return failed(
    'locked',
    why === null
      ? 'The sealed store of this console is locked.'
      : `The sealed store of this console is locked: ${why}`,
    'Unlock it on the page Secrets. What waits for it goes on by itself then.',
  );
}

/** What lies on the disk cannot be used. */
export function damagedFile(file: string, what: string): { ok: false; failure: SealedFailure } {
  return failed(
    'damaged',
    `The sealed store cannot be used: ${what}.`,
    'Put sealed.json back from a backup of this console. Without one, move it aside, set the store up anew and rotate the secret.',
    `${file} was left exactly as it is.`,
  );
}

/** What the system said while a file was written or read. @param error anything that was thrown */
export function systemFailure(error: unknown): { ok: false; failure: SealedFailure } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return failed(
      'full',
      'There is no room left on the disk for the sealed store.',
      'Free some space on the disk that holds the data folder, then try again.',
    );
  }
  return failed(
    'failed',
    `The sealed store could not be read or written (${code === '' ? 'no reason is known' : code}).`,
    'Look at the free space and the permissions of the data folder, then try again.',
  );
}
