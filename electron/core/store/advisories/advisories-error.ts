import { asStoreError, StoreError } from '../store-error.ts';

const AS_BEFORE = 'The advisory data is as it was before.';

/** What went wrong with the advisories, in words of their own. */
export function asAdvisoriesError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const known = asStoreError(error, file);
  if (known.kind === 'full')
    return new StoreError(
      {
        kind: 'full',
        message: 'There is no room left on the disk for the advisory data.',
        untouched: AS_BEFORE,
        next: `Free 100 MB on the disk that holds ${file}, then try again.`,
      },
      { cause: error },
    );
  if (known.kind === 'damaged') return damagedAdvisories(file, error);
  return new StoreError(
    {
      kind: known.kind,
      message: known.message.replace('records of the console', 'advisory data'),
      untouched: AS_BEFORE,
      next: known.next,
    },
    { cause: error },
  );
}

/** @returns the error for a file that SQLite cannot make sense of */
export function damagedAdvisories(file: string, cause?: unknown): StoreError {
  return new StoreError(
    {
      kind: 'damaged',
      message: 'The advisory data is damaged.',
      untouched: `${file} was left as it is.`,
      next: 'Import the advisories again: that replaces it.',
    },
    { cause },
  );
}

/** @returns the error for a file that another version wrote */
export function otherAdvisories(file: string, version: number, known: number): StoreError {
  return new StoreError({
    kind: 'newer',
    message:
      version > known
        ? `The advisory data was written by a newer Swarmkeep (form ${version}; this one knows ${known}).`
        : `The advisory data was written by an older Swarmkeep (form ${version}; this one reads ${known}).`,
    untouched: `${file} was left as it is.`,
    next:
      version > known
        ? 'Start the newer Swarmkeep, or choose another folder with --data-dir.'
        : 'Import the advisories again: that replaces it.',
  });
}
