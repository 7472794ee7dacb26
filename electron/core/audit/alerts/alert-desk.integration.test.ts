import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDetector } from '#core/detection/detector.ts';
import { readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { type AuditStore, openAuditStore } from '#core/store/audit/audit-store.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';
import type { Intake, OpenSource } from '../pipeline/intake.ts';
import { readerOperations } from '../reader-operations.ts';
import { intakeOn, sourceOn } from '../testing/intake-on.ts';

const RULE = `
title: Deletes
id: 5b0d4f0e-3e0f-4a7e-9a3c-0a4f2f3c1b12
logsource:
  category: process_creation
detection:
  sel:
    Image|endswith: /rm
  condition: sel
level: high
swarmkeep:
  entity: [User]
`;
const rules = readRuleSet([{ file: 'deletes.yml', text: RULE, origin: 'imported' }]);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let folder: string;
let store: AuditStore;
let intake: Intake;
let source: OpenSource;
let woken: string[];
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-desk-'));
  store = openAuditStore(folder, true);
  woken = [];
  now = Date.now() - 10 * DAY;
  intake = intakeOn(store, {
    createDetector: (state) => createDetector(rules, state),
    now: () => now,
    committed: ({ alerts }) =>
      woken.push(...alerts.filter(({ woke }) => woke).map(({ alert }) => alert.entity)),
  });
  source = sourceOn(store);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function take(users: readonly string[], more = ''): void {
  const lines = users.map((user) => ({
    text: `Image=/bin/rm CommandLine="rm x" User=${user}${more}`,
    cut: null,
  }));
  intake.take(source, { path: '/x', lines, receivedAt: now, gaps: [], position: null });
}

const users = (name: string, many: number) => Array.from({ length: many }, (_, index) => `${name}${index}`);
const alerts = () => store.alerts.list(null, null);
const alertOf = (entity: string) => {
  const found = alerts().find((alert) => alert.entity === entity);
  if (found === undefined) throw new Error(`There is no alert about ${entity}`);
  return found;
};
const query = (text: string) => {
  const read = readQuery(text);
  if (!read.ok) throw new Error(read.message);
  return read.query;
};

describe('what hides among alerts', () => {
  it('is no flood of ever new names: those after the twentieth are one alert', () => {
    take(users('a', 15));
    take(users('b', 5_000));
    expect(alerts()).toHaveLength(21);
    expect(alertOf('many others')).toMatchObject({ count: 4_995, state: 'new', entityField: '' });
    expect(woken).toHaveLength(21);
    // Begun anew from what is stored, it is the same; what waits for nobody any more makes room.
    intake.forgetAlerts();
    take(['c']);
    expect(alerts()).toHaveLength(21);
    store.durably(() => store.alerts.update({ ...alertOf('a3'), state: 'resolved' }));
    intake.forgetAlerts();
    take(['d', 'e']);
    expect(alertOf('d').count).toBe(1);
    expect(alerts()).toHaveLength(22);
  });

  it('is nothing that came after those many others were acknowledged', () => {
    const acknowledge = () => {
      store.durably(() => store.alerts.update({ ...alertOf('many others'), state: 'acknowledged' }));
      intake.forgetAlerts();
    };
    take(users('a', 40));
    acknowledge();
    take(['a20', 'a39']);
    expect(alertOf('many others')).toMatchObject({ state: 'acknowledged', count: 22 });
    take(['a21', 'minotaur', 'minotaur']);
    expect(alertOf('many others')).toMatchObject({ state: 'new', count: 25 });
    expect(woken.slice(21)).toEqual(['many others']);
    // It is one of them from then on, also for a desk that knows only what is stored.
    acknowledge();
    take(['minotaur', 'a20']);
    expect(alertOf('many others').state).toBe('acknowledged');
    expect(woken).toHaveLength(22);
  });

  it('is no flood within a silence, which makes no room for what is not silenced either', () => {
    const silence = {
      id: 'q',
      query: 'User:s*',
      rule: null,
      reason: 'mine',
      createdAt: now,
      until: now + DAY,
    };
    store.durably(() => store.alerts.addSilence({ ...silence, endedAt: null, hidden: 0 }));
    take([...users('s', 3_000), 'minotaur']);
    expect(alerts()).toHaveLength(22);
    expect(alertOf('many silenced others')).toMatchObject({ count: 2_980, state: 'silenced' });
    expect(woken).toEqual(['minotaur']);
  });

  it('is nothing that begins again after a calm day under an alert that was acknowledged', () => {
    take(['a']);
    store.durably(() => store.alerts.update({ ...alertOf('a'), state: 'acknowledged' }));
    intake.forgetAlerts();
    now += 23 * HOUR;
    take(['a']);
    expect(alertOf('a')).toMatchObject({ state: 'acknowledged', count: 2 });
    now += 25 * HOUR;
    take(['a']);
    expect(alertOf('a')).toMatchObject({ state: 'new', count: 3 });
    expect(woken).toEqual(['a', 'a']);
  });

  it('is no alert that a claimed time moves into the past, or keeps from being calm', () => {
    take(['a']);
    const before = alertOf('a').lastAt;
    take(['a'], ' time=2001-01-01T00:00:00Z');
    expect(alertOf('a').lastAt).toBe(before);
    take(['a'], ` time=${new Date(now + 20 * HOUR).toISOString()}`);
    expect(alertOf('a').lastAt).toBe(now);
  });

  it('is no alert of which a silence covers a part only', () => {
    take(['a', 'a', 'b'], ' host=mine');
    take(['a'], ' host=other');
    const reader = readerOperations(folder);
    const preview = reader.previewSilence({ query: query('host:mine'), rule: null });
    const whole = reader.previewSilence({ query: query('User:a'), rule: null });
    reader.close();
    expect(preview).toMatchObject({ wouldHide: 3, ofAlerts: 2, hides: [alertOf('b').id] });
    expect(whole).toMatchObject({ wouldHide: 3, ofAlerts: 1, hides: [alertOf('a').id] });
  });
});
