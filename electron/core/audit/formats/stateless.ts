import type { AuditRecord } from '#shared/domain/audit/event.ts';
import type { LineParser, ParseContext } from './format.ts';

/** A parser for a format in which each line stands for itself. */
export function lineByLine(read: (line: string, context: ParseContext) => AuditRecord[]): LineParser {
  return { parse: read, flush: () => [], state: () => null };
}

/** The part of the lines, 0 to 1, that pass a test; empty lines do not count. */
export function share(lines: readonly string[], test: (line: string) => boolean): number {
  const filled = lines.filter((line) => line.trim() !== '');
  return filled.length === 0 ? 0 : filled.filter(test).length / filled.length;
}
