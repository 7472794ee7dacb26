import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDetector, type Detector } from '#core/detection/detector.ts';
import { readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { type AuditStore, openAuditStore } from '#core/store/audit/audit-store.ts';
import { StoreError } from '#core/store/store-error.ts';
import type { FollowedLine } from '../follow/follower.ts';
import { LineSplitter } from '../follow/lines/line-splitter.ts';
import { FAULT_FIELD } from '../formats/guarded.ts';
import { rawRecord } from '../formats/record.ts';
import { intakeOn, sourceOn } from '../testing/intake-on.ts';
import type { Intake, OpenSource } from './intake.ts';

const RULE = `
title: Denied
id: 5b0d4f0e-3e0f-4a7e-9a3c-0a4f2f3c1b11
logsource:
  category: process_creation
detection:
  sel:
    Image|endswith: /curl
  condition: sel
level: high
swarmkeep:
  entity: [User]
`;
const rules = readRuleSet([{ file: 'denied.yml', text: RULE, origin: 'imported' }]);
const line = (user: string) => ({ text: `Image=/usr/bin/curl CommandLine="curl x" User=${user}`, cut: null });

/** The same, but that it throws for one user, as a mistake in a rule or in the engine would. */
function breaking(detector: Detector): Detector {
  const { detect } = detector;
  return {
    ...detector,
    detect: (event, ...rest) => {
      if (event.fields.User === 'poison') throw new TypeError('cannot read poison');
      return detect(event, ...rest);
    },
  };
}

let folder: string;
let store: AuditStore;
let intake: Intake;
let source: OpenSource;
let woken: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-intake-'));
  store = openAuditStore(folder, true);
  woken = [];
  intake = intakeOn(store, {
    createDetector: (state) => breaking(createDetector(rules, state)),
    committed: ({ alerts }) =>
      woken.push(...alerts.filter(({ woke }) => woke).map(({ alert }) => alert.entity)),
  });
  source = sourceOn(store);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function take(users: readonly string[]): void {
  const next = (source.kept.position as { next: number } | null)?.next ?? 0;
  const position = { next: next + users.length };
  intake.take(source, { path: '/x', lines: users.map(line), receivedAt: Date.now(), gaps: [], position });
}

describe('what is taken in', () => {
  it('is one alert and one notice, however often it repeats', () => {
    for (let batch = 0; batch < 10; batch += 1) take(Array.from({ length: 1_000 }, () => 'minotaur'));
    const [alert, ...others] = store.alerts.list(null, null);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      count: 10_000,
      entity: 'minotaur',
      state: 'new',
      firstEvent: 1,
      lastEvent: 10_000,
    });
    expect(woken).toEqual(['minotaur']);
  });

  it('is given again as a whole when it could not be stored, and is there once', () => {
    take(['a', 'b']);
    const { durably } = store;
    const full = { kind: 'full' as const, message: 'full', untouched: '', next: '' };
    store.durably = (work) =>
      durably(() => {
        work();
        throw new StoreError(full);
      });
    expect(() => take(['c', 'a'])).toThrow('full');
    expect(source.kept.position).toEqual({ next: 2 });
    store.durably = durably;
    take(['c', 'a']);
    expect(store.events.size).toBe(4);
    expect([1, 2, 3, 4, 5].map((number) => store.reader.event(number)?.fields.User)).toEqual([
      'a',
      'b',
      'c',
      'a',
      undefined,
    ]);
    const counts = store.alerts.list(null, null).map(({ entity, count }) => `${entity} ${count}`);
    expect(counts.sort()).toEqual(['a 2', 'b 1', 'c 1']);
  });

  it('is kept and gone past where rules cannot be held against it, and that is told', () => {
    take(['a', 'poison', 'b', 'poison']);
    expect(source.kept.position).toEqual({ next: 4 });
    expect(store.reader.event(2)?.fields.User).toBe('poison');
    expect(store.alerts.list(null, null).map(({ entity }) => entity)).toEqual(['b', 'a']);
    const [gap, ...others] = store.sources.gaps('s');
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ kind: 'not-examined', bytes: 0 });
    expect(gap?.detail).toContain('2 events, the first of them 2, could not be held against all rules');
    expect(gap?.detail).toContain('TypeError: cannot read poison');
    take(['c']);
    expect(store.sources.gaps('s')).toHaveLength(1);
  });

  it('is kept as text that says why where no event can be made of it', () => {
    const poisoned = (message: string) => ({
      ...rawRecord(message),
      fields: { size: 1n as unknown as number },
    });
    const parse = (text: string) => [text === 'two' ? poisoned(text) : rawRecord(text)];
    source.parsers.set('/x', { parse, flush: () => [], state: () => null });
    const lines = ['one', 'two', 'three'].map((text) => ({ text, cut: null }));
    intake.take(source, { path: '/x', lines, receivedAt: Date.now(), gaps: [], position: { next: 3 } });
    const events = [1, 2, 3].map((number) => store.reader.event(number));
    expect(events.map((event) => event?.message)).toEqual(['one', 'two', 'three']);
    expect(events[1]?.fields[FAULT_FIELD]).toContain('TypeError');
    expect(store.events.size).toBe(3);
  });

  it('is a binary file as far as it is text, every line of it once, and the next log goes on', () => {
    const lines: FollowedLine[] = [];
    const splitter = new LineSplitter();
    // Every byte there is, in an order that has line ends, NULs, torn characters and colour codes in it.
    const bytes = Buffer.from(
      Array.from({ length: 40_000 }, (_, index) => (index * index * 31 + index * 7) % 257),
    );
    splitter.push(bytes, lines);
    const rest = splitter.finish();
    if (rest !== null) lines.push(rest);
    expect(lines.length).toBeGreaterThan(50);
    intake.take(source, { path: '/x', lines, receivedAt: Date.now(), gaps: [], position: { next: 1 } });
    expect(store.events.size).toBe(lines.length);
    for (const [index, line] of lines.entries()) {
      const event = store.reader.event(index + 1);
      expect(event?.raw || event?.message).toBe(line.text);
    }
    expect(store.sources.gaps('s')).toEqual([]);
    take(['minotaur']);
    expect(store.events.size).toBe(lines.length + 1);
  });

  it('is read as what it is although the log was empty at first', () => {
    intake.take(source, { path: '/x', lines: [], receivedAt: Date.now(), gaps: [], position: { next: 0 } });
    take(['minotaur']);
    expect(source.kept.format).toBe('key-value');
    expect(store.reader.event(1)?.fields.User).toBe('minotaur');
  });

  it('wakes an alert that was resolved, and is hidden by a silence until that ends', () => {
    take(['a']);
    const [alert] = store.alerts.list(null, null);
    if (alert === undefined) throw new Error('There is no alert');
    store.durably(() => store.alerts.update({ ...alert, state: 'resolved' }));
    intake.forgetAlerts();
    take(['a']);
    expect(woken).toEqual(['a', 'a']);
    const now = Date.now();
    const silence = {
      id: 'q',
      query: 'User:b',
      rule: null,
      reason: 'mine',
      createdAt: now,
      until: now + 60_000,
      endedAt: null,
      hidden: 0,
    };
    store.durably(() => store.alerts.addSilence(silence));
    intake.forgetAlerts();
    take(['b', 'b', 'a']);
    expect(store.alerts.silences()[0]?.hidden).toBe(2);
    expect(store.alerts.list(['silenced'], null).map(({ entity, count }) => [entity, count])).toEqual([
      ['b', 2],
    ]);
    expect(woken).toEqual(['a', 'a']);
    store.durably(() => store.alerts.endSilence('q', now));
    intake.forgetAlerts();
    take(['b']);
    expect(woken).toEqual(['a', 'a', 'b']);
  });

  it('says when a time cannot be', () => {
    const lines = [
      'time=1970-01-01T00:00:00Z a=1',
      'time=2100-01-01T00:00:00Z a=2',
      'time=2026-11-20T10:00:00Z a=3',
    ];
    intake.take(source, {
      path: '/x',
      lines: lines.map((text) => ({ text, cut: null })),
      receivedAt: Date.parse('2026-11-22T00:00:00Z'),
      gaps: [],
      position: { next: 3 },
    });
    expect([1, 2, 3].map((number) => store.reader.event(number)?.timeFrom)).toEqual([
      'implausible',
      'implausible',
      'log',
    ]);
  });
});
