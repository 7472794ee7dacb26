import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localHost } from '#core/hosts/local.ts';
import { recordCheck } from '#shared/domain/dependencies/record-check.ts';
import { recordVerdict } from '#shared/domain/dependencies/record-verdict.ts';
import { install, makeEnvironment, put } from './testing/make-environment.ts';
import { verifyRecords } from './verify-records.ts';

let base: string;
let root: string;
let site: string;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "swarmkeep records ' "));
  root = join(base, 'venv');
  site = makeEnvironment(root);
  const files = {
    'tool/__init__.py': '',
    'tool/run.py': 'print("fine")\n',
    'tool/od d, "name".py': 'x = 1\n',
    'tool/gone.py': '',
    '../../../bin/tool': '#!/usr/bin/python3\n',
  };
  install(site, { name: 'tool', version: '1.0', files });
  install(site, { name: 'other', version: '2.0', files: { 'other.py': 'y = 2\n', 'tool/shared.py': '' } });
});
afterAll(() => rmSync(base, { recursive: true }));

async function verify(place = { sitePackages: site, root: root as string | null }, signal?: AbortSignal) {
  const host = localHost();
  const result = await verifyRecords(host, { ...place, sudo: false, signal });
  await host.close();
  if (!result.ok) throw new Error(result.error.failure);
  expect(recordCheck.safeParse(result.check).error).toBeUndefined();
  return result.check;
}

