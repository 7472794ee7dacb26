import { asAuditEvent, type StoredEvent } from '#core/store/audit/record-text.ts';
import type { LiveDelta } from '#shared/contract/audit.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { type Matcher, matcherOf } from '#shared/domain/audit/match-query.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';

/** Events that a reader gets at once; more is counted and said. */
const MOST_AT_ONCE = 500;

interface Subscription {
  matches: Matcher;
  node: string | null;
  /** On the disk, and not sent yet. */
  events: AuditEvent[];
  notShown: number;
  /** Of the batch that is being stored. */
  staged: AuditEvent[];
  left: number;
  upTo: number;
  /** What was sent has not arrived yet: a page that is slow must not fill the memory on the way to it. */
  underWay: boolean;
}

/** New events on their way to pages: few at a time, and what is left out is counted. */
export class LiveDesk {
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #send: (id: number, deltas: LiveDelta[]) => void;

  constructor(send: (id: number, deltas: LiveDelta[]) => void) {
    this.#send = send;
  }

  /** @param query text that was read before; one that cannot be read matches nothing */
  open(id: number, query: string, node: string | null, now: number): void {
    const read = readQuery(query);
    const matches = read.ok ? matcherOf(read.query, now) : () => false;
    this.#subscriptions.set(id, {
      matches,
      node,
      events: [],
      notShown: 0,
      staged: [],
      left: 0,
      upTo: 0,
      underWay: false,
    });
  }

  close(id: number): void {
    this.#subscriptions.delete(id);
  }

  /** What was sent has arrived. */
  arrived(id: number): void {
    const subscription = this.#subscriptions.get(id);
    if (subscription) subscription.underWay = false;
  }

  /** Takes an event that is not on the disk yet. */
  stage(event: StoredEvent): void {
    for (const subscription of this.#subscriptions.values()) {
      const { matches, node, staged } = subscription;
      if ((node !== null && event.node !== node) || !matches(event)) continue;
      if (staged.length < MOST_AT_ONCE) staged.push(asAuditEvent(event));
      else subscription.left += 1;
      subscription.upTo = event.number;
    }
  }

  /** What was staged is on the disk. */
  settle(): void {
    for (const subscription of this.#subscriptions.values()) {
      const { events, staged } = subscription;
      const room = MOST_AT_ONCE - events.length;
      for (const event of staged.slice(0, room)) events.push(event);
      subscription.left += Math.max(0, staged.length - room);
      subscription.notShown += subscription.left;
      Object.assign(subscription, { staged: [], left: 0 });
    }
  }

  /** What was staged is not stored; it comes again. */
  forget(): void {
    for (const subscription of this.#subscriptions.values())
      Object.assign(subscription, { staged: [], left: 0 });
  }

  /** Sends what waits to everybody who has taken what came before. To be called some ten times a second. */
  flush(): void {
    for (const [id, subscription] of this.#subscriptions) {
      const { events, notShown, upTo } = subscription;
      if (subscription.underWay || (events.length === 0 && notShown === 0)) continue;
      const deltas: LiveDelta[] = events.length > 0 ? [{ kind: 'events', events }] : [];
      if (notShown > 0) deltas.push({ kind: 'not-shown', count: notShown, upTo });
      Object.assign(subscription, { events: [], notShown: 0, underWay: true });
      this.#send(id, deltas);
    }
  }
}
