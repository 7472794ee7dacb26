/** Why the console's own records cannot be used. */
export type StoreErrorKind =
  /** Another process owns the folder. */
  | 'owned'
  /** Others could change the folder or a file in it, or something there is a link. */
  | 'unsafe'
  /** The file is no sound database. */
  | 'damaged'
  /** The file was written by a newer Swarmkeep. */
  | 'newer'
  /** No room left on the disk. */
  | 'full'
  /** The ledger or its key is not as it was left: nothing is recorded, everything else can go on. */
  | 'ledger'
  /** Anything else that the system or SQLite said. */
  | 'failed';

/** What is known of a failure, in a form that crosses a thread. */
export interface StoreFailure {
  kind: StoreErrorKind;
  /** What happened, safe to show. */
  message: string;
  /** What was not lost or changed. */
  untouched: string;
  /** What to do next. */
  next: string;
}

/** A failure of the store that can be shown as it is. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;
  readonly untouched: string;
  readonly next: string;

  constructor(failure: StoreFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.kind = failure.kind;
    this.untouched = failure.untouched;
    this.next = failure.next;
  }

  /** @returns the same as plain data, for a message between threads */
  toFailure(): StoreFailure {
    return { kind: this.kind, message: this.message, untouched: this.untouched, next: this.next };
  }
}

const NOTHING_LOST = 'What was stored before is intact.';

/**
 * Turns whatever a write or read threw into something that can be shown.
 * SQLite's result codes: https://www.sqlite.org/rescode.html
 * @param error anything that was thrown
 * @param file path of the database, to name it
 */
export function asStoreError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const said = error instanceof Error ? error.message : String(error);
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC' || code === 'EDQUOT') {
    return new StoreError(
      {
        kind: 'full',
        message: 'There is no room left on the disk for the records of the console.',
        untouched: NOTHING_LOST,
        next: `Free some space on the disk that holds ${file}, then try again.`,
      },
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) {
    return damaged(file, said, error);
  }
  return new StoreError(
    {
      kind: 'failed',
      message: `The records of the console could not be read or written: ${said}`.slice(0, 480),
      untouched: NOTHING_LOST,
      next: `Look at ${file} and at the free space and permissions of its folder, then try again.`,
    },
    { cause: error },
  );
}

/**
 * @param file path of the database
 * @param said what SQLite reported
 */
export function damaged(file: string, said: string, cause?: unknown): StoreError {
  return new StoreError(
    {
      kind: 'damaged',
      message: `The records of the console are damaged: ${said.replaceAll(/\s+/g, ' ').slice(0, 200)}`,
      untouched: `${file} was left exactly as it is.`,
      next: 'Move swarmkeep.db and swarmkeep.db-wal aside, then copy the newest file of the folder "backups" there as swarmkeep.db. Without a copy the console starts anew.',
    },
    { cause },
  );
}
