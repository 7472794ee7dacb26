import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveDelta } from '#shared/contract/audit.ts';
import { createConsole } from './create-console.ts';
import type { ConsoleAudit, ConsoleService } from './service.ts';
import { fakeLooking } from './testing/fake-looking.ts';

let folder: string;
let service: ConsoleService;
let audit: ConsoleAudit;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-audit-'));
  await open();
});
afterEach(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  service = await createConsole({
    dataFolder: join(folder, 'data'),
    shell: 'web',
    version: '0',
    consent: { ask: async () => false },
    schedule: false,
    watching: true,
    looking: fakeLooking({}, () => new Date()).looking,
  });
  if (service.audit === undefined) throw new Error('This console follows no logs');
  audit = service.audit;
}

const everything = { query: '', limit: 200 } as const;

describe('the audit of a console', () => {
  it('follows a file of this computer, and finds, shows and vouches for what it says', {
    timeout: 180_000,
  }, async () => {
    const { id: node } = await service.nodes.add({
      address: { kind: 'local' },
      confirmedKeys: [],
      name: 'here',
    });
    const log = join(folder, 'some.log');
    writeFileSync(log, '');
    await vi.waitFor(async () => expect((await audit.state(undefined)).watching).toBe(true), 60_000);
    const source = await audit.addSource({ node, target: { kind: 'file', path: log } });
    const deltas: LiveDelta[] = [];
    const topic = audit.live({ query: 'user:ines', node: null });
    await topic.snapshot();
    const end = topic.onDelta((delta) => deltas.push(delta));
    await vi.waitFor(async () => expect((await audit.sources({}))[0]?.state).toBe('live'), 60_000);

    appendFileSync(
      log,
      'level=info user=ines msg="one of two"\nlevel=error user=miu msg="two <b>of</b> two"\n',
    );
    await vi.waitFor(() => expect(deltas.some(({ kind }) => kind === 'events')).toBe(true), 60_000);
    end();
    const shown = deltas.flatMap((delta) => (delta.kind === 'events' ? delta.events : []));
    expect(shown.map((event) => event.raw)).toEqual(['level=info user=ines msg="one of two"']);

    const all = await audit.events(everything);
    expect(all.events.map((event) => event.number)).toEqual([2, 1]);
    expect((await audit.events({ ...everything, query: 'severity:error "<b>of</b>"' })).events).toHaveLength(
      1,
    );
    expect((await audit.context({ number: 1, lines: 5 })).after.map((event) => event.number)).toEqual([2]);
    const error = await audit.nextError({ query: '', number: 1, direction: 'newer' });
    expect(error?.number).toBe(2);
    const now = Date.now();
    const [from, to] = [new Date(now - 3_600_000).toISOString(), new Date(now + 60_000).toISOString()];
    const bars = await audit.histogram({ query: 'user:ines', from, to, bars: 10, thorough: false });
    expect([
      bars.reduce((sum, bar) => sum + bar.total, 0),
      bars.reduce((sum, bar) => sum + bar.matched, 0),
    ]).toEqual([2, 1]);
    const { facets } = await audit.facets({ query: '', fields: ['user'] });
    expect(facets[0]?.values).toEqual(expect.arrayContaining([{ value: 'ines', count: 1 }]));
    expect(await audit.complete({ field: null, begins: 'us' })).toContain('user');
    expect(await audit.complete({ field: 'user', begins: 'in' })).toEqual(['ines']);
    const exported = await audit.exportEvents({ query: '' });
    expect([exported.events, exported.all, exported.text.split('\n').length]).toEqual([2, true, 3]);
    await expect(audit.events({ ...everything, query: '(a' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringContaining('character 1'),
    });
    await audit.setSource({ source: source.id, paused: true });
    expect((await audit.sources({}))[0]?.state).toBe('paused');

    await service.close();
    await open();
    const report = await service.activity.verify(undefined);
    expect(report).toMatchObject({
      verified: true,
      events: { verified: true, upTo: 2, size: 2, toldUpTo: 2 },
    });
  });

  it('reads a file once, however often it is asked', { timeout: 120_000 }, async () => {
    const { id: node } = await service.nodes.add({
      address: { kind: 'local' },
      confirmedKeys: [],
      name: 'here',
    });
    const path = join(folder, 'old.log');
    writeFileSync(path, 'a=1 b=2\na=2 b=3\nno end');
    expect(await audit.ingest({ node, path, format: 'auto' })).toMatchObject({
      lines: 3,
      events: 3,
      known: 0,
    });
    expect(await audit.ingest({ node, path, format: 'auto' })).toMatchObject({
      lines: 0,
      events: 0,
      known: 22,
    });
    appendFileSync(path, '\na=3 b=4\n');
    expect(await audit.ingest({ node, path, format: 'auto' })).toMatchObject({ lines: 2, known: 22 });
    await expect(audit.ingest({ node, path: folder, format: 'auto' })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect((await audit.state(undefined)).events).toBe(5);
    await expect(audit.ingest({ node, path: process.execPath, format: 'auto' })).rejects.toThrow('a program');
    expect((await audit.state(undefined)).events).toBe(5);
  });

  it('knows what it read of a file after that was rotated, renamed and packed', {
    timeout: 120_000,
  }, async () => {
    const { id: node } = await service.nodes.add({
      address: { kind: 'local' },
      confirmedKeys: [],
      name: 'here',
    });
    const path = join(folder, 'auth.log');
    const linesOf = (name: string, many: number) =>
      Array.from({ length: many }, (_, index) => `name=${name} line=${index}\n`).join('');
    const ingest = (file: string) => audit.ingest({ node, path: file, format: 'auto' });
    writeFileSync(path, linesOf('first', 40));
    expect(await ingest(path)).toMatchObject({ lines: 40, known: 0 });
    // Written on, rotated by renaming, and the next one begun: the new file comes first, as a glob has it.
    appendFileSync(path, linesOf('more', 5));
    renameSync(path, `${path}.1`);
    writeFileSync(path, linesOf('second', 30));
    expect(await ingest(path)).toMatchObject({ lines: 30, known: 0 });
    expect(await ingest(`${path}.1`)).toMatchObject({
      lines: 5,
      known: Buffer.byteLength(linesOf('first', 40)),
    });
    // The next rotation packs the oldest.
    writeFileSync(`${path}.2.gz`, gzipSync(readFileSync(`${path}.1`)));
    rmSync(`${path}.1`);
    renameSync(path, `${path}.1`);
    writeFileSync(path, linesOf('third', 3));
    expect(await ingest(`${path}.2.gz`)).toMatchObject({ lines: 0, events: 0 });
    expect(await ingest(`${path}.1`)).toMatchObject({ lines: 0, events: 0 });
    expect(await ingest(path)).toMatchObject({ lines: 3, known: 0 });
    // Logs that begin alike are not taken for each other.
    const other = join(folder, 'other.log');
    writeFileSync(other, linesOf('third', 3));
    expect(await ingest(other)).toMatchObject({ lines: 3, known: 0 });
    const [{ number } = { number: 0 }] = (await audit.events(everything)).events;
    expect(number).toBe(40 + 30 + 5 + 3 + 3);
  });
});
