import type { EventPage } from '#shared/contract/audit.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';

/** A line of the list: an event, or a place where events are in the records and not here. */
export type LogItem =
  | { kind: 'event'; key: number; event: AuditEvent }
  /**
   * `count` events came faster than they are sent to a page; they stand between `after` and the next line. `atMost`: not
   * all of them fit what is chosen.
   */
  | { kind: 'not-shown'; key: number; after: number; count: number; atMost: boolean };

/**
 * `following`: the newest line is at the foot and new ones come in. `paused`: somebody reads further back. `range`: a time was
 * chosen that has an end.
 */
export type LogMode = 'following' | 'paused' | 'range';

/** Where a list stands that was begun anew: at its last line, its first one, or the line of an event. */
export type Stand = 'end' | 'start' | number;

/** All that is drawn, in the order of numbers. The same object until something changes. */
export interface LogView {
  items: readonly LogItem[];
  mode: LogMode;
  /** Another object each time that the list is begun anew. */
  begun: { stand: Stand };
  /** Events that fit and came while the list stood still. */
  waiting: number;
  /** Events that came faster than they are sent here, since the list was opened. */
  notShown: number;
  /** Where what stands before the first line is to be asked for, as `before`; null when nothing does. */
  older: number | null;
  /** Whether there is more after the last line. */
  newer: boolean;
}

/** Events in memory while new ones come in, and while somebody reads on in either direction. */
export const FOLLOWED = 800;
export const READ = 2_400;

const EMPTY: LogView = {
  items: [],
  mode: 'following',
  begun: { stand: 'end' },
  waiting: 0,
  notShown: 0,
  older: null,
  newer: false,
};

/** Milliseconds between two drawings of what streams in; what comes after a rest is drawn at once. */
const DRAWN_EVERY_MS = 50;

/**
 * Lines that fly past faster than anybody reads need not be drawn sixty times a second: that leaves the frames between to
 * whoever scrolls and types.
 * @returns what calls back before a frame, and not much sooner than {@link DRAWN_EVERY_MS} after the time before
 */
export function calmFrames(
  nextFrame: (drawn: (now: number) => void) => number = requestAnimationFrame,
): (flush: () => void) => number {
  let last = Number.NEGATIVE_INFINITY;
  const schedule = (flush: () => void): number =>
    nextFrame((now) => {
      // Frames come a little early or late.
      if (now - last < DRAWN_EVERY_MS - 8) schedule(flush);
      else {
        last = now;
        flush();
      }
    });
  return schedule;
}

/**
 * The part of the records that the list holds: a window that slides, never all. What streams in is collected and put in some
 * times a second.
 */
export class LogBook {
  #view: LogView = EMPTY;
  #arrived: AuditEvent[] = [];
  #missed = 0;
  #skipped = false;
  #frame: number | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #schedule: (flush: () => void) => number;

  /** @param schedule calls back once, before the next frame is drawn */
  constructor(schedule: (flush: () => void) => number = calmFrames()) {
    this.#schedule = schedule;
  }

