import { asAuditEvent, type StoredEvent } from '#core/store/audit/record-text.ts';
import type { LiveDelta } from '#shared/contract/audit.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { type Matcher, matcherOf } from '#shared/domain/audit/match-query.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';

/** Events that a reader gets at once after a rest; more is counted and said. */
const MOST_AT_ONCE = 500;
/**
 * Events that a reader gets with each flush while they go on coming: two thousand a second, far more than anybody reads. Each is checked
 * and written for the page and read there, on the same way as alerts, which must not wait behind a flood.
 */
const MOST_IN_A_ROW = 100;

interface Subscription {
  matches: Matcher;
  node: string | null;
  /** On the disk, and not sent yet. */
  events: AuditEvent[];
  notShown: number;
  /** Events that may be sent with the next flush. */
  room: number;
  /** Of the batch so far, and of the one that is being stored. */
  staged: AuditEvent[];
  left: number;
  sealed: AuditEvent[];
  sealedLeft: number;
  /** Number of the last event, as those above are. */
  upTo: number;
  stagedUpTo: number;
  sealedUpTo: number;
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
      room: MOST_AT_ONCE,
      staged: [],
      left: 0,
      sealed: [],
      sealedLeft: 0,
      upTo: 0,
      stagedUpTo: 0,
      sealedUpTo: 0,
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
      subscription.stagedUpTo = event.number;
    }
  }

  /** What was staged is of one batch; what is staged from now on is of the next one. */
  seal(): void {
    for (const subscription of this.#subscriptions.values()) {
      const { staged, left, stagedUpTo } = subscription;
      Object.assign(subscription, { sealed: staged, sealedLeft: left, sealedUpTo: stagedUpTo });
      Object.assign(subscription, { staged: [], left: 0 });
    }
  }

  /** What was sealed is on the disk. */
  settle(): void {
    for (const subscription of this.#subscriptions.values()) {
      const { events, sealed, sealedLeft } = subscription;
      const room = Math.max(0, subscription.room - events.length);
      for (const event of sealed.slice(0, room)) events.push(event);
      subscription.notShown += sealedLeft + Math.max(0, sealed.length - room);
      subscription.upTo = subscription.sealedUpTo;
      Object.assign(subscription, { sealed: [], sealedLeft: 0 });
    }
  }

  /** What was staged and sealed is not stored; it comes again. */
  forget(): void {
    for (const subscription of this.#subscriptions.values())
      Object.assign(subscription, { staged: [], left: 0, sealed: [], sealedLeft: 0 });
  }

  /** Sends what waits to everybody who has taken what came before. To be called some ten times a second. */
  flush(): void {
    for (const [id, subscription] of this.#subscriptions) {
      const { events, notShown, upTo } = subscription;
      if (!subscription.underWay)
        subscription.room = Math.min(MOST_AT_ONCE, subscription.room - events.length + MOST_IN_A_ROW);
      if (subscription.underWay || (events.length === 0 && notShown === 0)) continue;
      const deltas: LiveDelta[] = events.length > 0 ? [{ kind: 'events', events }] : [];
      if (notShown > 0) deltas.push({ kind: 'not-shown', count: notShown, upTo });
      Object.assign(subscription, { events: [], notShown: 0, underWay: true });
      this.#send(id, deltas);
    }
  }
}
