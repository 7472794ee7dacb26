import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultDataFolder, prepareDataFolder } from './data-folder.ts';
import { openStore } from './open-store.ts';
import type { StoreError } from './store-error.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-folder-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const refusal = (folder: string): StoreError | null => {
  try {
    prepareDataFolder(folder);
    return null;
  } catch (error) {
    return error as StoreError;
  }
};

describe('the data folder', () => {
  it('follows the conventions of each system', () => {
    expect(defaultDataFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/home/a')).toBe('/data/swarmkeep');
    expect(defaultDataFolder({ XDG_DATA_HOME: 'relative' }, 'linux', '/home/a')).toBe(
      '/home/a/.local/share/swarmkeep',
    );
    expect(defaultDataFolder({}, 'darwin', '/Users/a')).toBe(
      '/Users/a/Library/Application Support/Swarmkeep',
    );
  });

  it('is made closed, whatever the umask, and an open one is closed for readers', async () => {
    const before = process.umask(0);
    try {
      const folder = join(base, 'a', 'b');
      const store = await openStore({ dataFolder: folder, thread: false });
      await store.maintain({ at: '2026-11-21T19:00:00.000Z' });
      await store.close();
      expect(lstatSync(folder).mode & 0o777).toBe(0o700);
      expect(lstatSync(join(folder, 'swarmkeep.db')).mode & 0o777).toBe(0o600);
      expect(lstatSync(join(folder, 'owner.lock')).mode & 0o777).toBe(0o600);
      expect(lstatSync(join(folder, 'backups')).mode & 0o777).toBe(0o700);
      const [copy] = (await import('node:fs')).readdirSync(join(folder, 'backups'));
      expect(lstatSync(join(folder, 'backups', copy as string)).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
    const readable = join(base, 'readable');
    mkdirSync(readable, { mode: 0o755 });
    prepareDataFolder(readable);
    expect(lstatSync(readable).mode & 0o777).toBe(0o700);
  });

  it('keeps the journal files closed while it is open', async () => {
    const before = process.umask(0);
    try {
      const store = await openStore({ dataFolder: join(base, 'data'), thread: false });
      await store.setLastSummary({ at: '2026-11-21T19:00:00.000Z' });
      for (const side of ['-wal', '-shm']) {
        expect(lstatSync(join(base, 'data', `swarmkeep.db${side}`)).mode & 0o077).toBe(0);
      }
      await store.close();
    } finally {
      process.umask(before);
    }
  });

  it('refuses a link, a file, a folder that others can write, and one below such a folder', () => {
    mkdirSync(join(base, 'real'));
    symlinkSync(join(base, 'real'), join(base, 'link'));
    expect(refusal(join(base, 'link'))).toMatchObject({
      kind: 'unsafe',
      message: expect.stringContaining('is a link'),
    });
    writeFileSync(join(base, 'file'), '');
    expect(refusal(join(base, 'file'))?.kind).toBe('unsafe');
    mkdirSync(join(base, 'open'));
    chmodSync(join(base, 'open'), 0o777);
    expect(refusal(join(base, 'open'))?.kind).toBe('unsafe');
    expect(lstatSync(join(base, 'open')).mode & 0o777).toBe(0o777);
    expect(refusal(join(base, 'open', 'inner'))).toMatchObject({
      kind: 'unsafe',
      message: expect.stringContaining('can be written by everybody'),
    });
    chmodSync(join(base, 'open'), 0o770);
    expect(refusal(join(base, 'open'))?.kind).toBe('unsafe');
  });

  it('refuses what belongs to another account', (context) => {
    if (process.getuid?.() !== 0) context.skip('only root can give a folder to another account');
    mkdirSync(join(base, 'theirs'));
    chownSync(join(base, 'theirs'), 65_534, 65_534);
    expect(refusal(join(base, 'theirs'))?.message).toContain('belongs to another account');
    expect(refusal(join(base, 'theirs', 'inner'))?.message).toContain('belongs to another account');
  });

  it.each([
    ['a link', (file: string) => symlinkSync('/etc/hostname', file)],
    [
      'a file that others can write',
      (file: string) => {
        writeFileSync(file, '');
        chmodSync(file, 0o666);
      },
    ],
    [
      'a second name of another file',
      (file: string) => {
        writeFileSync(join(base, 'other'), '');
        linkSync(join(base, 'other'), file);
      },
    ],
    ['a folder', (file: string) => mkdirSync(file)],
  ])('refuses %s in the place of each of its files', async (_, put) => {
    for (const name of ['swarmkeep.db', 'swarmkeep.db-wal', 'swarmkeep.db-shm', 'owner.lock']) {
      const folder = mkdtempSync(join(base, 'try-'));
      put(join(folder, name));
      await expect(openStore({ dataFolder: folder, thread: false }), name).rejects.toMatchObject({
        kind: 'unsafe',
      });
      rmSync(join(base, 'other'), { force: true });
    }
  });
});
