import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ApiClient, createDirectClient } from '#core/api/direct-client.ts';
import { createApi } from '#core/api/router.ts';
import { createConsole } from '#core/console/create-console.ts';
import type { ConsoleService } from '#core/console/service.ts';
import { fakeLooking } from '#core/console/testing/fake-looking.ts';
import { copyRecords } from '#core/store/copy-records.ts';
import { formsOf, PASSPHRASE } from './testing/sealed-lab.ts';

let folder: string;
let closing: (() => Promise<void>)[];
let logged: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealed-console-'));
  chmodSync(folder, 0o700);
  closing = [];
  logged = [];
});
afterEach(async () => {
  for (const close of closing) await close();
  rmSync(folder, { recursive: true, force: true });
});

/** A real console behind the real router, as a page of it has it. */
async function open(): Promise<{ client: ApiClient; service: ConsoleService; close: () => Promise<void> }> {
  const consent = { ask: async () => false };
  const { looking } = fakeLooking({}, () => new Date());
  const options = { dataFolder: folder, version: '0.1.0', schedule: false, thread: false, keyKeeper: null };
  const service = await createConsole({ ...options, shell: 'web', consent, looking });
  const log = { error: (what: string, error: unknown) => void logged.push(`${what} ${String(error)}`) };
  const api = createApi({ service, consent, log });
  const client = createDirectClient(api, { kind: 'renderer', client: 'a-page' });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    api.close();
    await service.close();
  };
  closing.push(close);
  return { client, service, close };
}

/** Every byte of every file below the data folder. */
function everything(): Buffer {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return Buffer.concat(names.filter((name) => statSync(name).isFile()).map((name) => readFileSync(name)));
}

it('leaves no passphrase and no sheet in any file, error, log or event', { timeout: 60_000 }, async () => {
  const { client, close } = await open();
  expect(await client.sealed.state()).toMatchObject({ is: 'not-set-up' });
  const { groups } = await client.sealed.setUp({ keyPlace: 'passphrase', passphrase: PASSPHRASE });
  await client.sealed.lock({});
  const wrong = 'a passphrase that is wrong';
  const long = `${wrong} `.repeat(40);
  const errors: unknown[] = [];
  for (const passphrase of [wrong, long])
    await client.sealed.unlock({ kind: 'passphrase', passphrase }).catch((error) => errors.push(error));
  await client.sealed.unlock({ kind: 'consent' }).catch((error) => errors.push(error));
  await client.sealed.newSheet({ proof: { kind: 'consent' } }).catch((error) => errors.push(error));
  expect(errors).toHaveLength(4);
  expect(errors[0]).toMatchObject({ code: 'NOT_ALLOWED' });
  await client.sealed.unlock({ kind: 'sheet', sheet: groups.join(' ') });
  expect(await client.sealed.state()).toMatchObject({ is: 'open' });
  const events = await client.activity.list({ limit: 50 });
  const told = JSON.stringify([
    events,
    errors.map((error) => [String(error), JSON.stringify(error)]),
    logged,
  ]);
  expect(told).toContain('A wrong passphrase or sheet was tried');
  expect(told).toContain('was set up');
  await close();

  const bytes = Buffer.concat([everything(), Buffer.from(told)]);
  const secrets = [PASSPHRASE, wrong, groups.join(''), groups.join(' '), ...groups.slice(0, 3)];
  for (const secret of secrets)
    for (const form of formsOf(Buffer.from(secret)))
      expect(bytes.includes(form), secret.slice(0, 4)).toBe(false);
});

it('goes with a backup as it is', { timeout: 60_000 }, async () => {
  const { client, close } = await open();
  await client.sealed.setUp({ keyPlace: 'passphrase', passphrase: PASSPHRASE });
  await close();
  const copy = mkdtempSync(join(tmpdir(), 'sealed-copy-'));
  try {
    chmodSync(copy, 0o700);
    expect(copyRecords(folder, copy, false)).toContain('sealed.json');
    expect(readFileSync(join(copy, 'sealed.json'))).toEqual(readFileSync(join(folder, 'sealed.json')));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
