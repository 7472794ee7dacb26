import { setImmediate as turn } from 'node:timers/promises';
import type { EventsVerification, EventsVouchedFor } from '#core/ledger/verify/events-told.ts';
import { type EventsSource, verifyEvents } from '#core/ledger/verify/verify-events.ts';
import { asAlert, asSilence, MATCHES_KEPT } from '#core/store/audit/alerts.ts';
import { type AuditReading, eventsOrigin, openAuditReading } from '#core/store/audit/audit-store.ts';
import { countByTime, countValues } from '#core/store/audit/counting.ts';
import { asAuditEvent, type StoredEvent } from '#core/store/audit/record-text.ts';
import { findEvents, readySelection, type Selection } from '#core/store/audit/search.ts';
import { eventsToVerify } from '#core/store/audit/verify-source.ts';
import type { AlertState } from '#shared/domain/audit/alert.ts';
import { OWN_FIELDS, valuesOf, valueText } from '#shared/domain/audit/event-values.ts';
import { matcherOf } from '#shared/domain/audit/match-query.ts';
import type { Query } from '#shared/domain/audit/query.ts';

/** Matches of so many days are replayed before a silence is saved. */
const REPLAYED_MS = 30 * 86_400_000;
/** Newest events in which values are looked for, to complete one. */
const COMPLETED_FROM = 4_000;
/** Events that one piece of an export holds. */
const EXPORT_PIECE = 2_000;

/** Milliseconds in which bars are counted: as they are wanted with each query, and when somebody asks for all of it. */
const SOON_MS = 1_500;
const THOROUGH_MS = 120_000;

const field = (name: string, value: string): Query => ({ kind: 'field', field: name, pattern: [value] });

/**
 * Questions about stored events, for a thread of their own: the one that writes is not held up, and does not hold up.
 * @param folder the prepared data folder
 */
