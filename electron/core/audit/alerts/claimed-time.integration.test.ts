import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDetector } from '#core/detection/detector.ts';
import { readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { type AuditStore, openAuditStore } from '#core/store/audit/audit-store.ts';
import { intakeOn, sourceOn } from '../testing/intake-on.ts';

const RULES = `
title: Refused
name: refused
logsource:
  category: process_creation
detection:
  sel:
    Outcome: refused
  condition: sel
---
title: Guessing
correlation:
  type: event_count
  rules: [refused]
  group-by: [User]
  timespan: 1m
  condition:
    gte: 3
`;

let folder: string;
let store: AuditStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-claimed-'));
  store = openAuditStore(folder, true);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

it('finds what repeats although a line between claims to be of tomorrow', () => {
  const rules = readRuleSet([{ file: 'guessing.yml', text: RULES, origin: 'imported' }]);
  expect(rules.failed).toEqual([]);
  const now = Date.now();
  const intake = intakeOn(store, {
    now: () => now,
    createDetector: (state) => createDetector(rules, state),
  });
  const source = sourceOn(store);
  const lineAt = (at: number) => ({
    text: `time=${new Date(at).toISOString()} Image=/bin/x CommandLine=x User=a Outcome=refused`,
    cut: null,
  });
  const lines = [0, 20 * 3_600_000, 1_000, 2_000, 3_000].map((after) => lineAt(now - 10_000 + after));
  intake.take(source, { path: '/x', lines, receivedAt: now, gaps: [], position: null });
  expect(store.reader.event(2)?.at).toBeGreaterThan(now);
  expect(store.alerts.list(null, null).map(({ rule }) => rule.title)).toEqual(['Guessing']);
});
