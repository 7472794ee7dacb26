import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { backgroundWatch } from '#shared/domain/audit/background.ts';
import { run } from './program.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-cli-background-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('says how watching in the background stands, and refuses other words', async () => {
  const command = async (...words: string[]) => {
    const { terminal, written } = capturedTerminal();
    const code = await run(['--data-dir', join(folder, 'data'), ...words], '0.0.0', terminal);
    return { code, ...written };
  };
  expect((await command('background', 'perhaps')).code).toBe(64);
  const said = await command('background', '--json');
  const state = backgroundWatch.parse(JSON.parse(said.out));
  expect(said.code).toBe(state.possible ? 0 : 2);
  // Nothing was switched on by asking.
  const words = await command('background');
  expect(words.out).toMatch(
    state.possible ? /^(On|Off)/ : /^Logs cannot be watched in the background here\./,
  );
});
