import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BACKUPS_KEPT, listBackups } from './backup.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { openDatabase } from './open-database.ts';
import { openStore } from './open-store.ts';
import { OPERATION_NAMES } from './operation-names.ts';
import { createOperations } from './store.ts';
import { exampleLook, exampleNode, exampleSeen } from './testing/example-findings.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-store-'));
  file = join(folder, 'swarmkeep.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NOW = new Date('2026-11-21T19:20:00.000Z');

async function fill(): Promise<void> {
  const store = await openStore({ dataFolder: folder, thread: false });
  for (let index = 0; index < 60; index += 1) {
    const id = `node-${index}`;
    await store.addNode({ node: exampleNode(id), hostKeys: [] });
    await store.recordLook(exampleLook(id, NOW.toISOString(), [exampleSeen('service-bindings', 'fix')]));
  }
  await store.maintain({ at: NOW.toISOString() });
  await store.close();
}

describe.each([true, false])('a store answered in a thread of its own: %s', (thread) => {
  it('keeps what it was given over a restart', async () => {
    const store = await openStore({ dataFolder: folder, thread });
    await store.addNode({ node: exampleNode('miu'), hostKeys: ['miu.local ssh-ed25519 AAAA'] });
    const salt = await store.salt();
    await store.close();
    await store.close();
    await expect(store.listNodes()).rejects.toMatchObject({ name: 'StoreError' });
    const again = await openStore({ dataFolder: folder, thread });
    expect(await again.listNodes()).toEqual([exampleNode('miu')]);
    expect(await again.hostKeys()).toEqual([{ node: 'miu', line: 'miu.local ssh-ed25519 AAAA' }]);
    expect(await again.salt()).toBe(salt);
    await again.close();
  });

  it('is owned by one, and free again after it is closed', async () => {
    const store = await openStore({ dataFolder: folder, thread });
    await expect(openStore({ dataFolder: folder, thread })).rejects.toMatchObject({ kind: 'owned' });
    await expect(openStore({ dataFolder: folder, thread: !thread })).rejects.toMatchObject({ kind: 'owned' });
    await store.listNodes();
    await store.close();
    await (await openStore({ dataFolder: folder, thread })).close();
  });

  it('answers an operation that fails with an error and goes on', async () => {
    const store = await openStore({ dataFolder: folder, thread });
    await store.addNode({ node: exampleNode('miu'), hostKeys: [] });
    await expect(store.addNode({ node: exampleNode('miu'), hostKeys: [] })).rejects.toMatchObject({
      name: 'StoreError',
      kind: 'failed',
      untouched: expect.stringContaining('intact'),
    });
    expect(await store.listNodes()).toHaveLength(1);
    await store.close();
  });
});

describe('opening', () => {
  it('knows the name of every operation', () => {
    const database = openDatabase(folder, NOW);
    expect([...OPERATION_NAMES].sort()).toEqual(Object.keys(createOperations(database)).sort());
    database.close();
  });

  it('opens with the settings that keep the records safe', () => {
    const database = openDatabase(folder, NOW);
    const pragma = (name: string) => database.pragma(name, { simple: true });
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('trusted_schema')).toBe(0);
    expect(pragma('foreign_keys')).toBe(1);
    expect(pragma('cell_size_check')).toBe(1);
    expect(pragma('busy_timeout')).toBe(5_000);
    database.close();
  });

  it('is given free by the system when its owner is killed with -9', async () => {
    const script = `const { openStore } = await import(${JSON.stringify(join(import.meta.dirname, 'open-store.ts'))});
      await openStore({ dataFolder: ${JSON.stringify(folder)}, thread: true });
      console.log('open'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(openStore({ dataFolder: folder, thread: false })).rejects.toMatchObject({ kind: 'owned' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await openStore({ dataFolder: folder, thread: false })).close();
  });

  it('reports damage anywhere in the file and leaves every byte as it was', async () => {
    await fill();
    const sound = readFileSync(file);
    expect(sound.length).toBeGreaterThan(60_000);
    const damages: [string, (bytes: Buffer) => Buffer][] = [
      ['no database at all', () => Buffer.from('This is a letter to my aunt. '.repeat(200))],
      ['a torn header', (bytes) => bytes.fill(0xff, 0, 60)],
      ['a cut end', (bytes) => bytes.subarray(0, bytes.length - 20_000)],
      ['a page of noise', (bytes) => bytes.fill(0xa5, 4_096 * 2, 4_096 * 12)],
    ];
    for (const [what, damage] of damages) {
      const broken = damage(Buffer.from(sound));
      writeFileSync(file, broken);
      for (const thread of [true, false]) {
        const error = await openStore({ dataFolder: folder, thread }).then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error, what).toMatchObject({
          kind: 'damaged',
          untouched: expect.stringContaining('left exactly as it is'),
          next: expect.stringContaining('backups'),
        });
      }
      expect(readFileSync(file).equals(broken), what).toBe(true);
    }
    // What the error says to do works.
    const [copy] = listBackups(file);
    writeFileSync(file, readFileSync(join(folder, 'backups', copy?.name ?? '')));
    const store = await openStore({ dataFolder: folder, thread: false });
    expect(await store.listNodes()).toHaveLength(60);
    await store.close();
  });

  it('refuses the database of another program', () => {
    const other = new Database(file);
    other.exec('CREATE TABLE bookmarks (url TEXT)');
    other.close();
    const before = readFileSync(file);
    expect(() => openDatabase(folder, NOW)).toThrow(/another program/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('refuses a newer schema and leaves it as it is', () => {
    const database = openDatabase(folder, NOW);
    database.pragma('user_version = 99');
    database.close();
    const before = readFileSync(file);
    expect(() => openDatabase(folder, NOW)).toThrow(/newer Swarmkeep/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe('migrations', () => {
  const newest = Math.max(...MIGRATIONS.map((step) => step.number));
  const next = { number: newest + 1, sql: 'ALTER TABLE node ADD COLUMN colour TEXT' };

  it('keeps a copy of the former schema before each step', async () => {
    await fill();
    rmSync(join(folder, 'backups'), { recursive: true });
    openDatabase(folder, NOW, [...MIGRATIONS, next]).close();
    const [copy, ...others] = listBackups(file);
    expect(others).toHaveLength(0);
    expect(copy?.name).toMatch(new RegExp(`schema${newest}\\.db$`));
    const former = new Database(join(folder, 'backups', copy?.name ?? ''), { readonly: true });
    expect(former.pragma('user_version', { simple: true })).toBe(newest);
    expect(former.prepare('SELECT count(*) FROM node').pluck().get()).toBe(60);
    expect(former.pragma('integrity_check', { simple: true })).toBe('ok');
    former.close();
  });

  it('undoes a step that fails, whole, and keeps its number', () => {
    const database = openDatabase(folder, NOW);
    const broken = { number: newest + 1, sql: 'CREATE TABLE half (id TEXT); CREATE TABLE node (id TEXT);' };
    expect(() => migrate(database, NOW, [...MIGRATIONS, broken])).toThrow(/already exists/);
    expect(database.pragma('user_version', { simple: true })).toBe(newest);
    expect(database.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0);
    database.close();
  });

  it('keeps only the last few copies, one a day', async () => {
    const store = await openStore({ dataFolder: folder, thread: false });
    for (let hour = 0; hour < 24 * 8; hour += 6) {
      await store.maintain({ at: new Date(NOW.getTime() + hour * 3_600_000).toISOString() });
    }
    const kept = listBackups(file);
    expect(kept).toHaveLength(BACKUPS_KEPT);
    expect(kept[0]?.at.toISOString()).toBe('2026-11-28T19:20:00.000Z');
    expect(readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.partial'))).toEqual([]);
    await store.close();
  });
});
