import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDetector } from '#core/detection/detector.ts';
import { readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { openAuditStore } from '#core/store/audit/audit-store.ts';
import { intakeOn, sourceOn } from '../testing/intake-on.ts';

const RULES = `
title: Refused
name: refused
logsource: {category: process_creation}
detection:
  sel: {Outcome: refused}
  condition: sel
---
title: Guessing
correlation:
  type: event_count
  rules: [refused]
  group-by: [User]
  timespan: 1m
  condition: {gte: 4}
`;
const HOUR = 3_600_000;

it('finds what repeats although its lines claim to be hours apart, and says what correlations had to forget', () => {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-past-'));
  const store = openAuditStore(folder, true);
  try {
    const followed = sourceOn(store);
    const now = Date.now();
    const letGo = { groups: 2, entries: 7 };
    store.durably(() => store.writeNote('detector', { version: 1, letGo, correlations: {} }));
    const rules = readRuleSet([{ file: 'guessing.yml', text: RULES, origin: 'imported' }]);
    const intake = intakeOn(store, {
      createDetector: (state) => createDetector(rules, state),
      now: () => now,
    });
    expect(intake.letGo()).toEqual(letGo);
    const titles = (path: string, removed: boolean) => {
      const lines = [0, -9 * HOUR, -2 * HOUR, -5 * HOUR].map((after) => ({
        text: `time=${new Date(now + after).toISOString()} Image=/bin/x CommandLine=x User=${path} Outcome=refused`,
        cut: null,
      }));
      const source = { ...followed, kept: { ...followed.kept, removed }, parsers: new Map() };
      intake.take(source, { path, lines, receivedAt: now, gaps: [], position: null });
      return store.alerts.list(null, null).map(({ entity }) => entity);
    };
    // A file that is read once may stand in any order.
    expect(titles('/once', true)).toEqual([]);
    expect(titles('/x', false)).toEqual(['/x']);
    expect(intake.letGo()).toEqual(letGo);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
