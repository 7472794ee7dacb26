import { ConsoleError } from '#core/console/service.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import type { QueriedEvent } from '#shared/domain/audit/event-values.ts';
import { matcherOf } from '#shared/domain/audit/match-query.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';

/** What is asked about. */
export interface Selection {
  query: string;
  node?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** Events of a double: the newest ones as they are, older ones made from their number when somebody asks. */
export class EventBook {
  readonly #events: AuditEvent[];
  readonly #first: number;
  readonly #older: ((number: number) => AuditEvent) | null;
  readonly #now: () => number;

  /**
   * @param events in the order of numbers, without a hole
   * @param older makes an event that lies before them
   * @param now milliseconds, for relative times in queries
   */
  constructor(events: AuditEvent[], older: ((number: number) => AuditEvent) | null, now: () => number) {
    this.#events = events;
    this.#first = events[0]?.number ?? 1;
    this.#older = older;
    this.#now = now;
  }

  /** Number of the oldest event that has a text. */
  get first(): number {
    return this.#first;
  }

  /** The number of the newest event. */
  get size(): number {
    return this.#events.at(-1)?.number ?? this.#first - 1;
  }

  push(event: AuditEvent): void {
    this.#events.push(event);
  }

  get(number: number): AuditEvent {
    const event =
      number < this.#first
        ? number >= 1
          ? this.#older?.(number)
          : undefined
        : this.#events[number - this.#first];
    if (!event) throw new ConsoleError('EVENT_UNKNOWN', 'There is no such event.');
    return event;
  }

  /** @throws ConsoleError NOT_ALLOWED for a query that cannot be read */
  test({ query, node, from, to }: Selection): (event: AuditEvent) => boolean {
    const read = readQuery(query);
    if (!read.ok) {
      throw new ConsoleError('NOT_ALLOWED', `The query cannot be read at ${read.at}: ${read.message}`, {
        next: 'Look at the marked place.',
      });
    }
    const matches = matcherOf(read.query, this.#now());
    return (event) =>
      (node === undefined || event.node === node) &&
      (from === undefined || event.at >= from) &&
      (to === undefined || event.at < to) &&
      (read.query.kind === 'all' || matches(queried(event)));
  }

  /** Events that fit, walking from a number on in a direction. Older ones are only walked when everything is asked for. */
  walk(
    selection: Selection,
    from: number,
    step: 1 | -1,
    limit: number,
  ): { events: AuditEvent[]; next: number | null } {
    const fits = this.test(selection);
    const all = selection.query === '' && selection.node === undefined;
    const end = all && this.#older ? 1 : this.#first;
    const events: AuditEvent[] = [];
    let number = Math.min(Math.max(from, step === 1 ? end : from), this.size + (step === 1 ? 1 : 0));
    for (; number >= end && number <= this.size && events.length < limit; number += step) {
      const event = this.get(number);
      if (selection.from !== undefined && step === -1 && event.at < selection.from)
        return { events, next: null };
      if (selection.to !== undefined && step === 1 && event.at >= selection.to) return { events, next: null };
      if (fits(event)) events.push(event);
    }
    const more = number >= end && number <= this.size;
    return { events, next: more ? (events.at(-1)?.number ?? null) : null };
  }

  /** Events of the newest part that fit. */
  recent(selection: Selection): AuditEvent[] {
    return this.#events.filter(this.test(selection));
  }
}

export function queried(event: AuditEvent): QueriedEvent {
  return { ...event, at: Date.parse(event.at) };
}
