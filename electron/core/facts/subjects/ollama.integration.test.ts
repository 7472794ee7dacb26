import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { blankInstance } from '#shared/domain/profile.ts';
import type { CollectContext } from '../collector.ts';
import { process as processFact, seenAs, unit } from '../profile/testing.ts';
import { readRecords } from '../script/records.ts';
import { context as blank, value } from '../testing/answers.ts';
import { ollamaCollector } from './ollama.ts';

const uid = process.getuid?.() ?? 0;
let server: Server;
let port: number;

beforeEach(async ({ skip }) => {
  if (!existsSync('/usr/bin/curl')) skip('needs curl');
  // Lists its models and says no version, as the first ones did.
  server = createServer(({ url }, response) => {
    if (url === '/api/tags') response.end('{"models":[{"name":"old:1b","size":7}]}');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));

/** A port that nobody listens on, and that no other program is ever given. */
const NOBODY = 1;

/** What the node answers at the port, beside an agent of our own account. */
async function ask(programs: readonly string[], at = port) {
  const text = `[Service]\nEnvironment=OLLAMA_HOST=127.0.0.1:${at}\n`;
  const context: CollectContext = {
    ...blank,
    profile: { corrected: [], instances: [{ ...blankInstance('a', 'by-hand'), uid }] },
    seen: {
      processes: seenAs({
        processes: programs.map((program) => processFact(4_000_000, uid, [program, 'serve'])),
        initNamespaces: null,
      }),
      units: seenAs({ systemd: true, version: '252', units: [unit('ollama.service', 'ollama', { text })] }),
    },
  };
  const shell = spawn('/bin/sh', ['-s'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const pieces: Buffer[] = [];
  shell.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  shell.stdin.end(ollamaCollector.script(context));
  await new Promise((resolve) => shell.once('close', resolve));
  const stdout = Buffer.concat(pieces);
  const output = { stdout, stderr: '', exitCode: 0, timedOut: false, cut: false, tookMs: 1 };
  const asked = readRecords(output).records.map((record) => record.tag);
  return { asked, facts: value(ollamaCollector.parse(output, context)) };
}

it('asks for the models of one that knows no version', async () => {
  const { asked, facts } = await ask([]);
  expect(asked).toEqual(expect.arrayContaining(['version', 'tags', 'agent']));
  expect(facts).toMatchObject({ running: false, models: [{ name: 'old:1b' }] });
});

it('asks no more where nobody listens and no such program runs', async () => {
  const { asked, facts } = await ask(['/usr/bin/other'], NOBODY);
  expect(asked.filter((tag) => tag !== 'program')).toEqual(['version']);
  expect(facts).toMatchObject({ running: false, models: [], agentReaches: null });
});

it('lets the agent try where the program runs, whoever listens', async () => {
  const { asked, facts } = await ask(['/usr/bin/ollama'], NOBODY);
  expect(asked).toEqual(expect.arrayContaining(['version', 'tags', 'agent']));
  expect(facts).toMatchObject({ running: true, agentReaches: false });
});
