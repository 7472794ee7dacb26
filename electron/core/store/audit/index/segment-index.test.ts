import { expect, it } from 'vitest';
import type { EventFields } from '#shared/domain/audit/event.ts';
import type { Query } from '#shared/domain/audit/query.ts';
import { exampleEvent, numbersFrom } from '../testing/example-events.ts';
import { SEGMENT_EVENTS } from './layout.ts';
import { planOf, type StoredSegment } from './plan.ts';
import { type SealedSegment, SegmentIndex, unpackTimes } from './segment-index.ts';
import { TermHash } from './term-hash.ts';

const hash = new TermHash(0xf00d);

/** A segment whose events are like each other but for one, and to which another one led that was all the same. */
function segmentWith(position: number, raw: string, fields: EventFields): StoredSegment {
  const index = new SegmentIndex(hash, true);
  const other = exampleEvent(numbersFrom(3), 1_795_000_000_000);
  let sealed: SealedSegment | null = null;
  for (let number = 1; number <= 2 * SEGMENT_EVENTS; number += 1) {
    const own = number - 1 - SEGMENT_EVENTS === position ? { raw, message: raw, fields } : {};
    sealed = index.add({
      ...other,
      raw: 'nothing',
      message: 'nothing',
      fields: { Name: 'Same' },
      ...own,
      number,
    });
  }
  if (sealed === null) throw new Error('The segment is not complete');
  const { firstAt, lastAt, times, buckets, grams } = sealed;
  return {
    firstAt,
    lastAt,
    times: () => unpackTimes(times, firstAt),
    bucket: (number) => buckets.find(({ bucket }) => bucket === number)?.entries ?? null,
    gram: (part) => grams?.[part] ?? null,
  };
}

function canBeMeant(segment: StoredSegment, query: Query, position: number): boolean {
  const { bits } = planOf(query, hash, 0)(segment);
  return ((bits[position >> 5] ?? 0) >>> (position & 31)) % 2 === 1;
}

it('finds a value that is another one in lower case than the piece of the line that it is', () => {
  const segment = segmentWith(1_000, 'ΟΔΟΣΑ', { Name: 'ΟΔΟΣ' });
  const query: Query = { kind: 'field', field: 'name', pattern: ['οδος', { any: 'many' }] };
  expect(canBeMeant(segment, query, 1_000)).toBe(true);
  expect(canBeMeant(segment, query, 2_000)).toBe(false);
});

it('knows a value again that many events have, whatever came in between', () => {
  const segment = segmentWith(2_000, 'x', {
    name: 'another, which is longer than twelve letters',
    Name: 'SAME',
  });
  const of = (value: string): Query => ({ kind: 'field', field: 'NAME', pattern: [value] });
  for (const position of [0, 1_999, 2_000, 2_001, 4_095])
    expect(canBeMeant(segment, of('same'), position)).toBe(true);
  for (const position of [0, 1_999, 2_000, 2_001, 4_095])
    expect(canBeMeant(segment, of('Another, which is longer than twelve letters'), position)).toBe(
      position === 2_000,
    );
});
