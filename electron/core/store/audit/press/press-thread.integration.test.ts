import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blockBytes } from '../blocks.ts';
import { EventReader } from '../event-reader.ts';
import { EventWriter, type Help } from '../event-writer.ts';
import { openAuditDatabase } from '../open-audit-database.ts';
import { recordText, type StoredEvent } from '../record-text.ts';
import { exampleEvent, numbersFrom } from '../testing/example-events.ts';
import { InlinePress, type Press, type Pressed } from './press.ts';
import { PressThread } from './press-thread.ts';

const SEED = 0xbeef;
const AT = 1_795_000_000_000;

/** The same with plain bytes, as they come from another thread. */
const plain = (pressed: Pressed) => structuredClone(pressed);
/** Ends a batch and waits for it. */
function finish(press: Press): Pressed {
  press.end();
  return press.finish();
}
/** Megabytes are compared by their hash. */
const digest = (pressed: Pressed): string => hash('sha256', serialize(plain(pressed)));

/** A thread needs no turn of this one to start. */
function started(thread: PressThread): PressThread {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const until = performance.now() + 20_000;
  while (!thread.ready() && performance.now() < until) Atomics.wait(never, 0, 0, 5);
  expect(thread.ready()).toBe(true);
  return thread;
}

describe('the press in a thread', () => {
  it('gives what the one beside the writer gives, block for block', () => {
    const [inline, thread] = [new InlinePress(SEED), new PressThread(SEED)];
    try {
      const random = numbersFrom(5);
      const events = Array.from(
        { length: 9_000 },
        (_, index): StoredEvent => ({ ...exampleEvent(random, AT + index), number: index + 1 }),
      );
      const texts = events.map((event) => recordText(event, 'salt'));
      const both = (work: (press: Press) => void): void => [inline, thread].forEach(work);
      both((press) => press.load({ size: 0, peaks: [], edge: [] }, [], true));
      const give = (first: number, end: number, known: number): void => {
        for (const press of [inline, thread]) {
          const own = press === inline ? events.slice(first - 1 + known, end) : undefined;
          press.take({ first, bytes: blockBytes(texts.slice(first - 1, end)), known }, own);
        }
      };
      for (let first = 1; first <= events.length; first += 128) {
        const end = Math.min(events.length, first + 127);
        const middle = first + 9;
        if (first % 3 === 0 && middle < end) give(first, middle, 0);
        give(first, end, first % 3 === 0 && middle < end ? 10 : 0);
        if (first === 4_225) both((press) => press.setFullText(false));
        if (first % 1_281 === 0) expect(digest(finish(thread))).toBe(digest(finish(inline)));
      }
      const [one, other] = [finish(inline), finish(thread)];
      expect(digest(other)).toBe(digest(one));
      expect(one.tree.size).toBe(9_000);
      expect(one.segments.map(({ place, grams }) => [place, grams === null])).toEqual(
        [
          [0, false],
          [1, true],
        ].slice(-one.segments.length),
      );
    } finally {
      thread.close();
    }
  });

  it('says what went wrong, goes on when it is begun anew, and is not waited for when it is gone', () => {
    const thread = new PressThread(SEED);
    try {
      thread.load({ size: 0, peaks: [], edge: [] }, [], true);
      thread.take({ first: 1, bytes: Buffer.from('\nno event'), known: 0 });
      expect(() => finish(thread)).toThrow('cannot be read');
      expect(() => finish(thread)).toThrow('cannot be read');
      thread.load({ size: 0, peaks: [], edge: [] }, [], true);
      const event = { ...exampleEvent(numbersFrom(1), AT), number: 1 };
      thread.take({ first: 1, bytes: blockBytes([recordText(event, 'salt')]), known: 0 });
      expect(finish(thread).tree.size).toBe(1);
    } finally {
      thread.close();
    }
    const gone = new PressThread(SEED, undefined, 200);
    gone.close();
    expect(() => finish(gone)).toThrow('does not answer');
  });
});

