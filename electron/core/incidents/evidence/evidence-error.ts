/** Evidence that could not be taken, kept or read: words that can be shown, and what to do next. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  readonly untouched: string;
  readonly next: string;

  /** @param message what happened @param untouched what was not lost or changed */
  constructor(message: string, untouched: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.untouched = untouched;
    this.next = next;
  }
}

/** @returns the same in words of ours where the system says that the disk is full or the place closed; else null */
export function diskError(error: unknown): EvidenceError | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return new EvidenceError(
      'There is no room left for the evidence on this computer. The part that was written has been removed.',
      'Nothing was changed on the node, and earlier archives are as they were.',
      'Free some space and preserve again at once: what is in memory passes.',
      { cause: error },
    );
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT' || code === 'ENOTDIR')
    return new EvidenceError(
      'The folder for evidence on this computer cannot be written.',
      'Nothing was changed on the node, and earlier archives are as they were.',
      'Look at the permissions of the data folder of Swarmkeep.',
      { cause: error },
    );
  return null;
}
