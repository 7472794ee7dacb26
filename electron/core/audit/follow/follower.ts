import type { CutLine } from '#shared/domain/audit/event.ts';
import type { SourceGap, SourceState } from '#shared/domain/audit/source.ts';

/** One line without its line end. */
export interface FollowedLine {
  /** UTF-8; what is not UTF-8 became U+FFFD as browsers do it (WHATWG Encoding). NUL stays. */
  text: string;
  /** Set when the line was longer than 16 MiB and `text` is its beginning. */
  cut: CutLine | null;
}

/**
 * What a follower hands over at once. Whoever stores it stores `position` in the same transaction; starting from a stored
 * position gives exactly what came after this batch.
 */
export interface FollowedBatch {
  /** The file that all these lines are of; null for a journal. A pattern has several: each needs a parser of its own. */
  path: string | null;
  lines: readonly FollowedLine[];
  /** Milliseconds since 1970 UTC when these bytes were read. */
  receivedAt: number;
  gaps: readonly Omit<SourceGap, 'source'>[];
  /** Plain JSON, validated again when it comes back. */
  position: unknown;
}

/** How a follower stands between batches. */
export interface FollowerStatus {
  state: SourceState;
  trouble: string;
  lagBytes: number | null;
  /** Who owns the file that is read now (uid on its node); null when none is open. */
  owner: number | null;
}

/**
 * Follows one source. Pulled, never pushing: a slow reader slows the follower, and what waits stays in the file.
 */
export interface Follower {
  /**
   * @returns the next batch, at most about 4 MiB of text; waits until there is something. Null after `close`.
   *   Never throws for what the source does: that is status, and is tried again.
   */
  next(): Promise<FollowedBatch | null>;
  status(): FollowerStatus;
  /** Ends `next` and gives everything free. Idempotent. */
  close(): Promise<void>;
}