  readonly get = (): LogView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begin anew with the newest events. @param events in the order of numbers */
  begin(
    events: readonly AuditEvent[],
    mode: LogMode,
    more: { older: number | null; newer?: boolean },
    stand: Stand = 'end',
  ): void {
    this.#arrived = [];
    this.#missed = 0;
    this.#set({
      items: events.map(itemOf),
      mode,
      begun: { stand },
      waiting: 0,
      notShown: this.#view.notShown,
      older: more.older,
      newer: more.newer ?? false,
    });
  }

  /**
   * What a snapshot of the stream says, the newest events that it found in a short time: they begin a list that has none, and
   * for any other they are what came.
   * @param all nothing was chosen: the numbers of events say how many lie between two of them
   */
  snapshot(events: readonly AuditEvent[], all: boolean): void {
    const { items, mode, older } = this.#view;
    const last = lastNumber(items);
    const fresh = events.filter(({ number }) => number > last);
    const skipped = this.#skipped;
    this.#skipped = false;
    // What came before this page listened is not new to a list that has an end.
    if (mode === 'range' || fresh.length === 0) return;
    if (mode !== 'following') this.arrive(fresh);
    else if (items.length === 0) this.begin(fresh, 'following', { older: fresh[0]?.number ?? older });
    else if (fresh.length < events.length) this.arrive(fresh);
    // Nothing of the snapshot is known: what lies between was never sent, or is further back in a list that is new.
    else if (!skipped) this.begin(fresh, 'following', { older: fresh[0]?.number ?? older });
    else {
      const between = (fresh[0]?.number ?? 0) - last - 1;
      const place = between > 0 ? [notShown(last, between, !all)] : [];
      const left = this.#view.notShown + (all ? between : 0);
      this.#set({ ...this.#view, items: [...items, ...place, ...fresh.map(itemOf)], notShown: left });
    }
  }

  /** This page was too slow, and deltas were left out; a snapshot follows. */
  skipped(): void {
    this.#skipped = true;
  }

  /** New events, in the order of numbers. */
  arrive(events: readonly AuditEvent[]): void {
    for (const event of events) this.#arrived.push(event);
    // Nothing is drawn in a hidden window: what is kept for it must not grow.
    const over = this.#arrived.length - FOLLOWED;
    if (over > 0) {
      this.#arrived.splice(0, over);
      this.#missed += over;
    }
    this.#wake();
  }

  /** Events that are in the records and were not sent. */
  notSent(count: number): void {
    this.#missed += count;
    this.#wake();
  }

  /** A page of what stands before the first line. @param page newest first */
  prepend(page: EventPage): void {
    const before = [...page.events].reverse().map(itemOf);
    const items = [...before, ...this.#view.items];
    const cut = items.length > READ;
    this.#set({
      ...this.#view,
      items: cut ? items.slice(0, READ) : items,
      older: page.next,
      newer: this.#view.newer || cut,
      // The newest lines are no longer here: new ones cannot be put under them.
      mode: cut && this.#view.mode === 'following' ? 'paused' : this.#view.mode,
    });
  }

  /** A page of what stands after the last line. @param page oldest first */
  append(page: EventPage): void {
    const last = lastNumber(this.#view.items);
    const items = [...this.#view.items, ...page.events.filter(({ number }) => number > last).map(itemOf)];
    const cut = items.length > READ;
    const kept = cut ? items.slice(items.length - READ) : items;
    const waiting = page.next === null ? 0 : Math.max(0, this.#view.waiting - page.events.length);
    this.#set({
      ...this.#view,
      items: kept,
      newer: page.next !== null,
      older: cut ? firstNumber(kept) : this.#view.older,
      waiting: this.#view.mode === 'range' ? this.#view.waiting : waiting,
    });
  }

  /** Events that belong in the place of a `not-shown` line. @param page oldest first */
  fill(after: number, page: EventPage): void {
    const items: LogItem[] = [];
    for (const item of this.#view.items) {
      if (item.kind !== 'not-shown' || item.after !== after) items.push(item);
      else {
        const next = this.#view.items[this.#view.items.indexOf(item) + 1];
        const end = next === undefined ? Number.POSITIVE_INFINITY : firstNumber([next]);
        const found = page.events.filter(({ number }) => number > after && number < end);
        items.push(...found.map(itemOf));
        const last = found.at(-1)?.number;
        // A full page that does not reach the next line: the rest is still not here.
        if (
          last !== undefined &&
          page.next !== null &&
          page.events.at(-1)?.number === last &&
          last < end - 1
        ) {
          items.push(notShown(last, Math.max(1, item.count - found.length), item.atMost));
        }
      }
    }
    this.#set({ ...this.#view, items });
  }

  /** Stand still: somebody reads. */
  pause(): void {
    if (this.#view.mode === 'following') this.#set({ ...this.#view, mode: 'paused' });
  }

  /** Follow again, when the newest line is here already. @returns whether it is; otherwise begin anew */
  resume(): boolean {
    if (this.#view.mode === 'range' || this.#view.newer || this.#view.waiting > 0) return false;
    this.#set({ ...this.#view, mode: 'following' });
    return true;
  }

  #wake(): void {
    this.#frame ??= this.#schedule(() => this.#flush());
  }

  #flush(): void {
    this.#frame = null;
    const arrived = this.#arrived;
    const missed = this.#missed;
    this.#arrived = [];
    this.#missed = 0;
    const view = this.#view;
    if (view.mode !== 'following') {
      this.#set({
        ...view,
        waiting: view.waiting + arrived.length + missed,
        newer: view.mode === 'paused' ? true : view.newer,
      });
      return;
    }
    const last = lastNumber(view.items);
    const fresh = arrived.filter(({ number }) => number > last);
    const items = [...view.items];
    if (missed > 0) {
      const before = items.at(-1);
      // Nothing stands between: one line for both.
      if (before?.kind === 'not-shown')
        items[items.length - 1] = notShown(before.after, before.count + missed, before.atMost);
      else items.push(notShown(last, missed));
    }
    for (const event of fresh) items.push(itemOf(event));
    const cut = items.length > FOLLOWED;
    const kept = cut ? items.slice(items.length - FOLLOWED) : items;
    this.#set({
      ...view,
      items: kept,
      older: cut ? firstNumber(kept) : view.older,
      notShown: view.notShown + missed,
    });
  }

  #set(view: LogView): void {
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }
}

function itemOf(event: AuditEvent): LogItem {
  return { kind: 'event', key: event.number, event };
}

function notShown(after: number, count: number, atMost = false): LogItem {
  return { kind: 'not-shown', key: after + 0.5, after, count, atMost };
}

/** The number of the last event of the items; 0 without one. */
export function lastNumber(items: readonly LogItem[]): number {
  const last = items.at(-1);
  return last === undefined ? 0 : last.kind === 'event' ? last.event.number : last.after;
}

/** The number of the first event of the items; 1 without one. */
export function firstNumber(items: readonly LogItem[]): number {
  const first = items[0];
  return first === undefined ? 1 : first.kind === 'event' ? first.event.number : first.after + 1;
}
