import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsole } from '#core/console/create-console.ts';
import { fileStep, hashed } from '#core/fixes/engine/testing/engine-bench.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import { openStore } from '#core/store/open-store.ts';
import { takeOwnership } from '#core/store/ownership.ts';
import type { Store } from '#core/store/store.ts';
import { restoreBackup } from './restore-backup.ts';
import { writeBackup } from './write-backup.ts';

const PASSPHRASE = 'correct horse battery staple';
const VERSION = '0.0.0-test';
const NOW = new Date('2026-11-22T12:00:00Z');
const AT = '2026-11-22T12:00:00.000Z';

let base: string;
let dataFolder: string;
let file: string;

const consent = { ask: async () => false };
const open = (folder: string) =>
  createConsole({ dataFolder: folder, shell: 'command-line', version: VERSION, consent });

/** A console with something of everything. */
async function makeConsole(folder: string): Promise<void> {
  const console = await open(folder);
  await console.nodes.add({ name: 'miu', address: { kind: 'recorded', sample: false }, confirmedKeys: [] });
  const rule =
    'title: Own\nid: 7d0c9f2e-7a05-4b0b-8f4e-3b6a4d3c2b1a\nlogsource:\n  product: linux\ndetection:\n  a:\n    b: c\n  condition: a\nlevel: low\n';
  await console.audit?.addRules({ files: [{ name: 'own.yml', text: rule }] });
  const local = await console.nodes.add({ address: { kind: 'local' }, confirmedKeys: [] });
  const log = join(base, 'some.log');
  writeFileSync(log, '12:00:00 | INFO | hello\n12:00:01 | INFO | world\n');
  await console.audit?.ingest({ node: local.id, path: log, format: 'auto' });
  await console.close();
}

async function recorded(): Promise<string> {
  const console = await open(dataFolder);
  const { checkpoint } = await console.activity.backingUp({ fileName: 'b', logs: true });
  await console.close();
  return checkpoint;
}

async function backUp(
  target: string,
  more: { logs?: boolean; passphrase?: string; checkpoint?: string } = {},
) {
  const checkpoint = more.checkpoint ?? (await recorded());
  return writeBackup({
    dataFolder,
    file: target,
    passphrase: PASSPHRASE,
    logs: true,
    checkpoint,
    version: VERSION,
    now: NOW,
    workFactor: 8,
    ...more,
  });
}

const restoreTo = (folder: string, from: string, more: { replace?: boolean; passphrase?: string } = {}) =>
  restoreBackup({
    file: from,
    passphrase: PASSPHRASE,
    dataFolder: folder,
    replace: false,
    version: VERSION,
    now: NOW,
    ...more,
  });

/** A console on whose nodes everybody who is asked is noted, and nothing is there. */
async function openWith(folder: string, asked: string[]) {
  const channel: HelperChannel = {
    access: async () => ({ via: 'none', installed: false, outdated: false, words: '' }),
    async ask(request) {
      asked.push(request.ask);
      return { ok: false, failure: { kind: 'away', message: 'Away.', next: '', mayHaveBegun: false } };
    },
    close: async () => undefined,
  };
  return createConsole({
    dataFolder: folder,
    shell: 'command-line',
    version: VERSION,
    consent: { ask: async () => false },
    fixing: { openChannel: () => channel, openRoot: () => null },
  });
}

/** Changes as a console leaves them that is copied while it does them: each on a node of its own. */
async function beginChanges(store: Store, nodes: readonly string[]): Promise<string[]> {
  const steps = [fileStep('/etc/a', null, 'A'), fileStep('/etc/b', null, 'B'), fileStep('/etc/c', null, 'C')];
  const ids: string[] = [];
  for (const [place, node] of nodes.entries()) {
    const plan = hashed({ id: String(place + 1).repeat(32), node, steps });
    await store.beginChange({ plan, at: AT });
    ids.push(plan.id);
  }
  return ids;
}

