import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matcherOf } from '#shared/domain/audit/match-query.ts';
import type { PatternPart, Query } from '#shared/domain/audit/query.ts';
import { countByTime } from './counting.ts';
import { EventReader } from './event-reader.ts';
import { EventWriter } from './event-writer.ts';
import { TermHash } from './index/term-hash.ts';
import { openAuditDatabase } from './open-audit-database.ts';
import type { StoredEvent } from './record-text.ts';
import { findEvents, readySelection } from './search.ts';
import { exampleEvent, numbersFrom } from './testing/example-events.ts';

/** More than two segments of the index, and some that are in none yet. */
const EVENTS = 8_500;
const NOW = Date.UTC(2026, 10, 22, 12);
const SEED = 0xa11ce;
const hash = new TermHash(SEED);

let folder: string;
let events: StoredEvent[];
let reader: EventReader;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-search-'));
  const database = openAuditDatabase(folder);
  const writer = new EventWriter(database, SEED, true);
  const random = numbersFrom(7);
  events = [];
  for (let number = 0; number < EVENTS; number += 1) {
    if (number === 6_000) writer.setFullText(false);
    events.push(writer.stage(exampleEvent(random, NOW - Math.floor(random() * 3_600_000))));
    if (number % 777 === 0) database.transaction(() => writer.write(null, NOW))();
    // What a killed process leaves must go on as if nothing had been.
    if (number === 5_439) writer.forget();
  }
  database.transaction(() => writer.write(null, NOW))();
  reader = new EventReader(database);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = fc.constantFrom(
  'curl',
  'cu',
  'minotaur',
  'GRÖSSE',
  'größe',
  'ärger',
  'k',
  ' by ',
  '[1',
  'failed',
  'x y z',
  '--to',
);
const field = fc.constantFrom(
  'User',
  'user',
  'pid',
  'CommandLine',
  'Tags',
  'Nothing',
  'service',
  'node',
  'source',
  'severity',
  'message',
  'raw',
  'group',
  'number',
  'None',
);
const value = fc.constantFrom(
  'minotaur',
  'ROOT',
  '7',
  'curl',
  'sshd',
  'miu',
  'uku',
  'error',
  'true',
  'null',
  '',
  'a b',
  '10',
  'g3',
  'größe',
);
const wild = fc.constantFrom<PatternPart>({ any: 'one' }, { any: 'many' });
const leaf: fc.Arbitrary<Query> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text, phrase: fc.boolean() }),
  fc.record({ kind: fc.constant('field' as const), field, pattern: fc.tuple(value) }),
  fc.record({
    kind: fc.constant('field' as const),
    field,
    pattern: fc.array(fc.oneof(fc.constantFrom('cur', 'l', 'mi', 'root', '--to', '1'), wild), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  fc.record({ kind: fc.constant('has' as const), field }),
  fc.record({ kind: fc.constant('since' as const), agoMs: fc.integer({ min: 1, max: 4_000_000 }) }),
  fc.record({
    kind: fc.constant('range' as const),
    field: fc.oneof(field, fc.constant('at')),
    from: fc.option(fc.constantFrom('5', '20', 'm', '-30m', '2026-11-22T11:30')),
    fromIncluded: fc.boolean(),
    to: fc.option(fc.constantFrom('9', '30', 's', 'now', '2026-11-22T11:45')),
    toIncluded: fc.boolean(),
  }),
);
const { query } = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3, depthSize: 'medium' },
    leaf,
    fc.record({ kind: fc.constant('not' as const), of: tie('query') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('query'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

const numbersOf = (list: readonly StoredEvent[]): string => list.map((event) => event.number).join(' ');

describe('search', () => {
  it('finds by the index what a query means, and nothing else', () => {
    fc.assert(
      fc.property(query, fc.option(fc.constantFrom('miu', 'uku'), { nil: undefined }), (asked, node) => {
        const means = matcherOf(asked, NOW);
        const right = events.filter((event) => means(event) && (node === undefined || event.node === node));
        const ready = readySelection({ query: asked, node }, hash, NOW);
        const wish = { start: EVENTS, direction: 'older', limit: EVENTS, budgetMs: 60_000 } as const;
        const found = findEvents(reader, ready, wish);
        expect(numbersOf(found.events)).toBe(numbersOf(right.reverse()));
      }),
      { numRuns: 40 },
    );
  });

  it('says of sure candidates only what is true', () => {
    fc.assert(
      fc.property(leaf, (asked) => {
        const { plan } = readySelection({ query: asked }, hash, NOW);
        const means = matcherOf(asked, NOW);
        const segment = reader.segment(0);
        if (segment === null) throw new Error('There is no segment');
        const { bits, exact } = plan(segment);
        const wrong: number[] = [];
        for (const event of events.slice(0, 4_096)) {
          const bit = ((bits[(event.number - 1) >> 5] ?? 0) >>> ((event.number - 1) & 31)) & 1;
          if (exact ? (bit === 1) !== means(event) : means(event) && bit === 0) wrong.push(event.number);
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('pages in both directions without leaving out or repeating', () => {
    const ready = readySelection({ query: { kind: 'text', text: 'curl', phrase: false } }, hash, NOW);
    const right = events
      .filter((event) => matcherOf({ kind: 'text', text: 'curl', phrase: false }, NOW)(event))
      .map((event) => event.number);
    for (const direction of ['older', 'newer'] as const) {
      const seen: number[] = [];
      for (let start: number | null = direction === 'older' ? EVENTS : 1; start !== null; ) {
        const page = findEvents(reader, ready, { start, direction, limit: 97, budgetMs: 60_000 });
        seen.push(...page.events.map((event) => event.number));
        start = page.next;
      }
      expect(seen).toEqual(direction === 'older' ? right.toReversed() : right);
    }
  });

  it('gives up in time and says where to go on', () => {
    const ready = readySelection(
      { query: { kind: 'text', text: 'nowhere at all', phrase: true } },
      hash,
      NOW,
    );
    const seen: (number | null)[] = [];
    for (let start: number | null = EVENTS; start !== null; ) {
      start = findEvents(reader, ready, { start, direction: 'older', limit: 10, budgetMs: 0 }).next;
      seen.push(start);
      expect(seen.length).toBeLessThan(1_000);
    }
    expect(seen.at(-1)).toBeNull();
  });

  it('counts by time, and what it had no time for says so and is never too many', async () => {
    const query: Query = { kind: 'text', text: 'curl', phrase: false };
    const [from, to] = [NOW - 3_600_000, NOW + 1];
    const reading = { reader, hash, alerts: { bars: () => [] } } as unknown as Parameters<
      typeof countByTime
    >[0];
    const count = (budgetMs: number) => countByTime(reading, { query, from, to }, 60, NOW, budgetMs);
    const wide = Math.ceil((to - from) / 60);
    const right = Array.from({ length: 60 }, () => ({ total: 0, matched: 0 }));
    for (const event of events) {
      const bar = right[Math.floor((event.at - from) / wide)];
      if (bar === undefined) continue;
      bar.total += 1;
      if (matcherOf(query, NOW)(event)) bar.matched += 1;
    }
    const whole = await count(60_000);
    expect(whole.map(({ total, matched }) => ({ total, matched }))).toEqual(right);
    expect(whole.some(({ partly }) => partly)).toBe(false);
    let seenPartly = 0;
    for (const budget of [0, 1, 5, 20]) {
      for (const [index, bar] of (await count(budget)).entries()) {
        const exact = right[index];
        if (bar.partly) seenPartly += 1;
        else expect([bar.total, bar.matched]).toEqual([exact?.total, exact?.matched]);
        expect(bar.matched).toBeLessThanOrEqual(exact?.matched ?? 0);
        expect(bar.total).toBeLessThanOrEqual(exact?.total ?? 0);
      }
    }
    expect(seenPartly).toBeGreaterThan(0);
  });
});
