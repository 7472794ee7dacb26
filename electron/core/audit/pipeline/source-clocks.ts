/** Lines of one file come in the order in which they were written, but for threads and groups that end late. */
export const LATENESS_MS = 300_000;
/** Files whose newest time is remembered: those that were heard last. */
const MOST_CLOCKS = 1_024;

/**
 * The times at which correlations count what followed logs say. That is the time that a line claims, for logs are read later too; but whoever
 * writes a line can claim any. What claims to be later than it was received counts as of then, and what claims to be more than five
 * minutes before the newest line of its file counts as of now by the clock of that file: else times hours apart would keep a burst
 * out of every window. All times are milliseconds since 1970 UTC.
 */
export class SourceClocks {
  /** The newest time of each file, and when it was heard. */
  readonly #clocks = new Map<string, { at: number; heard: number }>();

  /**
   * @param file what tells one log from another, whose lines are in no order with those of this one
   * @param claimed time that the line says
   */
  timeOf(file: string, claimed: number, receivedAt: number): number {
    const known = this.#clocks.get(file);
    let at = Math.min(claimed, receivedAt);
    if (known !== undefined && at < known.at - LATENESS_MS)
      // A clock that was set back goes on at its pace from where it was.
      at = Math.min(receivedAt, known.at + Math.max(0, receivedAt - known.heard));
    if (known !== undefined && at < known.at) return at;
    this.#clocks.delete(file);
    this.#clocks.set(file, { at, heard: receivedAt });
    if (this.#clocks.size > MOST_CLOCKS) this.#clocks.delete(this.#clocks.keys().next().value ?? '');
    return at;
  }

  /** What was heard comes again. */
  forget(): void {
    this.#clocks.clear();
  }
}
