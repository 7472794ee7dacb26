import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-entry-'));
  copyFileSync(join(import.meta.dirname, '../../scripts/node-entry.mjs'), join(folder, 'main.mjs'));
  writeFileSync(join(folder, 'start.js'), "process.stdout.write('started ' + process.argv[2]);");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(version: string) {
  const pretend = `Object.defineProperty(process,"versions",{value:{node:${JSON.stringify(version)}}})`;
  const given = ['--import', `data:text/javascript,${pretend}`, join(folder, 'main.mjs'), 'word'];
  return spawnSync(process.execPath, given, { encoding: 'utf8' });
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
