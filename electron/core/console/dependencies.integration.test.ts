import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import { recordFacts } from '#core/facts/record.ts';
import { createConsole } from './create-console.ts';
import type { ConsoleService } from './service.ts';

let folder: string;
let service: ConsoleService;
let node: string;
let pack: { name: string; version: string };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-packages-'));
  const facts = stockNode();
  const { python } = facts.subjects;
  const found =
    python.state === 'seen'
      ? python.value.environments[0]?.distributions.find(({ editable, directUrl }) => !editable && !directUrl)
      : undefined;
  if (found?.version === undefined || found.version === null)
    throw new Error('The stock node has no package');
  pack = { name: found.name, version: found.version };
  const sampleFacts = join(folder, 'facts.json');
  writeFileSync(sampleFacts, recordFacts(facts));
  service = await createConsole({
    dataFolder: join(folder, 'data'),
    shell: 'command-line',
    version: '0.1.0',
    consent: { ask: async () => false },
    sample: true,
    sampleFacts,
  });
  await vi.waitFor(async () => {
    const [look] = await service.topics.progress.snapshot();
    if (look?.endedAt == null) throw new Error('The look at the sample goes on');
  }, 20_000);
  node = (await service.nodes.list(undefined))[0]?.id ?? '';
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A folder with one advisory about the package, changed today. */
function advisories(): string {
  const set = join(folder, 'osv');
  mkdirSync(set, { recursive: true });
  const advisory = {
    schema_version: '1.7.0',
    id: 'PYSEC-0000-1',
    modified: new Date().toISOString(),
    summary: 'It is made up.',
    details: 'All of it.',
    affected: [
      {
        package: { ecosystem: 'PyPI', name: pack.name },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '9999' }] }],
      },
    ],
    references: [{ type: 'WEB', url: 'https://example.org/1' }],
  };
  writeFileSync(join(set, 'PYSEC-0000-1.json'), JSON.stringify(advisory));
  return set;
}

it('is never fine without advisories, and says what is known once they were taken', async () => {
  expect((await service.dependencies.data(undefined)).state).toBe('none');
  expect((await service.dependencies.audit({ node }))?.data.state).toBe('none');
  expect(await service.dependencies.advisory({ id: 'PYSEC-0000-1' })).toBeNull();
  await expect(service.dependencies.import({ path: join(folder, 'nowhere.zip') })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
  expect(await service.dependencies.import({ path: advisories() })).toMatchObject({
    state: 'fresh',
    advisories: 1,
  });
  const report = await service.dependencies.audit({ node });
  expect(report?.findings.find((finding) => finding.package === pack.name)).toMatchObject({
    kind: 'vulnerability',
    ids: ['PYSEC-0000-1'],
    fixed: ['9999'],
    ignored: null,
  });
  expect(await service.dependencies.advisory({ id: 'PYSEC-0000-1' })).toMatchObject({
    summary: 'It is made up.',
    references: ['https://example.org/1'],
  });
  const [judged] = (await service.findings.list({ node })).filter(
    (entry) => entry.check === 'dependency-audit',
  );
  expect(judged?.status).toBe('fix');
});

it('accepts a weakness for a while, on record, and counts it again when that is withdrawn', async () => {
  const about = { package: pack.name, id: 'PYSEC-0000-1', reason: 'Not reached.', version: pack.version };
  const until = new Date(Date.now() + 86_400_000).toISOString();
  await expect(
    service.dependencies.ignore({ ...about, until: '2001-01-01T00:00:00.000Z', untilFixed: false }),
  ).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  const kept = await service.dependencies.ignore({ ...about, until, untilFixed: false });
  const found = async () =>
    (await service.dependencies.audit({ node }))?.findings.find((finding) => finding.package === pack.name);
  expect((await found())?.ignored?.reason).toBe('Not reached.');
  const { entries } = await service.activity.list({ limit: 5, search: 'PYSEC' });
  expect(entries[0]?.sentence).toContain(`PYSEC-0000-1 in ${pack.name} ${pack.version} is accepted until`);
  expect(await service.dependencies.withdrawIgnore({ id: kept.id })).toEqual([]);
  expect((await found())?.ignored).toBeNull();
  await expect(service.dependencies.withdrawIgnore({ id: kept.id })).rejects.toMatchObject({
    code: 'DECISION_UNKNOWN',
  });
});
