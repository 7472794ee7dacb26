import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { CollectContext } from '../../collector.ts';
import { pythonCollector } from '../python.ts';

let folder: string | null = null;
afterEach(() => {
  if (folder !== null) rmSync(folder, { recursive: true });
  folder = null;
});

/** What the collector sees of a virtual environment with these settings. */
function look(settings: string | null, more: (site: string) => void = () => undefined) {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-venv-'));
  const venv = join(folder, 'venv');
  mkdirSync(join(venv, 'lib/python3.11/site-packages'), { recursive: true });
  more(join(venv, 'lib/python3.11/site-packages'));
  if (settings !== null) writeFileSync(join(venv, 'pyvenv.cfg'), settings);
  const instance = { id: 'one', virtualEnvironment: venv, sitePackages: null, home: null, source: null };
  const context = {
    privilege: 'root',
    now: new Date(),
    skewMs: null,
    salt: '',
    profile: { instances: [instance], corrected: [] },
    seen: {},
  } as unknown as CollectContext;
  const run = spawnSync('/bin/sh', ['-s'], { input: pythonCollector.script(context), timeout: 20_000 });
  const collected = pythonCollector.parse(
    { stdout: run.stdout, stderr: '', exitCode: run.status, timedOut: false, cut: false, tookMs: 0 },
    context,
  );
  if (!collected.seen) throw new Error(collected.reason);
  const { environments } = collected.value;
  return {
    gaps: collected.gaps.map(({ reason }) => reason),
    own: environments.find(({ instance: id }) => id === 'one'),
    includes: environments.find(({ instance: id }) => id === 'one')?.includesSystemPackages,
    system: environments.filter(({ instance: id }) => id === null).map(({ sitePackages }) => sitePackages),
  };
}

it.each<[string, string | null, boolean | null]>([
  ['says so', 'home = /usr/bin\ninclude-system-site-packages = true\nversion = 3.11.2\n', true],
  ['says so in capitals', 'Include-System-Site-Packages=TRUE\n', true],
  ['says no', 'include-system-site-packages = false\n', false],
  ['says something else', 'include-system-site-packages = 1\n', false],
  ['says it in another line', 'prompt = include-system-site-packages = true\n', false],
  ['says nothing', 'home = /usr/bin\n', false],
  ['has no settings', null, null],
])('knows whether packages of the system are loaded too where pyvenv.cfg %s', (_, settings, expected) => {
  const { includes, system } = look(settings);
  expect(includes).toBe(expected);
  // The packages of the system belong to what runs only then.
  if (expected !== true) expect(system).toEqual([]);
  else if (spawnSync('test', ['-d', '/usr/lib/python3/dist-packages']).status === 0)
    expect(system).toContain('/usr/lib/python3/dist-packages');
});

it('says that not all was read where a name has a line break, which no list can hold', () => {
  const quiet = look('home = /usr/bin\n', (site) => mkdirSync(join(site, 'fine-1.0.dist-info')));
  expect(quiet).toMatchObject({ gaps: [], own: { complete: true, distributions: [{ name: 'fine' }] } });
  rmSync(folder ?? '', { recursive: true });
  const { own, gaps } = look('home = /usr/bin\n', (site) => {
    mkdirSync(join(site, 'fine-1.0.dist-info'));
    mkdirSync(join(site, 'evil\nfine-2.0.dist-info'));
  });
  expect(own).toMatchObject({ complete: false, distributions: [{ name: 'fine', version: '1.0' }] });
  expect(gaps).toEqual(['the name of something in it has a line break in it']);
});
