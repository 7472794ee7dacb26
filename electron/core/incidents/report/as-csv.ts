import { TIMELINE_SOURCES, type TimelineEntry } from '#shared/domain/incident/timeline.ts';
import { visible } from '#shared/domain/text.ts';

/** A spreadsheet takes a field that begins so for a formula (OWASP, CSV Injection), also behind spaces. */
const FORMULA = /^[\s]*[=+\-@\t\r|%＝＋－＠]/;

/**
 * The timeline as a table for other programs (RFC 4180). A field that a spreadsheet would run begins with an apostrophe, and what cannot be seen is
 * written out.
 * @param entries oldest first
 * @param pinned ids of what a person marked
 */
export function timelineAsCsv(entries: readonly TimelineEntry[], pinned: ReadonlySet<string>): string {
  const head = ['time (UTC)', 'source', 'node', 'weight', 'marked', 'text', 'detail'];
  const rows = entries.map(({ id, at, source, nodeName, weight, text, detail }) => [
    at,
    TIMELINE_SOURCES[source],
    nodeName ?? '',
    weight,
    pinned.has(id) ? 'yes' : '',
    text,
    detail,
  ]);
  return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(text: string): string {
  const shown = visible(text);
  return `"${(FORMULA.test(shown) ? `'${shown}` : shown).replaceAll('"', '""')}"`;
}
