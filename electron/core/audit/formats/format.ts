import type { AuditRecord } from '#shared/domain/audit/event.ts';
import type { FormatId } from '#shared/domain/audit/source.ts';

/** What a parser knows besides the line. */
export interface ParseContext {
  /** Milliseconds since 1970 UTC when the line was read: gives a date to times that have none. */
  receivedAt: number;
  /** Minutes east of UTC in which the node writes times without a zone. */
  utcOffsetMinutes: number;
}

/** Reads the lines of one source, in order. One parser per source; not shared. */
export interface LineParser {
  /**
   * @param line without its line end; anything at all
   * @returns the records of this line, and those that this line completed. A line that is not understood is one record with
   *   the line as message and no fields. Never throws.
   */
  parse(line: string, context: ParseContext): AuditRecord[];
  /** @returns records that wait for more lines which will not come any more (5 s without a line); forgets them */
  flush(context: ParseContext): AuditRecord[];
  /** What waits, as bounded plain JSON, to be kept with the position; null when nothing waits. */
  state(): unknown;
}

/** A way to read lines. */
export interface LogFormat {
  id: FormatId;
  /** @param state what `state()` gave in an earlier run, validated here; anything else is ignored */
  createParser(state?: unknown): LineParser;
  /** @returns 0 to 1: how much of these lines it understands as its own */
  recognises(lines: readonly string[]): number;
}
