import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from './program.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-rotate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function rotate(...args: string[]) {
  const { terminal, written } = capturedTerminal();
  const code = await run(['--data-dir', join(folder, 'data'), 'rotate', ...args], '0.0.0-test', terminal);
  return { code, ...written };
}

it('says how it stands where nothing was ever rotated', async () => {
  expect(await rotate('--status')).toMatchObject({ code: 0 });
  const asJson = await rotate('--status', '--json');
  expect([asJson.code, JSON.parse(asJson.out)]).toEqual([0, { running: null, unfinished: [], fenced: null }]);
  expect(await rotate('--resume', '--json')).toMatchObject({ code: 0, out: expect.stringContaining('null') });
});

it.each([
  [['--all', '--node', 'miu']],
  [['--resume', '--status']],
  [['--add']],
  [['--leave']],
  [['--open-fence', '--resume']],
])('refuses %j as wrong usage', async (args) => {
  expect(await rotate(...args)).toMatchObject({ code: 64, out: '' });
});

it('changes nothing where no node can be given a secret, and keeps the passphrase to itself', async () => {
  const passphrase = join(folder, 'passphrase');
  writeFileSync(passphrase, 'seven quiet lanterns by the sea\n', { mode: 0o600 });
  const end = await rotate('--yes', '--json', '--passphrase-file', passphrase);
  expect(end.code).toBe(2);
  expect(JSON.parse(end.out)).toMatchObject({ error: { message: expect.stringContaining('No node') } });
  expect(end.error).toContain('Recovery sheet');
  const records = readdirSync(join(folder, 'data')).map((name) =>
    readFileSync(join(folder, 'data', name), 'latin1'),
  );
  for (const text of [...records, end.out, end.error]) expect(text).not.toContain('quiet lanterns');
});
