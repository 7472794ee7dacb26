import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from './program.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-backup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function command(data: string, ...args: string[]) {
  const { terminal, written } = capturedTerminal();
  const code = await run(['--data-dir', join(folder, data), ...args], '0.0.0-test', terminal);
  return { code, ...written };
}

it('moves a console with a passphrase from a file, and says what is not part of it', async () => {
  const passphrase = join(folder, 'passphrase');
  writeFileSync(passphrase, 'five words that are mine\n', { mode: 0o644 });
  const file = join(folder, 'console.age');
  const none = await command('data', 'backup', file, '--passphrase-file', passphrase);
  expect(none).toMatchObject({ code: 2, out: '' });
  expect(none.error).toContain('There are no records');
  expect((await command('data', 'node', 'add', '--local')).code).toBe(0);

  const shared = await command('data', 'backup', file, '--passphrase-file', passphrase);
  expect(shared).toMatchObject({ code: 2, out: '' });
  expect(shared.error).toContain('can be read by others');
  chmodSync(passphrase, 0o600);
  const made = await command('data', 'backup', file, '--passphrase-file', passphrase, '--json');
  expect(made.code).toBe(0);
  expect(JSON.parse(made.out)).toMatchObject({ file, logs: true });

  const restored = await command('there', 'restore', file, '--passphrase-file', passphrase);
  expect(restored.code).toBe(0);
  expect(restored.out).toMatch(/^Restored: the console of .*\nVerified up to event 3 /);
  expect(restored.error).toContain('Use one of the two consoles only');
  expect((await command('there', 'node', 'list')).out).toContain('this computer');
  const again = await command('there', 'restore', file, '--passphrase-file', passphrase);
  expect(again).toMatchObject({ code: 2, out: '' });
  expect(again.error).toContain('There are records in');
  for (const text of [made.out, made.error, restored.out, restored.error, readFileSync(file, 'latin1')])
    expect(text).not.toContain('five words');
});

it('asks nobody where there is no terminal', async () => {
  await command('data', 'node', 'add', '--local');
  const asked = await command('data', 'backup', join(folder, 'console.age'));
  expect(asked.code).toBe(64);
  expect(asked.error).toContain('--passphrase-file');
});
