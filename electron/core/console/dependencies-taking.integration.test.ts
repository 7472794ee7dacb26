import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { exampleAdvisory } from '#core/dependencies/advisories/testing/example-advisories.ts';
import { makeZip } from '#core/dependencies/advisories/testing/make-zip.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import type { Context } from './context.ts';
import { createTaking } from './dependencies-taking.ts';
import { createEmitter } from './emitter.ts';

let folder: string;
let server: Server;
let asked: string[];
let settings = DEFAULT_SETTINGS;
let now: Date;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-taking-'));
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  asked = [];
  now = new Date('2026-11-21T12:00:00Z');
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const contents = JSON.stringify(exampleAdvisory('PYSEC-2026-1', 'django'));
    if (request.url === '/PyPI/all.zip') response.end(makeZip([{ name: 'A.json', contents }]));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  settings = { ...DEFAULT_SETTINGS, advisories: { address, fetchDaily: false } };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

function taking() {
  const context = {
    store: { settings: async () => settings },
    clock: { now: () => now },
    ledger: { append: async () => undefined },
    changes: createEmitter(),
    dataFolder: join(folder, 'data'),
  } as unknown as Context;
  return createTaking(context, { all: async () => undefined, of: async () => undefined });
}

it('fetches by itself only when that was turned on, once a day, and tells what went wrong', async () => {
  const own = taking();
  await own.fetchWhenDue();
  expect([own.words(), asked]).toEqual(['', []]);
  settings = { ...settings, advisories: { ...settings.advisories, fetchDaily: true } };
  await own.fetchWhenDue();
  await vi.waitFor(() => expect([own.words(), asked]).toEqual(['', ['/PyPI/all.zip']]), 20_000);
  await own.fetchWhenDue();
  expect(asked).toHaveLength(1);
  now = new Date('2026-11-22T12:00:01Z');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await own.fetchWhenDue();
  await vi.waitFor(async () => expect((await own.fetching()).lastTrouble).not.toBe(''), 20_000);
  expect(await own.fetching()).toMatchObject({ daily: true, lastAt: now.toISOString() });
});

it('takes one at a time, from the address that was set, and none once it is closed', async () => {
  const own = taking();
  const [first, second] = await Promise.allSettled([own.update(), own.update()]);
  expect(first).toMatchObject({
    value: { advisories: 1, origin: expect.stringContaining('/PyPI/all.zip') },
  });
  expect(second).toMatchObject({ reason: { code: 'NOT_ALLOWED' } });
  await own.close();
  await expect(own.update()).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  expect(own.cancel()).toBe(false);
});
