import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '#core/store/open-database.ts';
import { run } from './program.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-verify-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function command(...args: string[]) {
  const { terminal, written } = capturedTerminal();
  const code = await run(['--data-dir', join(folder, 'data'), ...args], '0.0.0-test', terminal);
  return { code, ...written };
}

it('verifies, saves a checkpoint, and finds against it what was changed', async () => {
  const none = await command('verify');
  expect(none).toMatchObject({ code: 2, out: '' });
  expect(none.error).toContain('There are no records');
  expect((await command('node', 'add', '--local')).code).toBe(process.platform === 'linux' ? 0 : 2);
  const kept = join(folder, 'kept.txt');
  const saved = await command('verify', '--save-checkpoint', kept);
  expect(saved.code).toBe(0);
  expect(saved.out).toMatch(
    /^Verified up to event 2 at \d{4}-.* UTC, against this console's own checkpoint\./,
  );
  expect(saved.error).toContain('Keep it where this computer cannot change it');
  expect(readFileSync(kept, 'utf8')).toMatch(/^swarmkeep\/[0-9a-f]{16}\n2\n/);
  // What is there is never written over.
  expect(await command('verify', '--save-checkpoint', kept)).toMatchObject({ code: 2, out: '' });

  expect((await command('node', 'remove', 'localhost')).code).toBeLessThanOrEqual(2);
  const against = await command('verify', '--checkpoint', kept, '--json');
  expect(against.code).toBe(0);
  expect(JSON.parse(against.out)).toMatchObject({ verified: true, against: 'elsewhere', upTo: 2 });

  const database = openDatabase(join(folder, 'data'), new Date());
  database.exec(
    "UPDATE ledger_text SET lines = CAST(replace(CAST(lines AS TEXT), 'this computer', 'that computer') AS BLOB)",
  );
  database.close();
  const changed = await command('verify', '--checkpoint', kept);
  expect(changed.code).toBe(1);
  expect(changed.out).toContain(
    'From event 2 on nothing can be vouched for. Event 2 is not what was recorded as event 2.',
  );
  expect(changed.out).not.toMatch(/tamper-?proof/i);
  const again = join(folder, 'again.txt');
  expect((await command('verify', '--save-checkpoint', again)).code).toBe(1);
  expect(() => readFileSync(again)).toThrow('ENOENT');
});

it('says what it could not do, and what was typed wrongly', async () => {
  await command('node', 'add', '--local');
  const note = join(folder, 'note.txt');
  writeFileSync(note, 'milk, bread');
  expect(await command('verify', '--checkpoint', note)).toMatchObject({ code: 2, out: '' });
  expect((await command('verify', '--checkpoint', join(folder, 'none'))).code).toBe(2);
  expect((await command('verify', '--checkpoint', folder)).code).toBe(2);
  const json = await command('verify', '--checkpoint', note, '--json');
  expect(JSON.parse(json.out)).toMatchObject({ error: { message: 'This text is no checkpoint.' } });
  expect((await command('verify', '--chekpoint', note)).code).toBe(64);
  expect((await command('verify', '--new-key', ' ')).code).toBe(64);
  // There is a key, so there is no reason for another.
  expect((await command('verify', '--new-key', 'for fun')).code).toBe(2);
});
