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
  const about = {
    package: pack.name,
    id: 'PYSEC-0000-1',
    reason: 'Not reached.',
    version: pack.version,
    severity: null,
  };
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

it('keeps what the operator says of a direct dependency, on record, and exports it with the packages', async () => {
  const [first] = await service.dependencies.direct({ node });
  expect(first?.told).toBeNull();
  const name = first?.name ?? '';
  await service.dependencies.describe({
    package: name,
    purpose: 'Serves the API.',
    licence: '',
    risk: 'Public.',
  });
  const [again] = (await service.dependencies.direct({ node: null })).filter((entry) => entry.name === name);
  expect(again?.told).toMatchObject({ purpose: 'Serves the API.', risk: 'Public.' });
  const { entries } = await service.activity.list({ limit: 5, search: 'Serves' });
  expect(entries[0]?.sentence).toBe(`It was written down what ${name} is for: Serves the API. Risk: Public.`);
  const bill = await service.dependencies.export({ node, format: 'cyclonedx' });
  expect(bill.fileName).toMatch(/^swarmkeep-packages-[\w-]+-\d{4}-\d\d-\d\d\.cdx\.json$/);
  expect(JSON.parse(bill.text)).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
  expect(bill.text).toContain('Serves the API.');
  const report = await service.findings.export({ node, format: 'html' });
  expect(report.text).toMatch(/What was asked for[\s\S]*Serves the API\./);
  const sarif = await service.dependencies.export({ node, format: 'sarif' });
  expect(JSON.parse(sarif.text)).toMatchObject({ version: '2.1.0' });
  await service.dependencies.describe({ package: name, purpose: '', licence: '', risk: '' });
  expect((await service.dependencies.direct({ node })).every(({ told }) => told === null)).toBe(true);
});

it('says who pulls a package in, and pins what is installed as far as hashes are known', async () => {
  const found = (await service.dependencies.audit({ node }))?.findings.find(
    (finding) => finding.package === pack.name,
  );
  const environment = found?.environment ?? '';
  const ways = await service.dependencies.ways({ node, environment, package: pack.name });
  expect(ways?.levels.at(-1)?.[0]?.name).toBe(pack.name);
  expect(await service.dependencies.ways({ node, environment: '/nowhere', package: pack.name })).toBeNull();
  const lock = await service.dependencies.lock({ node, environment });
  expect(lock.text).toContain(`==${pack.version}`);
  expect(lock.hashed + lock.unhashed.length).toBeGreaterThan(0);
  const places = await service.dependencies.environments({ node });
  expect(places.find(({ id }) => id === environment)).toMatchObject({ isLockable: true, unreadable: null });
  await expect(service.dependencies.environments({ node: 'nobody' })).rejects.toMatchObject({
    code: 'NODE_UNKNOWN',
  });
});

it('compares requirements before they are installed, and offers the line with hashes of a lock', async () => {
  const hash = `sha256:${'a'.repeat(64)}`;
  const lock = await service.dependencies.beforeInstall({
    fileName: 'requirements.txt',
    text: `${pack.name}==1.0 --hash=${hash}\n`,
  });
  expect(lock.report.findings).toMatchObject([{ kind: 'vulnerability', ids: ['PYSEC-0000-1'] }]);
  expect(lock.pinned?.lines).toEqual([expect.stringContaining(`==1.0 \\\n    --hash=${hash}`)]);
  const loose = await service.dependencies.beforeInstall({
    fileName: 'requirements.txt',
    text: `${pack.name}>=1\n-r other.txt\n`,
  });
  expect(loose.pinned).toBeNull();
  expect(loose.problems.map(({ line }) => line)).toEqual([1, 2]);
  expect(loose.report.findings.map(({ kind }) => kind).sort()).toEqual(['not-comparable', 'unreadable']);
  await expect(
    service.dependencies.beforeInstall({ fileName: 'setup.py', text: 'import os' }),
  ).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
});

it('hashes no recording, and fetches nothing by itself unless that was turned on', async () => {
  await expect(service.dependencies.verify({ node })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  expect(await service.dependencies.verification({ node })).toMatchObject({ state: 'never' });
  expect(await service.dependencies.fetching(undefined)).toMatchObject({ daily: false, lastAt: null });
});
