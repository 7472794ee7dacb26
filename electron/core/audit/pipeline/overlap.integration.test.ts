import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Detector } from '#core/detection/detector.ts';
import {
  type AuditReading,
  type AuditStore,
  openAuditReading,
  openAuditStore,
} from '#core/store/audit/audit-store.ts';
import { numbersFrom } from '#core/store/audit/testing/example-events.ts';
import { StoreError } from '#core/store/store-error.ts';
import type { FollowedBatch } from '../follow/follower.ts';
import { intakeOn, sourceOn } from '../testing/intake-on.ts';
import type { Intake } from './intake.ts';
import type { OpenSource } from './open-source.ts';
import type { Ticket } from './sealed-batch.ts';
import { SILENT_SOURCE } from './silent-source.ts';

/** Every so many events one is a match. */
const MATCHES_EVERY = 700;
const FULL = new StoreError({ kind: 'full', message: 'full', untouched: '', next: '' });

/** A detector that counts all events there are; its state is the very object that it counts in. */
function counting(stored: unknown): Detector {
  const state = { seen: 0, ...(stored as { seen: number } | null) };
  return {
    letGo: { groups: 0, entries: 0 },
    state: () => state,
    detect: (_event, number) => {
      state.seen += 1;
      const match = { rule: SILENT_SOURCE, entityField: 'all', entity: 'all', events: [number] };
      return state.seen % MATCHES_EVERY === 0 ? [match] : [];
    },
  };
}

/** A source and what gives its lines, as the pump of a source does. */
interface Giver {
  source: OpenSource;
  next: number;
  begun: { batch: FollowedBatch; ticket: Ticket } | null;
}

