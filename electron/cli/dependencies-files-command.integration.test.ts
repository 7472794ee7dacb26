import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exampleAdvisory } from '#core/dependencies/advisories/testing/example-advisories.ts';
import { install, makeEnvironment, put } from '#core/dependencies/inventory/testing/make-environment.ts';
import { auditCommand } from './dependencies-audit.ts';
import { exportPackages } from './dependencies-export.ts';
import { lockOf } from './dependencies-lock.ts';
import { pinsOf } from './dependencies-pins.ts';
import { verifyPackages } from './dependencies-verify.ts';
import type { Terminal } from './terminal.ts';

let base: string;
let site: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-packages-'));
  site = makeEnvironment(join(base, 'venv'));
  install(site, { name: 'h11', version: '0.14.0', files: { 'h11/__init__.py': '' } });
});
afterAll(() => rmSync(base, { recursive: true }));

/** What a command wrote, with its exit code. */
async function ran(command: (terminal: Terminal) => Promise<number> | number) {
  const pieces: string[] = [];
  const out = { write: (piece: string) => pieces.push(piece) > 0, isTTY: false };
  const code = await command({ out, error: out, environment: {} } as unknown as Terminal);
  return { code, text: pieces.join('') };
}
const place = () => ({ dataFolder: join(base, 'data'), version: '0.1.0' });

it('exports a bill and a log of one environment, and never calls it clean without data', async () => {
  const bill = await ran((terminal) =>
    exportPackages(place(), [join(base, 'venv')], { format: 'cyclonedx' }, terminal),
  );
  expect(bill.code).toBe(0);
  expect(JSON.parse(bill.text)).toMatchObject({
    specVersion: '1.6',
    components: [{}, { purl: 'pkg:pypi/h11@0.14.0' }],
  });
  const purposes = join(base, 'purposes.json');
  writeFileSync(
    purposes,
    '[{"package":"H11","purpose":"speaks HTTP","licence":"MIT","risk":"parses hostile bytes"}]',
  );
  const told = await ran((terminal) =>
    exportPackages(place(), [site], { format: 'cyclonedx', purposes }, terminal),
  );
  expect(JSON.parse(told.text).components[1]).toMatchObject({
    licenses: [{ license: { id: 'MIT' } }],
    properties: expect.arrayContaining([{ name: 'swarmkeep:risk', value: 'parses hostile bytes' }]),
  });
  writeFileSync(purposes, '[]');
  const untold = await ran((terminal) =>
    exportPackages(place(), [site], { format: 'cyclonedx', purposes }, terminal),
  );
  expect(untold.text).toContain('Without purpose or risk: h11');
  const log = await ran((terminal) =>
    exportPackages(place(), [join(base, 'venv')], { format: 'sarif' }, terminal),
  );
  expect(JSON.parse(log.text).runs[0].invocations[0].executionSuccessful).toBe(false);
});

it('tells an environment as it was installed from one that was changed', async () => {
  const verify = () => ran((terminal) => verifyPackages(place(), [site], { json: true }, terminal));
  expect((await verify()).code).toBe(0);
  put(join(site, 'h11/__init__.py'), 'import os');
  const changed = await verify();
  expect(changed.code).toBe(1);
  expect(JSON.parse(changed.text)[0].changed).toMatchObject([{ package: 'h11' }]);
});

it('says what floats, and prints lines with hashes of a lock', async () => {
  const [lock, floating] = [join(base, 'uv.lock'), join(base, 'requirements.txt')];
  writeFileSync(
    lock,
    `[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "https://pypi.org/simple" }\nwheels = [{ url = "a.whl", hash = "sha256:${'a'.repeat(64)}" }]\n`,
  );
  writeFileSync(floating, 'a>=1\n');
  const pinned = await ran((terminal) => pinsOf([lock], { install: ['all'], json: false }, terminal));
  expect(pinned).toMatchObject({ code: 0, text: expect.stringContaining('a==1 \\\n    --hash=sha256:aaaa') });
  expect((await ran((terminal) => pinsOf([floating], { json: false }, terminal))).code).toBe(1);
  await expect(
    ran((terminal) => pinsOf([floating], { install: ['a'], json: false }, terminal)),
  ).rejects.toThrow('None of the files');
  await expect(
    ran((terminal) => pinsOf([join(base, 'none.txt')], { json: false }, terminal)),
  ).rejects.toThrow('cannot be read');
});

it('pins what is installed, with the hashes that locks have, and names what has none', async () => {
  const bare = await ran((terminal) => lockOf(site, { json: true }, terminal));
  expect(bare.code).toBe(1);
  expect(JSON.parse(bare.text)).toMatchObject({ hashed: 0, unhashed: [{ name: 'h11' }], left: [] });
  const from = join(base, 'locked.txt');
  writeFileSync(from, `h11==0.14 --hash=sha256:${'a'.repeat(64)}\n`);
  const whole = await ran((terminal) => lockOf(site, { from: [from], json: false }, terminal));
  expect(whole.code).toBe(0);
  expect(whole.text).toContain(`h11==0.14.0 \\\n    --hash=sha256:${'a'.repeat(64)}`);
  writeFileSync(from, 'h11\n');
  await expect(ran((terminal) => lockOf(site, { from: [from], json: false }, terminal))).rejects.toThrow(
    'no lock with hashes',
  );
});

it('compares packages by name before they are installed', async () => {
  const known = join(base, 'osv');
  put(
    join(known, 'A.json'),
    JSON.stringify(exampleAdvisory('PYSEC-2026-1', 'httpx', { modified: new Date().toISOString() })),
  );
  const audit = (names: string[]) =>
    ran((terminal) => auditCommand(place(), [], { names, advisories: known, json: true }, terminal));
  const bad = await audit(['HTTPX==1.9', 'rich==13']);
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.text)).toMatchObject({
    packages: 2,
    findings: [{ package: 'httpx', ids: ['PYSEC-2026-1'] }],
  });
  expect((await audit(['httpx==2.0'])).code).toBe(0);
  expect((await audit(['httpx>=2.0'])).code).toBe(2);
  await expect(audit(['-r x'])).rejects.toThrow('Give names such as');
});
