import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import { createConsole } from './create-console.ts';
import type { ConsoleService } from './service.ts';

let folder: string;
let service: ConsoleService;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-audit-findings-'));
  service = await createConsole({
    dataFolder: join(folder, 'data'),
    shell: 'web',
    version: '0',
    consent: { ask: async () => false },
    schedule: false,
    watching: true,
    looking: {
      collect: async () => ({
        ok: true,
        facts: { ...stockNode(), collectedAt: new Date().toISOString() },
      }),
      check: (input, only) => runChecks(input, only === undefined ? {} : { only }),
    },
  });
});
afterEach(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

it('makes a finding of what the log shows, as soon as it shows it, until a person has settled it', {
  timeout: 180_000,
}, async () => {
  const { audit } = service;
  if (audit === undefined) throw new Error('This console follows no logs');
  const { id: node } = await service.nodes.add({
    address: { kind: 'local' },
    confirmedKeys: [],
    name: 'here',
  });
  const log = join(folder, 'daemon.log');
  writeFileSync(log, '');
  await service.looks.start({ nodes: [node] });
  await vi.waitFor(async () => expect((await audit.state(undefined)).watching).toBe(true), 60_000);
  // Only the log that the test writes: others of this machine are none of its business.
  for (const { id } of await audit.sources({})) await audit.removeSource({ source: id });
  const source = await audit.addSource({ node, target: { kind: 'file', path: log } });
  await audit.setSource({ source: source.id, format: 'mycoswarm' });
  const finding = () => service.findings.get({ node, check: 'log-injection' }).catch(() => null);
  await vi.waitFor(async () => expect((await finding())?.status).toBe('unknown'), 60_000);
  appendFileSync(log, '10:00:04 | INFO | task 748e9ad5 done\n10:00:07 | INFO | task a\n');
  appendFileSync(log, '09:00:00 | INFO | all is well accepted\n10:00:09 | INFO | shutting down\n');
  await vi.waitFor(async () => expect((await finding())?.status).toBe('fix'), {
    timeout: 60_000,
    interval: 250,
  });
  const bad = await finding();
  expect(bad?.summary).toBe('Somebody wrote lines of their own into the log of here.');
  expect(bad?.evidence.map(({ what }) => what).toSorted()).toEqual([
    'A line of the log may be forged: time-runs-back',
    'A line of the log may be forged: unfinished',
  ]);

  for (const alert of await audit.alerts({ node })) {
    if (alert.rule.leadsTo?.kind === 'check' && alert.rule.leadsTo.check === 'log-injection')
      await audit.setAlert({ alert: alert.id, state: 'resolved', note: 'It was me, trying it.' });
  }
  await vi.waitFor(async () => expect((await finding())?.status).toBe('unknown'), {
    timeout: 60_000,
    interval: 250,
  });
  expect((await finding())?.summary).toContain('No forged line was seen');
  const { entries } = await service.activity.list({ search: '', kinds: ['alert-answered'], limit: 50 });
  expect(entries.map(({ sentence }) => sentence)).toContainEqual(
    expect.stringMatching(/^The alert .* on here was resolved: It was me, trying it\.$/),
  );
});