let folder: string;
let store: AuditStore;
let reading: AuditReading;
let intake: Intake;
let givers: Giver[];
/** How the next transaction fails. */
let fails: 'before' | 'behind' | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-overlap-'));
  store = openAuditStore(folder, true);
  const { durably } = store;
  fails = null;
  store.durably = (work) => {
    const how = fails;
    fails = null;
    if (how === 'before') throw FULL;
    return durably(() => {
      const value = work();
      if (how === 'behind') throw FULL;
      return value;
    });
  };
  intake = intakeOn(store, { createDetector: counting });
  givers = ['a', 'b'].map((id) => ({ source: sourceOn(store, id, `/${id}`), next: 0, begun: null }));
  reading = openAuditReading(folder);
});
afterEach(() => {
  reading.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const lineOf = (source: string, number: number): string => `source=${source} line=${number} text="so it is"`;

function batchOf(giver: Giver, count: number): FollowedBatch {
  const { id } = giver.source.kept;
  const lines = Array.from({ length: count }, (_, index) => ({
    text: lineOf(id, giver.next + index),
    cut: null,
  }));
  giver.next += count;
  return { path: `/${id}`, lines, receivedAt: Date.now(), gaps: [], position: { next: giver.next } };
}

const hasFailed = ({ ticket }: { ticket: Ticket }): boolean => ticket.state === 'failed';

function give(giver: Giver, count: number): void {
  const batch = batchOf(giver, count);
  const former = giver.begun;
  giver.begun = null;
  let lost: FollowedBatch[] = [];
  if (former !== null && hasFailed(former)) lost = [former.batch, batch];
  else {
    const ticket = intake.begin(giver.source, batch);
    if (ticket.state !== 'failed') giver.begun = { batch, ticket };
    else lost = former !== null && hasFailed(former) ? [former.batch, batch] : [batch];
  }
  for (const one of lost) {
    fails = null;
    intake.take(giver.source, one);
  }
}

/** A batch is so large that the next ones are packed beside. */
async function untilBeside([giver]: Giver[]): Promise<void> {
  if (giver === undefined) throw new Error('There is no source');
  give(giver, 1_200);
  const until = performance.now() + 60_000;
  for (;;) {
    give(giver, 10);
    if (giver.begun?.ticket.state === 'under-way') break;
    if (performance.now() > until) throw new Error('The thread that packs events did not start');
    await pause(20);
  }
  intake.settle();
}

/** What is on the disk belongs together, whenever one looks. */
function expectWhole(): void {
  const events = reading.reader.newest();
  const sources = reading.sources.all();
  expect(sources.reduce((sum, source) => sum + source.events, 0)).toBe(events);
  for (const { events: own, position } of sources)
    expect((position as { next: number } | null)?.next ?? 0).toBe(own);
  expect(reading.note('detector')).toEqual({ seen: events });
  const matched = reading.alerts.list(null, null).reduce((sum, { count }) => sum + count, 0);
  expect(matched).toBe(Math.floor(events / MATCHES_EVERY));
}

describe('a batch that is read while the one before is packed', () => {
  it('is not in its transaction, with nothing of it', async () => {
    await untilBeside(givers);
    const [a, b] = givers as [Giver, Giver];
    const before = reading.reader.newest();
    give(a, 500);
    const first = a.begun?.ticket;
    expect(first?.state).toBe('under-way');
    expect([store.events.size, store.events.written]).toEqual([before + 500, before]);
    expect(reading.reader.newest()).toBe(before);
    give(b, 300);
    expect([first?.state, b.begun?.ticket.state]).toEqual(['stored', 'under-way']);
    expect(reading.reader.newest()).toBe(before + 500);
    expectWhole();
    // Nobody has to ask for it.
    await b.begun?.ticket.done;
    expect(reading.reader.newest()).toBe(before + 800);
    expectWhole();
  });

  it('fails with the one before, and both are there once when they are given again', async () => {
    await untilBeside(givers);
    const [a] = givers as [Giver, Giver];
    const before = reading.reader.newest();
    const [first, second] = [batchOf(a, 900), batchOf(a, 800)];
    const ticket = intake.begin(a.source, first);
    fails = 'behind';
    expect(intake.begin(a.source, second)).toMatchObject({ state: 'failed', error: FULL });
    expect(ticket).toMatchObject({ state: 'failed', error: FULL });
    await ticket.done;
    expect(reading.reader.newest()).toBe(before);
    for (const batch of [first, second]) intake.take(a.source, batch);
    expect(reading.reader.newest()).toBe(before + 1_700);
    expectWhole();
  });

  it('loses and doubles nothing of two sources, whatever fails and whoever comes between', async () => {
    await untilBeside(givers);
    const numbers = numbersFrom(17);
    const random = (below: number): number => Math.floor(numbers() * below);
    let seen = { underWay: 0, failed: 0 };
    for (let step = 0; step < 160; step += 1) {
      const giver = givers[random(2)] as Giver;
      const what = random(12);
      if (what === 0) fails = 'before';
      if (what === 1) fails = 'behind';
      if (what === 2) intake.settle();
      if (what === 3) intake.forgetAlerts();
      if (what === 4) await pause(random(4));
      if (what === 5) intake.forgetDetector();
      give(giver, 1 + random(300));
      const states = givers.map(({ begun }) => begun?.ticket.state);
      seen = {
        underWay: seen.underWay + states.filter((state) => state === 'under-way').length,
        failed: seen.failed + states.filter((state) => state === 'failed').length,
      };
      if (step % 4 === 0) expectWhole();
    }
    fails = null;
    intake.settle();
    for (const giver of givers) give(giver, 1);
    intake.settle();
    expect(seen.underWay).toBeGreaterThan(50);
    expect(seen.failed).toBeGreaterThan(0);
    expectWhole();
    const counts = new Map(givers.map(({ source }) => [source.kept.id, 0]));
    for (let number = 1; number <= reading.reader.newest(); number += 1) {
      const event = reading.reader.event(number);
      const line = counts.get(event?.source ?? '') ?? 0;
      expect(event?.raw).toBe(lineOf(event?.source ?? '', line));
      counts.set(event?.source ?? '', line + 1);
    }
    expect([...counts.values()]).toEqual(givers.map(({ next }) => next));
  });
});