describe('a writer with help', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-press-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('stores the same events, tree and index, also after a batch that was given up', () => {
    const database = openAuditDatabase(folder);
    let opened = 0;
    const help: Help = {
      from: 300,
      open: (seed) => {
        opened += 1;
        return started(new PressThread(seed));
      },
    };
    const writer = new EventWriter(database, SEED, true, help);
    const random = numbersFrom(9);
    const expected: StoredEvent[] = [];
    const batch = (count: number, keeps: boolean): void => {
      const events = Array.from({ length: count }, () => writer.stage(exampleEvent(random, AT)));
      const write = database.transaction(() => {
        writer.write(null, AT);
        if (!keeps) throw new Error('full');
      });
      if (keeps) {
        write();
        expected.push(...events);
      } else {
        expect(write).toThrow('full');
        writer.forget();
      }
    };
    for (const [count, keeps] of [
      [50, true],
      [400, true],
      [1, true],
      [700, false],
      [3_333, true],
      [90, false],
      [777, true],
      [5, true],
    ] as const)
      batch(count, keeps);
    expect(opened).toBe(1);
    expect(writer.size).toBe(expected.length);
    const reader = new EventReader(database);
    expect(reader.newest()).toBe(expected.length);
    expect(expected.map(({ number }) => reader.event(number))).toEqual(expected);
    // Whoever opens it next finds leaves for all of them, and goes on.
    writer.close();
    const next = new EventWriter(database, SEED, true, help);
    expect(next.stage(exampleEvent(random, AT)).number).toBe(expected.length + 1);
    database.close();
  });

  it('does not wait for it to start', () => {
    const database = openAuditDatabase(folder);
    const asked: string[] = [];
    let isReady = false;
    const open = (seed: number): Press => {
      const press = new InlinePress(seed);
      const { take } = press;
      press.ready = () => isReady;
      press.take = (block) => {
        asked.push('take');
        take.call(press, block);
      };
      press.close = () => void asked.push('close');
      asked.push('open');
      return press;
    };
    const writer = new EventWriter(database, SEED, true, { from: 10, open });
    const random = numbersFrom(9);
    const batch = (): void => {
      for (let event = 0; event < 20; event += 1) writer.stage(exampleEvent(random, AT));
      database.transaction(() => writer.write(null, AT))();
    };
    batch();
    expect(asked).toEqual([]);
    batch();
    batch();
    expect(asked).toEqual(['open']);
    isReady = true;
    batch();
    expect(asked).toEqual(['open', 'take']);
    expect(new EventReader(database).newest()).toBe(80);
    writer.close();
    expect(asked).toEqual(['open', 'take', 'close']);
    database.close();
  });

  it('goes on without it when it cannot be started', () => {
    const database = openAuditDatabase(folder);
    const open = (): Press => {
      throw new Error('no room');
    };
    const writer = new EventWriter(database, SEED, true, { from: 1, open });
    const random = numbersFrom(9);
    for (let event = 1; event <= 3; event += 1) {
      expect(writer.stage(exampleEvent(random, AT)).number).toBe(event);
      database.transaction(() => writer.write(null, AT))();
    }
    writer.close();
    database.close();
  });

  it('goes on without it when it fails, and loses nothing', () => {
    const database = openAuditDatabase(folder);
    let opened = 0;
    const help: Help = {
      from: 10,
      open: (seed) => {
        opened += 1;
        const press = new InlinePress(seed);
        press.finish = () => {
          throw new Error('gone');
        };
        return press;
      },
    };
    const writer = new EventWriter(database, SEED, true, help);
    const random = numbersFrom(9);
    const batch = (): void => {
      for (let event = 0; event < 200; event += 1) writer.stage(exampleEvent(random, AT));
      database.transaction(() => writer.write(null, AT))();
    };
    batch();
    expect(batch).toThrow('gone');
    writer.forget();
    batch();
    batch();
    expect(opened).toBe(1);
    expect(new EventReader(database).newest()).toBe(600);
    writer.close();
    database.close();
  });
});