export function readerOperations(folder: string) {
  const reading: AuditReading = openAuditReading(folder);
  const { reader, hash, alerts } = reading;
  const verifying = eventsToVerify(reading.database);

  const find = (
    asked: Selection,
    start: number,
    direction: 'older' | 'newer',
    limit: number,
    budgetMs?: number,
  ) =>
    findEvents(reader, readySelection(asked, hash, Date.now()), {
      start,
      direction,
      limit,
      ...(budgetMs !== undefined && { budgetMs }),
    });
  const shown = (events: readonly StoredEvent[]) => events.map(asAuditEvent);

  return {
    /** Proves all stored events; questions of pages come in between. */
    async verify(told: EventsVouchedFor): Promise<EventsVerification> {
      const slowly =
        <Input, Output>(ask: (input: Input) => Output) =>
        async (input: Input): Promise<Output> => {
          await turn();
          return ask(input);
        };
      const source: EventsSource = {
        eventsHead: async () => verifying.eventsHead(),
        ledgerTexts: slowly(verifying.ledgerTexts),
        ledgerTextsBefore: slowly(verifying.ledgerTextsBefore),
        ledgerTiles: slowly(verifying.ledgerTiles),
        ledgerCheckpoints: slowly(verifying.ledgerCheckpoints),
      };
      return verifyEvents(source, told, eventsOrigin);
    },

    events(input: Selection & { before?: number | undefined; after?: number | undefined; limit: number }) {
      const { before, after, limit, ...asked } = input;
      const newer = after !== undefined;
      const start = newer ? after + 1 : (before ?? Number.MAX_SAFE_INTEGER) - 1;
      const { events, next } = find(asked, start, newer ? 'newer' : 'older', limit);
      // The contract names the last one that was looked at, and goes on beside it.
      return { events: shown(events), next: next === null ? null : newer ? Math.max(1, next - 1) : next + 1 };
    },

    event(input: { number: number }) {
      const event = reader.event(input.number);
      return event === null ? null : asAuditEvent(event);
    },

    context({ number, lines }: { number: number; lines: number }) {
      const event = reader.event(number);
      if (event === null) return null;
      const query = field('source', event.source);
      return {
        event: asAuditEvent(event),
        before: shown(find({ query }, number - 1, 'older', lines).events.toReversed()),
        after: shown(find({ query }, number + 1, 'newer', lines).events),
      };
    },

    nextError({
      number,
      direction,
      query,
      ...rest
    }: Selection & { number: number; direction: 'older' | 'newer' }) {
      const errors: Query = { kind: 'and', of: [field('severity', 'error'), query] };
      const start = direction === 'older' ? number - 1 : number + 1;
      const [event] = find({ ...rest, query: errors }, start, direction, 1, 3_000).events;
      return event === undefined ? null : asAuditEvent(event);
    },

    histogram: (input: Selection & { from: number; to: number; bars: number; thorough: boolean }) =>
      countByTime(reading, input, input.bars, Date.now(), input.thorough ? THOROUGH_MS : SOON_MS),

    facets: ({ fields, ...asked }: Selection & { fields: readonly string[] }) =>
      countValues(reading, asked, fields, Date.now()),

    complete({ field: named, begins }: { field: string | null; begins: string }): string[] {
      const start = begins.toLowerCase();
      if (named === null) {
        const own = OWN_FIELDS.filter((name) => name.startsWith(start));
        return [...new Set([...own, ...reading.fieldNames(begins)])].slice(0, 50);
      }
      const counts = new Map<string, number>();
      const name = named.toLowerCase();
      const query: Query = { kind: 'has', field: named };
      for (const event of find({ query }, Number.MAX_SAFE_INTEGER, 'older', COMPLETED_FROM, 150).events) {
        for (const value of valuesOf(event, name)) {
          const text = valueText(value);
          if (text.length > 1_024 || !text.toLowerCase().startsWith(start)) continue;
          counts.set(text, (counts.get(text) ?? 0) + 1);
        }
      }
      return [...counts]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 50)
        .map(([value]) => value);
    },

    /** A piece of an export, oldest first. `next` goes on; null at the end. */
    exportPiece({ after, ...asked }: Selection & { after: number }) {
      const { events, next } = find(asked, after + 1, 'newer', EXPORT_PIECE, 2_000);
      const text = events.map((event) => `${JSON.stringify(asAuditEvent(event))}\n`).join('');
      return { text, events: events.length, next: next === null ? null : next - 1 };
    },

    gaps: ({ source }: { source: string | null }) => reading.sources.gaps(source),

    alerts: ({ states, node }: { states: readonly AlertState[] | null; node: string | null }) =>
      alerts.list(states, node).map(asAlert),

    alert({ alert: id }: { alert: number }) {
      const found = alerts.byId(id);
      if (found === null) return null;
      const matched = alerts
        .matched(id, 100)
        .flatMap((number) => reader.event(number) ?? [])
        .reverse();
      const query = field('node', found.node);
      const [first, last] = [found.firstEvent, found.lastEvent];
      const around = [
        ...find({ query }, first - 1, 'older', 50).events.toReversed(),
        ...find({ query }, first, 'newer', 50).events.filter((event) => event.number < last),
        ...(last > first ? find({ query }, last, 'older', 50).events.toReversed() : []),
        ...find({ query }, last + 1, 'newer', 50).events,
      ];
      const once = new Map([...around, ...matched].map((event) => [event.number, event]));
      const inOrder = [...once.values()].sort((a, b) => a.number - b.number).slice(-200);
      return { alert: asAlert(found), matched: shown(matched), around: shown(inOrder) };
    },

    silences: () => alerts.silences().map(asSilence),

    /**
     * What a silence would have hidden of the matches that are kept. `hides`: alerts of which it would have hidden every match; one
     * that has others stays as it is.
     */
    previewSilence({ query, rule }: { query: Query; rule: string | null }) {
      const now = Date.now();
      const means = matcherOf(query, now);
      const hidden = new Set<number>();
      const covered = new Map<number, boolean>();
      const examples: StoredEvent[] = [];
      const titles = new Map<string, number>();
      let wouldHide = 0;
      for (const { alert, number } of alerts.matchesSince(now - REPLAYED_MS, rule)) {
        const event = reader.event(number);
        if (event === null) continue;
        const fits = means(event);
        covered.set(number, fits);
        if (!fits) continue;
        wouldHide += 1;
        if (!hidden.has(alert)) {
          hidden.add(alert);
          const title = alerts.byId(alert)?.rule.title ?? '';
          titles.set(title, (titles.get(title) ?? 0) + 1);
        }
        if (examples.length < 12) examples.push(event);
      }
      const isCovered = (number: number): boolean => {
        const event = covered.has(number) ? null : reader.event(number);
        return covered.get(number) ?? (event === null || means(event));
      };
      const hides = [...hidden].filter((id) => alerts.matched(id, MATCHES_KEPT).every(isCovered));
      return {
        wouldHide,
        ofAlerts: hidden.size,
        hides,
        titles: [...titles.keys()],
        examples: shown(examples),
      };
    },

    searches: () => reading.searches(),
    noise: () => alerts.noise(Date.now() - REPLAYED_MS),
    close: () => reading.close(),
  };
}

export type ReaderOperations = ReturnType<typeof readerOperations>;
