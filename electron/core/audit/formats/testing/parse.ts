import type { AuditRecord } from '#shared/domain/audit/event.ts';
import type { FormatId } from '#shared/domain/audit/source.ts';
import { formatOf } from '../all-formats.ts';
import type { ParseContext } from '../format.ts';

/** 22 November 2026, 09:00 in a place that is an hour ahead of UTC. */
export const CONTEXT: ParseContext = {
  receivedAt: Date.UTC(2026, 10, 22, 8, 0, 0),
  utcOffsetMinutes: 60,
};

/** Reads lines with a new parser of a format, flushing it at the end. */
export function parseAll(id: FormatId, lines: readonly string[], context = CONTEXT): AuditRecord[] {
  const parser = formatOf(id).createParser();
  return [...lines.flatMap((line) => parser.parse(line, context)), ...parser.flush(context)];
}

/** Reads one line that gives one record. */
export function parseOne(id: FormatId, line: string, context = CONTEXT): AuditRecord {
  const [record, ...more] = parseAll(id, [line], context);
  if (record === undefined || more.length > 0) throw new Error(`${more.length + 1} records of one line`);
  return record;
}
