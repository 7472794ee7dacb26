import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { reachConsole } from '#core/api/running-console.ts';
import { run } from './program.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';
import { watch } from './watch-command.ts';

const serve = fileURLToPath(new URL('../web/testing/serve-process.ts', import.meta.url));
const patient = { timeout: 45_000, interval: 50 };

let folder: string;
let log: string;
let console: ChildProcess;
let dataFolder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-watch-'));
  dataFolder = join(folder, 'data');
  log = join(folder, 'tool.log');
  mkdirSync(join(folder, 'page'));
  writeFileSync(join(folder, 'page', 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
  writeFileSync(log, '');
  console = spawn(process.execPath, [serve, dataFolder, join(folder, 'page'), '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  console.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  await vi.waitFor(() => expect(out).toMatch(/is ready: .*\n/), patient);
  const { terminal, written } = capturedTerminal();
  expect(
    await run(['--data-dir', dataFolder, 'node', 'add', '--local', '--json'], '0.0.0-test', terminal),
  ).toBe(0);
  const { id } = JSON.parse(written.out);
  const running = await reachConsole(dataFolder);
  await running?.client.audit.addSource({ node: id, target: { kind: 'file', path: log } });
  const stateOfLog = async () =>
    (await running?.client.audit.sources({}))?.find(({ name }) => name === log)?.state;
  await vi.waitFor(async () => expect(await stateOfLog()).toBe('live'), patient);
}, 120_000);
afterAll(async () => {
  const ended = new Promise((resolve) => console.once('exit', resolve));
  console.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

const line = (number: number) =>
  `time=${new Date().toISOString()} level=${number % 3 === 0 ? 'error' : 'info'} tool=shell n=${number}\n`;
const write = (from: number, to: number) => {
  for (let number = from; number < to; number += 1) appendFileSync(log, line(number));
};

it('shows what a running console reads of a log, and only what is asked for, until it is stopped', async () => {
  const { terminal, written } = capturedTerminal();
  const stop = new AbortController();
  const place = { dataFolder, version: '0.0.0-test' };
  const options = { query: 'level:error tool:sh*', json: true };
  const watching = watch(place, options, terminal, stop.signal);
  const shown = () =>
    written.out
      .split('\n')
      .filter(Boolean)
      .map((text) => Number(JSON.parse(text).fields.n));
  const errors = (to: number) => Array.from({ length: Math.ceil(to / 3) }, (_, index) => index * 3);
  write(0, 10);
  await expect.poll(shown, patient).toEqual(errors(10));
  // It is no snapshot: what comes later comes too, once and in order.
  write(10, 200);
  await expect.poll(() => shown().length, patient).toBeGreaterThanOrEqual(errors(200).length);
  expect(shown()).toEqual(errors(200));
  expect(written.error).toBe('');
  stop.abort();
  expect(await watching).toBe(0);
  // The console goes on.
  expect(await reachConsole(dataFolder)).not.toBeNull();
});
