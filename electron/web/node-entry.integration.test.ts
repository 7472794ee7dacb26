import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-entry-'));
  mkdirSync(join(folder, 'shell'));
  copyFileSync(join(import.meta.dirname, '../../scripts/node-entry.mjs'), join(folder, 'shell/main.mjs'));
  writeFileSync(join(folder, 'shell/start.js'), "process.stdout.write('started ' + process.argv[2]);");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(version: string) {
  const pretend = `Object.defineProperty(process,"versions",{value:{node:${JSON.stringify(version)}}})`;
  const given = ['--import', `data:text/javascript,${pretend}`, join(folder, 'shell/main.mjs'), 'word'];
  // Where compiled code is kept by a setting from outside, the entry has nothing to say.
  const env = { ...process.env, NODE_COMPILE_CACHE: undefined };
  return spawnSync(process.execPath, given, { encoding: 'utf8', env });
}

it('starts on the Node.js it needs, and on newer ones', () => {
  expect(start('24.0.0')).toMatchObject({ status: 0, stdout: 'started word', stderr: '' });
  expect(start('100.1.0')).toMatchObject({ status: 0, stdout: 'started word' });
});

it('says in a sentence which Node.js it needs, and loads nothing', () => {
  for (const version of ['20.20.2', '9.0.0', '23.11.1']) {
    const { status, stdout, stderr } = start(version);
    expect({ status, stdout }).toEqual({ status: 69, stdout: '' });
    expect(stderr).toMatch(/^Swarmkeep needs Node\.js 24 or newer, and this is Node\.js [\d.]+\. .*\n$/);
  }
});

it('keeps what was compiled in a folder of its own account, and leaves every other folder alone', () => {
  const kept = join(folder, 'compile-cache');
  expect(start('24.0.0').status).toBe(0);
  expect(readdirSync(folder)).toEqual(['shell']);
  mkdirSync(kept, { mode: 0o700 });
  chmodSync(kept, 0o777);
  expect(start('24.0.0')).toMatchObject({ status: 0, stdout: 'started word', stderr: '' });
  expect(readdirSync(kept)).toEqual([]);
  chmodSync(kept, 0o700);
  if (process.getuid?.() === 0) {
    chownSync(kept, 65_534, 65_534);
    expect(start('24.0.0').status).toBe(0);
    expect(readdirSync(kept)).toEqual([]);
    chownSync(kept, 0, 0);
  }
  expect(start('24.0.0').status).toBe(0);
  expect(readdirSync(kept)).not.toEqual([]);
  // What lies there damaged is compiled again.
  for (const entry of readdirSync(kept, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) writeFileSync(join(entry.parentPath, entry.name), 'x'.repeat(500));
  expect(start('24.0.0')).toMatchObject({ status: 0, stdout: 'started word', stderr: '' });
});
