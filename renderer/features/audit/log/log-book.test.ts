import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { calmFrames, FOLLOWED, LogBook, READ } from './log-book.ts';

function event(number: number): AuditEvent {
  const at = '2026-11-21T22:41:00.000Z';
  return {
    number,
    node: 'naru',
    source: 'naru-journal',
    at,
    timeFrom: 'log',
    timeText: null,
    receivedAt: at,
    logsource: { product: null, category: null, service: null },
    severity: null,
    message: `line ${number}`,
    fields: {},
    group: null,
    derived: false,
    raw: '',
    cut: null,
  };
}

const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => event(from + i));

function bookAt(size: number) {
  const frames: (() => void)[] = [];
  const book = new LogBook((flush) => frames.push(flush));
  book.begin(events(1, size), 'following', { older: 1 });
  const frame = () => {
    for (const flush of frames.splice(0)) flush();
  };
  const numbers = () => book.get().items.map(({ key }) => key);
  return { book, frame, numbers, frames };
}

describe('a list that follows', () => {
  it('puts in what came once a frame, in order and never twice', () => {
    const { book, frame, frames, numbers } = bookAt(3);
    book.arrive(events(3, 4));
    book.arrive(events(5, 6));
    expect(frames).toHaveLength(1);
    expect(numbers()).toEqual([1, 2, 3]);
    frame();
    expect(numbers()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('stays small in a flood, also while no frame is drawn, and says what it left out', () => {
    const { book, frame } = bookAt(3);
    for (let batch = 0; batch < 100; batch += 1) book.arrive(events(4 + batch * 500, 503 + batch * 500));
    book.notSent(7);
    frame();
    const { items, notShown } = book.get();
    expect(items.length).toBeLessThanOrEqual(FOLLOWED);
    expect(notShown).toBe(50_000 - FOLLOWED + 7);
    expect(items.at(-1)?.key).toBe(50_003);
  });

  it('marks the place of what was not sent, and fills it from the records', () => {
    const { book, frame, numbers } = bookAt(3);
    book.notSent(2);
    book.arrive(events(6, 7));
    frame();
    expect(numbers()).toEqual([1, 2, 3, 3.5, 6, 7]);
    book.fill(3, { events: events(4, 10), next: null });
    expect(numbers()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('says how many lines a page that was too slow has not got, and at most how many where some were chosen', () => {
    for (const all of [true, false]) {
      const { book, numbers } = bookAt(3);
      book.skipped();
      book.snapshot(events(90, 91), all);
      expect(numbers()).toEqual([1, 2, 3, 3.5, 90, 91]);
      expect(book.get().items[3]).toMatchObject({ count: 86, atMost: !all });
      expect(book.get().notShown).toBe(all ? 86 : 0);
    }
  });

  it('marks nothing where nothing lies between', () => {
    const { book, numbers } = bookAt(3);
    book.skipped();
    book.snapshot(events(4, 5), true);
    expect(numbers()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('a list whose events lie far back', () => {
  it('keeps them whatever a snapshot found of the newest', () => {
    const { book, frame, numbers } = bookAt(35);
    book.snapshot([], true);
    expect(numbers()).toHaveLength(35);
    expect(book.get().older).toBe(1);
    book.snapshot(events(34, 37), true);
    frame();
    expect(numbers().slice(-4)).toEqual([34, 35, 36, 37]);
  });

  it('goes on where the search stopped, not at its first line', () => {
    const book = new LogBook(() => 0);
    book.begin([], 'following', { older: 9_001 });
    expect(book.get().older).toBe(9_001);
    book.prepend({ events: [], next: 7_501 });
    expect(book.get()).toMatchObject({ items: [], older: 7_501, mode: 'following' });
    book.prepend({ events: events(4, 6).reverse(), next: null });
    expect(book.get().items.map(({ key }) => key)).toEqual([4, 5, 6]);
    expect(book.get()).toMatchObject({ older: null, mode: 'following' });
  });
});

describe('a list that stands still', () => {
  it('counts what comes and changes nothing that is read', () => {
    const { book, frame, numbers } = bookAt(3);
    book.pause();
    book.arrive(events(4, 9));
    book.notSent(10);
    frame();
    expect(numbers()).toEqual([1, 2, 3]);
    expect(book.get()).toMatchObject({ mode: 'paused', waiting: 16, newer: true });
    expect(book.resume()).toBe(false);
  });

  it('slides over the records in both directions without holding them all', () => {
    const { book, numbers } = bookAt(0);
    book.begin(events(10_001, 10_200), 'paused', { older: 10_001, newer: true });
    for (let before = 10_001; before > 1_001; before -= 500) {
      book.prepend({ events: events(before - 500, before - 1).reverse(), next: before - 500 });
    }
    expect(numbers()[0]).toBe(1_001);
    expect(numbers()).toHaveLength(READ);
    expect(book.get().newer).toBe(true);
    const last = numbers().at(-1) ?? 0;
    book.append({ events: events(last + 1, last + 500), next: null });
    expect(numbers()).toHaveLength(READ);
    expect(numbers().at(-1)).toBe(last + 500);
    expect(book.get()).toMatchObject({ newer: false, older: expect.any(Number) });
  });
});

describe('frames in which a flood is drawn', () => {
  it('are some twenty a second, and the next one after a rest', () => {
    let waiting: ((now: number) => void) | null = null;
    const schedule = calmFrames((drawn) => {
      waiting = drawn;
      return 1;
    });
    const drawnAt: number[] = [];
    let now = 0;
    /** Sixty frames a second, from a time on; something arrives before each. */
    const run = (from: number, frames: number): void => {
      for (let frame = 0; frame < frames; frame += 1) {
        now = from + (frame * 1_000) / 60;
        if (waiting === null) schedule(() => drawnAt.push(now));
        const drawn = waiting;
        waiting = null;
        drawn?.(now);
      }
    };
    run(1_000, 60);
    expect(drawnAt[0]).toBe(1_000);
    expect(drawnAt.length).toBeGreaterThanOrEqual(19);
    expect(drawnAt.length).toBeLessThanOrEqual(21);
    drawnAt.length = 0;
    run(60_000, 1);
    expect(drawnAt).toEqual([60_000]);
  });
});
