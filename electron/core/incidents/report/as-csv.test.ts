import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timelineAsCsv } from './as-csv.ts';
import { anEntry } from './testing/report-input.ts';

/** A plain reader of RFC 4180, for comparison. */
function read(csv: string): string[][] {
  const rows: string[][] = [];
  for (const line of csv.split('\r\n').slice(0, -1)) {
    rows.push(
      [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, field]) => (field ?? '').replaceAll('""', '"')),
    );
  }
  return rows;
}

describe('a timeline as CSV', () => {
  it('is read back as it was', () => {
    const [head, row] = read(timelineAsCsv([anEntry(1, { text: 'a "b", c' })], new Set(['event-1'])));
    expect(head?.[0]).toBe('time (UTC)');
    expect(row).toEqual(['2026-11-20T10:01:00.000Z', 'Log', 'naru', 'notable', 'yes', 'a "b", c', '']);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '\r=1', '＝1', '|cmd'])(
    'runs nothing of %j',
    (text) => {
      const [, row] = read(timelineAsCsv([anEntry(1, { text })], new Set()));
      expect(row?.[5]?.[0]).toMatch(/['\\]/);
    },
  );

  it('keeps its rows and columns, whatever a log says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom(...'",\r\n=\'') }),
        (one, other) => {
          const rows = read(timelineAsCsv([anEntry(1, { text: one, detail: other }), anEntry(2)], new Set()));
          expect(rows.map((row) => row.length)).toEqual([7, 7, 7]);
          for (const field of rows.flat()) expect(field).not.toMatch(/^\s*[=+\-@]/);
        },
      ),
    );
  });
});
