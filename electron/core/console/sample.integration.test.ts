import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import { recordFacts } from '#core/facts/record.ts';
import { overview } from '#shared/contract/findings.ts';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import { trackedFinding } from '#shared/domain/finding.ts';
import { createConsole } from './create-console.ts';
import type { ConsoleService } from './service.ts';

let folder: string;
let service: ConsoleService | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-sample-'));
});
afterEach(async () => {
  await service?.close();
  service = null;
  rmSync(folder, { recursive: true, force: true });
});

/** @returns the console with the sample in it, after the look at it has ended */
async function openSample(sampleFacts: string): Promise<ConsoleService> {
  service = await createConsole({
    dataFolder: join(folder, 'data'),
    shell: 'command-line',
    version: '0.1.0',
    consent: { ask: async () => false },
    sample: true,
    sampleFacts,
  });
  const { topics } = service;
  await expect
    .poll(async () => (await topics.progress.snapshot())[0]?.endedAt ?? null, { timeout: 20_000 })
    .not.toBeNull();
  return service;
}

describe('the sample node', () => {
  it('shows everything at work on recorded facts, judged at the time of the recording', async () => {
    const recorded = join(folder, 'facts.json');
    writeFileSync(recorded, recordFacts(stockNode()));
    const opened = await openSample(recorded);
    const findings = await opened.findings.list({ node: null });
    expect(findings.map((finding) => finding.check).sort()).toEqual([...CHECK_IDS].sort());
    for (const finding of findings) expect(trackedFinding.parse(finding)).toEqual(finding);
    expect(new Set(findings.map((finding) => finding.observedAt)).size).toBe(1);
    const home = await opened.findings.overview({ node: null });
    expect(overview.parse(home)).toEqual(home);
    expect(home.sentence).toMatch(/^This is a sample\. /);
    expect(home.counts.fix).toBeGreaterThan(0);
    for (const format of ['json', 'html', 'sarif'] as const) {
      const { text } = await opened.findings.export({ format, node: null });
      expect(text.length).toBeGreaterThan(5_000);
    }
  });

  it.each([
    ['is not there', null, 'could not be read'],
    ['is damaged', '{"format":1,"collectedBy":', ''],
    ['is of another kind', '{"hello":"world"}', ''],
  ])('says so when its recording %s, and does not break the console', async (_, text, word) => {
    const file = join(folder, 'facts.json');
    if (text !== null) writeFileSync(file, text);
    const opened = await openSample(file);
    const [state] = await opened.topics.progress.snapshot();
    expect(state).toMatchObject({ state: 'failed' });
    expect(state?.error).toContain(word);
    expect(state?.error?.length).toBeGreaterThan(20);
    const home = await opened.findings.overview({ node: null });
    expect(home.sentence).toBe('This is a sample. sample could not be reached yet.');
    expect(home.next).toBeNull();
  });
});
