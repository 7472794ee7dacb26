/** A workspace that could not be looked at or compared: words that can be shown, and what to do next. Nothing was changed anywhere. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
  readonly next: string;

  /** @param message what happened */
  constructor(message: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.next = next;
  }
}