/** What lies in the folder that all of this happens in, and in the data folder: nothing may be left behind. */
const leftovers = () =>
  [...readdirSync(base), ...readdirSync(dataFolder)].filter((name) => name.startsWith('.'));

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-backup-'));
  dataFolder = join(base, 'data');
  file = join(base, 'console.age');
  await makeConsole(dataFolder);
  await backUp(file);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('a backup', () => {
  it('is for its owner only, encrypted, and leaves nothing beside it', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(file);
    expect(bytes.subarray(0, 22).toString()).toBe('age-encryption.org/v1\n');
    for (const clear of ['SQLite format 3', 'miu', 'PRIVATE', 'manifest.json', PASSPHRASE])
      expect(bytes.includes(clear), clear).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  it('becomes the same console elsewhere, proven by the checkpoint that it carries', async () => {
    const there = join(base, 'there');
    const { verification, kept, manifest } = await restoreTo(there, file);
    expect(verification).toMatchObject({ verified: true, against: 'elsewhere' });
    expect(verification.events).toMatchObject({ verified: true, size: 2 });
    expect(kept).toBeNull();
    expect(manifest.files.map(({ name }) => name).sort()).toEqual([
      'audit.db',
      'ledger.key',
      'rules/own.yml',
      'swarmkeep.db',
    ]);
    expect(readFileSync(join(there, 'rules', 'own.yml'))).toEqual(
      readFileSync(join(dataFolder, 'rules', 'own.yml')),
    );
    expect(statSync(there).mode & 0o777).toBe(0o700);
    const console = await open(there);
    expect((await console.nodes.list(undefined)).map(({ name }) => name)).toContain('miu');
    const found = await console.audit?.events({ query: 'hello', limit: 10 });
    expect(found?.events).toHaveLength(1);
    const { entries } = await console.activity.list({ search: '', limit: 2 });
    expect(entries.map(({ record }) => record?.kind)).toEqual(['console-restored', 'backup-made']);
    expect(await console.activity.verify(undefined)).toMatchObject({ verified: true });
    await console.close();
    expect(leftovers()).toEqual([]);
  });

  it('can be made while a console writes', async () => {
    const console = await open(dataFolder);
    const { checkpoint } = await console.activity.backingUp({ fileName: 'b', logs: false });
    const target = join(base, 'while.age');
    const writing = writeBackup({
      dataFolder,
      file: target,
      passphrase: PASSPHRASE,
      logs: false,
      checkpoint,
      version: VERSION,
      now: NOW,
      workFactor: 8,
    });
    for (let at = 0; at < 20; at += 1)
      await console.activity.backingUp({ fileName: `more ${at}`, logs: false });
    const { manifest } = await writing;
    await console.close();
    expect(manifest.files.map(({ name }) => name)).not.toContain('audit.db');
    expect((await restoreTo(join(base, 'from-while'), target)).verification.from).toBeNull();
  });

  it('never writes over a file, and refuses a short passphrase before anything', async () => {
    const before = readFileSync(file);
    await expect(backUp(file)).rejects.toThrow('is there already');
    await expect(backUp(join(base, 'short.age'), { passphrase: 'hunter2' })).rejects.toThrow('at least 12');
    await expect(backUp(join(base, 'no', 'folder.age'))).rejects.toThrow('could not be written');
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(base)).not.toContain('short.age');
    expect(leftovers()).toEqual([]);
  });

  it('is written whole by one of two that want the same name at the same time', async () => {
    const target = join(base, 'twice.age');
    const checkpoint = await recorded();
    const ended = await Promise.allSettled([1, 2].map(() => backUp(target, { checkpoint })));
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = ended.find(({ status }) => status === 'rejected');
    expect(refused).toMatchObject({ reason: { message: expect.stringContaining('is there already') } });
    const { manifest } = await restoreTo(join(base, 'from-twice'), target);
    expect(manifest.files.length).toBeGreaterThan(2);
    expect(leftovers()).toEqual([]);
  });

  it('leaves nothing when it is cancelled', async () => {
    const target = join(base, 'cancelled.age');
    const end = new AbortController();
    const writing = writeBackup({
      dataFolder,
      file: target,
      passphrase: PASSPHRASE,
      logs: true,
      checkpoint: '',
      version: VERSION,
      now: NOW,
      workFactor: 8,
      onProgress: () => end.abort(),
      signal: end.signal,
    });
    await expect(writing).rejects.toThrow();
    expect(readdirSync(base)).not.toContain('cancelled.age');
    expect(leftovers()).toEqual([]);
  });
});