describe('installed files against their RECORDs', () => {
  it('are intact as they were laid down, whatever they are called', async () => {
    const check = await verify();
    expect(check).toMatchObject({
      changed: [],
      missing: [],
      added: [],
      unverifiable: 0,
      outside: 0,
      withoutRecord: [],
      unread: null,
      intact: 11,
    });
    expect(recordVerdict(check)).toBe('intact');
  });

  it('are added where none of the packages names them, also at the top, and disputed where two say something else', async () => {
    const own = makeEnvironment(join(base, 'own'));
    install(own, { name: 'tool', version: '1.0', files: { 'tool/__init__.py': '', 'tool/run.py': 'x' } });
    const place = { sitePackages: own, root: null };
    put(join(own, 'yaml.py'), 'bad');
    put(join(own, 'evil/__init__.py'), 'bad');
    put(join(own, 'tool/__pycache__/hidden.py'), 'bad');
    put(join(own, 'tool/__pycache__/run.cpython-311.pyc'), 'compiled');
    const inner = (check: Awaited<ReturnType<typeof verify>>) =>
      check.added.map(({ path }) => path.slice(own.length + 1)).toSorted();
    expect(inner(await verify(place))).toEqual(['evil/__init__.py', 'tool/__pycache__/hidden.py', 'yaml.py']);
    // One package without a RECORD: then only what lies beside recorded files is known to be added.
    put(join(own, 'old-1.0.egg-info'), 'Name: old\nVersion: 1.0\n');
    expect(inner(await verify(place))).toEqual(['tool/__pycache__/hidden.py']);
    // Somebody else's RECORD claims the file that was changed, with its present hash or with none.
    writeFileSync(join(own, 'tool/run.py'), 'bad');
    install(own, { name: 'zz', version: '1.0', files: { 'tool/run.py': 'bad' } });
    expect((await verify(place)).changed.map(({ path }) => path)).toEqual([join(own, 'tool/run.py')]);
    writeFileSync(join(own, 'zz-1.0.dist-info/RECORD'), 'tool/run.py,,\n');
    expect((await verify(place)).changed.map(({ path }) => path)).toEqual([join(own, 'tool/run.py')]);
  });

  it('are named when they were changed, removed, added or replaced by a link', async () => {
    appendFileSync(join(site, 'tool/run.py'), 'import os\n');
    writeFileSync(join(root, 'bin/tool'), '#!/bin/sh\n');
    rmSync(join(site, 'tool/gone.py'));
    rmSync(join(site, 'other.py'));
    symlinkSync('/etc/hostname', join(site, 'other.py'));
    put(join(site, 'tool/extra.py'), 'bad');
    put(join(site, 'zzz.pth'), 'import bad\n');
    put(join(site, 'tool/__pycache__/run.cpython-311.pyc'), 'compiled');
    put(join(site, 'unrelated/file.py'), '');
    put(join(site, 'old-1.0.egg-info'), 'Name: old\nVersion: 1.0\n');
    const record = join(site, 'tool-1.0.dist-info/RECORD');
    appendFileSync(
      record,
      '/etc/passwd,sha256=x,1\n../../../../../outside,,\ntool/__pycache__/run.cpython-311.pyc,,\n"never ends\n',
    );
    const check = await verify();
    const paths = (list: { path: string }[]) =>
      list.map(({ path }) => path.replace(`${root}/`, '')).toSorted();
    const lib = 'lib/python3.11/site-packages';
    expect(paths(check.changed)).toEqual(['bin/tool', `${lib}/other.py`, `${lib}/tool/run.py`]);
    expect(paths(check.missing)).toEqual([`${lib}/tool/gone.py`]);
    expect(check.added.map(({ path, runsAtStart }) => [path.slice(site.length + 1), runsAtStart])).toEqual([
      ['zzz.pth', true],
      ['tool/extra.py', false],
    ]);
    expect(check).toMatchObject({
      unverifiable: 1,
      outside: 2,
      withoutRecord: ['old'],
      unread: 'one line of RECORDs could not be read',
    });
    expect(recordVerdict(check)).toBe('changed');
    expect(JSON.stringify(check)).not.toContain(readFileSync('/etc/hostname', 'utf8').trim().padEnd(3, '?'));
  });

  it('are not called missing where they are closed, nor intact', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('only root can look as another account');
    spawnSync('chmod', ['0755', base]);
    spawnSync('chmod', ['-R', 'go+rX', root]);
    spawnSync('chmod', ['0700', join(site, 'tool')]);
    const host = localHost();
    const asNobody: typeof host.run = (request) =>
      // The script is the same; only the account that runs it is another.
      host.run({
        ...request,
        script: `exec setpriv --reuid 65534 --regid 65534 --clear-groups sh <<'THE_SCRIPT'\n${request.script}\nTHE_SCRIPT\n`,
      });
    const result = await verifyRecords({ run: asNobody }, { sitePackages: site, root, sudo: false });
    if (!result.ok) throw new Error(result.error.failure);
    expect(result.check.missing).toEqual([]);
    expect(result.check.unread).toMatch(/closed to the account/);
    await host.close();
  });

  it('say when there is nothing, and stop when told', async () => {
    const nothing = await verify({ sitePackages: join(base, 'none'), root: null });
    expect(nothing.unread).toBe('the folder is not there');
    expect(recordVerdict(nothing)).toBe('unknown');
    await expect(verify(undefined, AbortSignal.abort())).rejects.toThrow('cancelled');
    await expect(verify({ sitePackages: 'relative', root: null })).rejects.toThrow('not-supported');
  });

  it('of a real wheel are intact', async (context) => {
    const asked = spawnSync('python3', [
      '-c',
      'import ensurepip,glob,os;print((glob.glob(os.path.dirname(ensurepip.__file__)+"/_bundled/pip-*.whl")+glob.glob("/usr/share/python-wheels/pip-*.whl"))[0])',
    ]);
    if (asked.status !== 0) return context.skip('no wheel of pip comes with this Python');
    const real = makeEnvironment(join(base, 'real'));
    spawnSync('python3', ['-m', 'zipfile', '-e', asked.stdout.toString().trim(), real]);
    const check = await verify({ sitePackages: real, root: null });
    expect(check).toMatchObject({ changed: [], missing: [], added: [], unread: null });
    expect(check.intact).toBeGreaterThan(300);
  });
});
