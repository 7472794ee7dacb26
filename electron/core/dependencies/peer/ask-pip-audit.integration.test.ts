import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { environment } from '#shared/domain/dependencies/inventory.ts';
import { askPipAudit } from './ask-pip-audit.ts';
import { findPipAudit } from './find-pip-audit.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-peer-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program in a folder of its own that prints what a test says. */
function put(name: string, lines: string[], mode = 0o755): string {
  mkdirSync(join(folder, name), { recursive: true });
  const program = join(folder, name, 'pip-audit');
  writeFileSync(program, `#!/bin/sh\n${lines.join('\n')}\n`);
  chmodSync(program, mode);
  return join(folder, name);
}

it('is handed a file and options, a clean environment, and leaves nothing behind', async () => {
  const where = put('asked', [
    `printf '%s\\n' "$@" > ${join(folder, 'arguments')}`,
    `env > ${join(folder, 'environment')}`,
    `cp "$2" ${join(folder, 'list')}`,
    `printf '{"dependencies":[{"name":"a","version":"1","vulns":[{"id":"CVE-1","fix_versions":["2"],"aliases":[]}]}]}'`,
    'exit 1',
  ]);
  const found = findPipAudit([], where);
  if (!found.ok) throw new Error(found.reason);
  const answer = await askPipAudit(found.program, ['a==1', 'b==2'], {
    HTTPS_PROXY: 'http://proxy.test',
    PYTHONPATH: '/evil',
    PIP_AUDIT_FIX: '1',
  });
  expect(answer).toEqual({
    ok: true,
    answer: {
      looked: ['a'],
      skipped: [],
      weaknesses: [{ package: 'a', version: '1', ids: ['CVE-1'], fixed: ['2'] }],
    },
  });
  const handed = readFileSync(join(folder, 'arguments'), 'utf8').trim().split('\n');
  expect(handed).toEqual(expect.arrayContaining(['--no-deps', '--disable-pip', '--format', 'json']));
  expect(readFileSync(join(folder, 'list'), 'utf8')).toBe('a==1\nb==2\n');
  const environmentText = readFileSync(join(folder, 'environment'), 'utf8');
  expect(environmentText).toContain('HTTPS_PROXY=http://proxy.test');
  expect(environmentText).not.toMatch(/PYTHONPATH|PIP_AUDIT/);
  expect(existsSync(handed[1] ?? '')).toBe(false);
});

it('says why there is no answer', async () => {
  const ask = (name: string, lines: string[], signal?: AbortSignal) =>
    askPipAudit(join(put(name, lines), 'pip-audit'), ['a==1'], {}, signal);
  expect(await ask('broken', ['echo "no network" >&2', 'exit 2'])).toEqual({
    ok: false,
    reason: 'it gave no answer that can be read (exit code 2: no network)',
  });
  // A whole answer of a program that failed is none.
  expect(await ask('failed', [`printf '{"dependencies":[]}'`, 'exit 3'])).toMatchObject({ ok: false });
  expect(await ask('half', [`printf '{"dependencies":['`])).toMatchObject({ ok: false });
  expect(await ask('off', ['exit 0'], AbortSignal.abort())).toEqual({
    ok: false,
    reason: 'it was called off',
  });
  expect(await askPipAudit(join(folder, 'nowhere'), ['a==1'], {})).toEqual({
    ok: false,
    reason: 'it could not be started (ENOENT)',
  });
});

it('is started only where nobody else can change it, and never from an environment in question', () => {
  const safe = put('safe', ['exit 0']);
  expect(findPipAudit([], `relative:${join(folder, 'none')}:${safe}`)).toMatchObject({ ok: true });
  expect(findPipAudit([], '')).toMatchObject({ ok: false, reason: expect.stringContaining('no pip-audit') });
  const loose = put('loose', ['exit 0'], 0o777);
  expect(findPipAudit([], loose)).toMatchObject({ ok: false, reason: expect.stringContaining('others') });
  const open = put('open', ['exit 0']);
  chmodSync(open, 0o777);
  expect(findPipAudit([], open)).toMatchObject({ ok: false, reason: expect.stringContaining('others') });
  const agents = put('agent/bin', ['exit 0']);
  const own = environment.parse({
    id: join(folder, 'agent/lib/python3.12/site-packages'),
    kind: 'virtual-environment',
    interpreter: join(folder, 'agent/bin/python'),
    packages: [],
  });
  expect(findPipAudit([own], agents)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('in question'),
  });
  // A link to it is it, and so is a script that its Python would run.
  mkdirSync(join(folder, 'linked'));
  symlinkSync(join(agents, 'pip-audit'), join(folder, 'linked/pip-audit'));
  expect(findPipAudit([own], join(folder, 'linked'))).toMatchObject({ ok: false });
  writeFileSync(join(agents, 'python'), '#!/bin/sh\n', { mode: 0o755 });
  const shebang = put('shebang', []);
  writeFileSync(join(shebang, 'pip-audit'), `#!${join(agents, 'python')} -s\n`);
  expect(findPipAudit([own], shebang)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('in question'),
  });
  expect(findPipAudit([], shebang)).toMatchObject({ ok: true });
});