describe('restoring', () => {
  it('refuses a wrong passphrase and whatever is no backup', async () => {
    const there = join(base, 'refused');
    await expect(restoreTo(there, file, { passphrase: 'wrong horse battery' })).rejects.toThrow('passphrase');
    const other = join(base, 'other.txt');
    for (const text of [
      '',
      'age',
      'age-encryption.org/v1\n',
      'age-encryption.org/v1\n-> scrypt',
      'x'.repeat(100_000),
    ]) {
      writeFileSync(other, text);
      await expect(restoreTo(there, other), text.slice(0, 40)).rejects.toThrow(/Nothing was restored/);
    }
    await expect(restoreTo(there, join(base, 'nowhere'))).rejects.toThrow('no such file');
    await expect(restoreTo(there, base)).rejects.toThrow();
    expect(readdirSync(there).filter((name) => name !== 'owner.lock')).toEqual([]);
    expect(leftovers()).toEqual([]);
  });

  it('refuses every backup that was cut or changed, wherever', async () => {
    const whole = readFileSync(file);
    const broken = join(base, 'broken.age');
    const there = join(base, 'from-broken');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 22, max: whole.length - 1 }), fc.boolean(), async (at, cut) => {
        const bytes = cut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!cut) bytes[at] = (bytes[at] ?? 0) ^ 1;
        writeFileSync(broken, bytes);
        await expect(restoreTo(there, broken)).rejects.toThrow(/Nothing was restored/);
      }),
      {
        numRuns: 25,
        examples: [
          [whole.length - 1, true],
          [whole.length - 1, false],
        ],
      },
    );
    expect(readdirSync(there).filter((name) => name !== 'owner.lock')).toEqual([]);
    expect(leftovers()).toEqual([]);
  });

  it('keeps what was there, when it is told to replace it', async () => {
    const there = join(base, 'used');
    await makeConsole(there);
    await expect(restoreTo(there, file)).rejects.toThrow('There are records in');
    const { kept } = await restoreTo(there, file, { replace: true });
    expect(kept).toBe(`${there}.before-20261122T120000`);
    const before = await open(kept ?? '');
    expect((await before.nodes.list(undefined)).length).toBe(2);
    await before.close();
  });

  it('stops what was under way when the backup was made, and neither goes on with it nor takes it back', async () => {
    const asked: string[] = [];
    const dataFolder = join(base, 'under-way');
    const console = await openWith(dataFolder, asked);
    const node = await console.nodes.add({ address: { kind: 'recorded', sample: false }, confirmedKeys: [] });
    const { checkpoint } = await console.activity.backingUp({ fileName: 'b', logs: true });
    await console.close();
    const store = await openStore({ dataFolder, thread: false });
    const [waiting = '', applying = '', unconfirmed = ''] = await beginChanges(store, [
      'gone-a',
      node.id,
      'gone-b',
    ]);
    const step = { at: AT, message: null, record: null, heldChange: null, heldStep: null };
    const done = { number: 0, step: { ...step, state: 'done' as const, record: 'a'.repeat(64) } };
    const running = { number: 1, step: { ...step, state: 'running' as const } };
    await store.writeChange({
      id: applying,
      fields: { state: 'applying', error: 'Slow.' },
      steps: [done, running],
    });
    await store.writeChange({
      id: unconfirmed,
      fields: { state: 'unconfirmed', revertsAt: AT },
      steps: [done],
    });
    await store.close();
    const file = join(base, 'under-way.age');
    const now = new Date('2026-11-22T12:34:56Z');
    const common = { file, passphrase: PASSPHRASE, version: VERSION, now };
    await writeBackup({ ...common, dataFolder, logs: true, checkpoint, workFactor: 8 });

    const there = join(base, 'not-under-way');
    const restored = await restoreBackup({ ...common, dataFolder: there, replace: false });
    expect(restored).toMatchObject({ stopped: 3, verification: { verified: true } });
    const after = await openWith(there, asked);
    const { changes } = await after.fixes.list({ limit: 10 });
    expect(changes.map(({ id, state }) => [id, state])).toEqual(
      [waiting, applying, unconfirmed].map((id) => [id, 'stuck']),
    );
    for (const { error, endedAt, revertsAt } of changes) {
      expect(error).toMatch(/^It was under way when this backup was made on 2026-11-22 12:34 UTC\./);
      expect([endedAt, revertsAt]).toEqual([now.toISOString(), null]);
    }
    expect(changes[1]?.error).toMatch(/ Before that: Slow\.$/);
    // Steps of which the node may have something are listed, with the way back; the one that was being done says so.
    expect(changes[1]?.left?.map(({ title, why, byHand }) => [title, why, byHand])).toEqual([
      ['Write /etc/b', expect.stringContaining('It was being done when'), 'sudo rm -- /etc/b'],
      ['Write /etc/a', null, 'sudo rm -- /etc/a'],
    ]);
    // Any of them can be settled by a person, and the node is free for others.
    expect((await after.fixes.leave({ change: waiting })).state).toBe('rolled-back');
    const { entries } = await after.activity.list({ search: '', limit: 20 });
    const settled = entries.flatMap(({ record }) =>
      record?.kind === 'change-settled' ? [record.what.state] : [],
    );
    expect(settled.filter((state) => state === 'stuck')).toHaveLength(3);
    expect(await after.activity.verify(undefined)).toMatchObject({ verified: true });
    await after.close();
    expect(asked).toEqual([]);
  });

  it('touches nothing of a console that runs', async () => {
    const there = join(base, 'running');
    await makeConsole(there);
    const owner = takeOwnership(there);
    await expect(restoreTo(there, file, { replace: true })).rejects.toThrow('Another Swarmkeep');
    owner.release();
  });
});
