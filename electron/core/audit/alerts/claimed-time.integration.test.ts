import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDetector } from '#core/detection/detector.ts';
import { readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { type AuditStore, openAuditStore } from '#core/store/audit/audit-store.ts';
import { Intake, type OpenSource } from '../pipeline/intake.ts';

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
  const target = { kind: 'file', path: '/x' } as const;
  store.durably(() => store.sources.add({ id: 's', node: 'miu', target, name: 'x', origin: 'added' }));
  const rules = readRuleSet([{ file: 'guessing.yml', text: RULES, origin: 'imported' }]);
  expect(rules.failed).toEqual([]);
  const nothing = (): undefined => undefined;
  const live = { stage: nothing, seal: nothing, settle: nothing, forget: nothing };
  const now = Date.now();
  const intake = new Intake({
    ...{ store, live, signer: () => null, now: () => now, committed: nothing },
    createDetector: (state) => createDetector(rules, state),
    createFirstSeen: () => ({ detect: () => [], state: () => null }),
  });
  const [kept] = store.sources.all();
  if (kept === undefined) throw new Error('There is no source');
  const source: OpenSource = { kept, parsers: new Map(), utcOffsetMinutes: 0 };
  const lineAt = (at: number) => ({
    text: `time=${new Date(at).toISOString()} Image=/bin/x CommandLine=x User=a Outcome=refused`,
    cut: null,
  });
  const lines = [0, 20 * 3_600_000, 1_000, 2_000, 3_000].map((after) => lineAt(now - 10_000 + after));
  intake.take(source, { path: '/x', lines, receivedAt: now, gaps: [], position: null });
  expect(store.reader.event(2)?.at).toBeGreaterThan(now);
  expect(store.alerts.list(null, null).map(({ rule }) => rule.title)).toEqual(['Guessing']);
});
