/** A backup that could not be made or read: words that can be shown, and what to do next. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly next: string;

  /** @param message what happened and what was not touched */
  constructor(message: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.next = next;
  }
}
