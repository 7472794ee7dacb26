import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createConsole } from './create-console.ts';
import type { ConsoleAudit, ConsoleService } from './service.ts';
import { fakeLooking } from './testing/fake-looking.ts';

let folder: string;
let data: string;
let service: ConsoleService;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-audit-damage-'));
  data = join(folder, 'data');
});
afterEach(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<ConsoleAudit> {
  service = await createConsole({
    dataFolder: data,
    shell: 'web',
    version: '0',
    consent: { ask: async () => false },
    schedule: false,
    watching: true,
    looking: fakeLooking({}, () => new Date()).looking,
  });
  if (service.audit === undefined) throw new Error('This console follows no logs');
  return service.audit;
}

/** Overwrites the middle of a file, as a dying disk does. */
function damage(file: string): void {
  const { size } = statSync(file);
  const handle = openSync(file, 'r+');
  const noise = Buffer.alloc(4_096, 0xa5);
  // The first page stays: what a database is must be readable, or it is no database at all.
  for (let at = 8_192; at < size; at += noise.length) writeSync(handle, noise, 0, noise.length, at);
  closeSync(handle);
}

it('says that the events are damaged while it runs and at the next start; the rest goes on, and the log is read anew', {
  timeout: 180_000,
}, async () => {
  let audit = await open();
  const { id: node } = await service.nodes.add({
    address: { kind: 'local' },
    confirmedKeys: [],
    name: 'here',
  });
  const log = join(folder, 'some.log');
  const lines = Array.from(
    { length: 3_000 },
    (_, index) => `line=${index} user=ines msg="round ${index * 7_919}"`,
  );
  writeFileSync(log, `${lines.join('\n')}\n`);
  await vi.waitFor(async () => expect((await audit.state(undefined)).watching).toBe(true), 60_000);
  await audit.addSource({ node, target: { kind: 'file', path: log } });
  await vi.waitFor(
    async () => expect((await audit.state(undefined)).events).toBeGreaterThanOrEqual(3_000),
    60_000,
  );

  // Nobody says goodbye: both files are damaged under the console that has them open.
  await vi.waitFor(() =>
    expect(statSync(join(data, 'audit.db')).size + statSync(join(data, 'audit.db-wal')).size).toBeGreaterThan(
      65_536,
    ),
  );
  for (const name of ['audit.db', 'audit.db-wal']) damage(join(data, name));
  const words = async (work: () => Promise<unknown>) =>
    work().then(
      () => '',
      (error: Error & { code?: string }) => `${error.code} ${error.message}`,
    );
  appendFileSync(log, 'line=after user=ines msg="written on"\n');
  // Asked for all of it: at the latest that meets the damage.
  await vi.waitFor(
    async () => {
      const { trouble } = await audit.state(undefined);
      const exported = await words(() => audit.exportEvents({ query: '' }));
      expect(`${trouble} ${exported}`).toContain('The stored events are damaged.');
    },
    { timeout: 60_000, interval: 500 },
  );
  // What is no event is as it was.
  expect((await service.nodes.list(undefined)).map(({ name }) => name)).toEqual(['here']);
  expect((await service.settings.get(undefined)).audit.keepDays).toBe(90);

  await service.close();
  audit = await open();
  const trouble = async () =>
    `${(await audit.state(undefined)).trouble} ${await words(() => audit.events({ query: '', limit: 50 }))}`;
  await vi.waitFor(async () => expect(await trouble()).toContain('The stored events are damaged.'), {
    timeout: 60_000,
    interval: 250,
  });
  expect((await service.nodes.list(undefined)).length).toBe(1);

  // As it says: moved aside, watching begins anew, with every line that the log still has.
  await service.close();
  for (const name of ['audit.db', 'audit.db-wal', 'audit.db-shm']) {
    try {
      renameSync(join(data, name), join(folder, name));
    } catch {
      // SQLite removes what it needs no longer.
    }
  }
  audit = await open();
  await vi.waitFor(async () => expect((await audit.state(undefined)).watching).toBe(true), 60_000);
  await audit.addSource({ node, target: { kind: 'file', path: log } });
  await vi.waitFor(async () => expect((await audit.state(undefined)).events).toBe(3_001), 60_000);
  expect((await audit.state(undefined)).trouble).toBe('');
});
