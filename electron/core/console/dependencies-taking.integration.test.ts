import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { importAdvisories } from '#core/dependencies/advisories/import-advisories.ts';
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
/** Sets of advisories that are on record, and what recording waits for. */
let told: string[];
let recording: Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-taking-'));
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  asked = [];
  told = [];
  recording = Promise.resolve();
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
    store: { settings: async () => settings, advisoriesTold: async () => told.at(-1) ?? null },
    clock: { now: () => now },
    ledger: {
      async recorded(_operation: string, { set }: { set: string }) {
        await recording;
        told.push(set);
      },
    },
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

it('puts each set on record once, also one that a command took and was killed before it told', async () => {
  const own = taking();
  await own.takenBeside();
  expect(told).toEqual([]);
  // The command has written the new set, and is gone.
  const file = join(folder, 'A.json');
  writeFileSync(file, JSON.stringify(exampleAdvisory('PYSEC-2026-1', 'django')));
  await importAdvisories(join(folder, 'data'), file, now);
  await own.fetchWhenDue();
  expect(told).toHaveLength(1);
  await own.takenBeside();
  await own.fetchWhenDue();
  expect(told).toHaveLength(1);
  now = new Date('2026-11-22T13:00:00Z');
  await importAdvisories(join(folder, 'data'), file, now);
  await Promise.all([own.takenBeside(), own.takenBeside()]);
  expect(told).toHaveLength(2);
});

it('waits with closing until what is in use is on record, and takes no word after that', async () => {
  const own = taking();
  const file = join(folder, 'A.json');
  writeFileSync(file, JSON.stringify(exampleAdvisory('PYSEC-2026-1', 'django')));
  await importAdvisories(join(folder, 'data'), file, now);
  const slow = Promise.withResolvers<void>();
  recording = slow.promise;
  const telling = own.takenBeside();
  let closed = false;
  const closing = own.close().then(() => {
    closed = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  slow.resolve();
  await Promise.all([telling, closing]);
  expect(told).toHaveLength(1);
  await expect(own.takenBeside()).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
});
