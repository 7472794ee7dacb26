import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '#core/store/ownership.ts';
import { withStoredAdvisories } from './stored-source.ts';
import { exampleAdvisory } from './testing/example-advisories.ts';
import { makeZip } from './testing/make-zip.ts';
import { updateAdvisories } from './update-advisories.ts';

const NOW = new Date('2026-11-22T12:00:00Z');

/** What is published, and what the server makes of it. */
let published: Map<string, Record<string, unknown>>;
let asked: string[];
let behaviour: {
  instead?: string;
  breakAfter?: number;
  hash?: string;
  listed?: string;
  missing?: string;
  status?: number;
};
let server: Server;
let base: string;
let data: string;

const publish = (id: string, modified: string, more: Record<string, unknown> = {}): void => {
  published.set(id, exampleAdvisory(id, 'django', { modified, ...more }));
};
const archive = (): Buffer =>
  makeZip([...published].map(([id, record]) => ({ name: `${id}.json`, contents: JSON.stringify(record) })));
const list = (): string =>
  [...published]
    .map(([id, { modified }]) => `${String(modified).replace(/Z?$/, 'Z').replace('ZZ', 'Z')},${id}`)
    .join('\n');
const ids = (): string[] =>
  withStoredAdvisories(data, NOW, ({ about }) =>
    (about('PyPI', 'django')?.advisories ?? []).map(({ id }) => id).sort(),
  );
/** What lies there besides the lock, which stays. */
const left = (): string[] => readdirSync(data).filter((name) => name !== 'advisories.lock');
const update = (more: Parameters<typeof updateAdvisories>[3] = {}) => updateAdvisories(data, base, NOW, more);

beforeEach(async () => {
  published = new Map();
  asked = [];
  behaviour = {};
  data = mkdtempSync(join(tmpdir(), 'swarmkeep-update-'));
  mkdirSync(data, { recursive: true, mode: 0o700 });
  server = createServer((request, response) => {
    const name = (request.url ?? '').replace('/osv/PyPI/', '');
    asked.push(`${name}${request.headers.range === undefined ? '' : ` ${request.headers.range}`}`);
    if (behaviour.status !== undefined)
      return response.writeHead(behaviour.status, { location: 'http://127.0.0.1:1/' }).end();
    if (name === 'modified_id.csv') return response.end(behaviour.listed ?? list());
    if (name === 'all.zip') {
      const whole = archive();
      const tag = `"${createHash('md5').update(whole).digest('hex')}"`;
      const from =
        request.headers['if-range'] === tag
          ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
          : 0;
      const md5 = behaviour.hash ?? createHash('md5').update(whole).digest('base64');
      const rest = whole.subarray(from);
      response.writeHead(from > 0 ? 206 : 200, {
        etag: tag,
        'content-length': rest.length,
        'x-goog-hash': `crc32c=AAAAAA==,md5=${md5}`,
      });
      if (behaviour.breakAfter === undefined) return response.end(rest);
      return response.write(rest.subarray(0, behaviour.breakAfter), () =>
        setTimeout(() => response.destroy(), 20),
      );
    }
    const record = published.get(behaviour.instead ?? decodeURIComponent(name.replace('.json', '')));
    if (record === undefined || name === `${behaviour.missing}.json`) return response.writeHead(404).end();
    return response.end(JSON.stringify(record));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/osv/`;
  publish('PYSEC-2026-1', '2026-11-19T00:00:00Z');
  publish('PYSEC-2026-2', '2026-11-20T00:00:00.123456Z');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(data, { recursive: true, force: true });
});

describe('updating advisories', () => {
  it('is done by one at a time: a command beside a console takes nothing of what that fetches', async () => {
    const console = takeLock(join(data, 'advisories.lock'));
    writeFileSync(join(data, 'advisories.download'), 'of the console');
    await expect(update()).rejects.toThrow('Another Swarmkeep is fetching advisories');
    expect(left()).toEqual(['advisories.download']);
    expect(asked).toEqual([]);
    console?.release();
    expect(await update()).toMatchObject({ way: 'whole' });
    expect(left()).toEqual(['advisories.db']);
  });

  it('fetches the whole at first, then only what changed, and nothing when nothing did', async () => {
    expect(await update()).toMatchObject({
      way: 'whole',
      fetched: 2,
      facts: { origin: `${base}PyPI/all.zip` },
    });
    expect(asked).toEqual(['all.zip']);
    expect(await update()).toMatchObject({ way: 'nothing-new', fetched: 0 });
    publish('PYSEC-2026-3', '2026-11-21T00:00:00Z');
    publish('PYSEC-2026-1', '2026-11-21T01:00:00Z', { withdrawn: '2026-11-21T01:00:00Z' });
    published.delete('PYSEC-2026-2');
    asked = [];
    expect(await update()).toMatchObject({ way: 'changes', fetched: 2, facts: { advisories: 2 } });
    expect(asked.sort()).toEqual(['PYSEC-2026-1.json', 'PYSEC-2026-3.json', 'modified_id.csv']);
    expect(ids()).toEqual(['PYSEC-2026-3']);
    expect(left()).toEqual(['advisories.db']);
  });

  it('falls back to the whole when the list is none, or a part of it is not there', async () => {
    await update();
    behaviour = { listed: '2026-11-21T00:00:00Z,../../x\n' };
    expect(await update()).toMatchObject({ way: 'whole' });
    publish('PYSEC-2026-3', '2026-11-21T00:00:00Z');
    behaviour = { missing: 'PYSEC-2026-3' };
    expect(await update()).toMatchObject({ way: 'whole', fetched: 3 });
  });

  it('takes no other advisory for the one that it asked for, and many changes as a whole', async () => {
    await update();
    publish('PYSEC-2026-3', '2026-11-21T00:00:00Z');
    behaviour = { instead: 'PYSEC-2026-1' };
    expect(await update()).toMatchObject({ way: 'whole', fetched: 3 });
    behaviour = {};
    for (let at = 10; at < 1_011; at += 1) publish(`PYSEC-2026-${at}`, '2026-11-21T00:00:00Z');
    asked = [];
    expect(await update()).toMatchObject({ way: 'whole', fetched: 1_004 });
    expect(asked).toEqual(['modified_id.csv', 'all.zip']);
  });

  it('believes no short list that many are gone', async () => {
    for (let at = 10; at < 1_100; at += 1) publish(`PYSEC-2026-${at}`, '2026-11-19T00:00:00Z');
    await update();
    behaviour = { listed: `2026-11-20T00:00:00.123456Z,PYSEC-2026-2\n` };
    asked = [];
    expect(await update()).toMatchObject({ way: 'whole', fetched: 1_092 });
    expect(asked).toEqual(['modified_id.csv', 'all.zip']);
  });

  it('goes on where it broke off, and keeps the former data meanwhile', async () => {
    await update();
    publish('PYSEC-2026-4', '2026-11-21T00:00:00Z', { details: 'x'.repeat(64), summary: 'y' });
    behaviour = { breakAfter: 700 };
    await expect(update({ whole: true })).rejects.toThrow(/broke off/);
    expect(ids()).toEqual(['PYSEC-2026-1', 'PYSEC-2026-2']);
    behaviour = {};
    asked = [];
    expect(await update({ whole: true })).toMatchObject({ way: 'whole', fetched: 3 });
    expect(asked).toEqual(['all.zip bytes=700-']);
    expect(left()).toEqual(['advisories.db']);
  });

  it('begins anew when the archive is another one by then', async () => {
    behaviour = { breakAfter: 700 };
    await expect(update()).rejects.toThrow(/broke off/);
    publish('PYSEC-2026-5', '2026-11-21T00:00:00Z');
    behaviour = {};
    expect(await update()).toMatchObject({ way: 'whole', fetched: 3 });
  });

  it('refuses what has another checksum, errors and redirections, and can be called off', async () => {
    await update();
    behaviour = { hash: 'AAAAAAAAAAAAAAAAAAAAAA==' };
    await expect(update({ whole: true })).rejects.toThrow(/another checksum/);
    expect(left()).toEqual(['advisories.db']);
    for (const status of [302, 500]) {
      behaviour = { status };
      await expect(update()).rejects.toThrow(/could not be fetched/);
    }
    behaviour = {};
    const controller = new AbortController();
    controller.abort();
    await expect(update({ signal: controller.signal })).rejects.toThrow(/called off/);
    expect(ids()).toEqual(['PYSEC-2026-1', 'PYSEC-2026-2']);
  });

  it('asks nobody but over https, or this computer', async () => {
    for (const address of [
      'http://example.test/',
      'ftp://example.test',
      'file:///etc',
      'nonsense',
      'https://user:x@example.test',
    ])
      await expect(updateAdvisories(data, address, NOW)).rejects.toThrow(/https only/);
    expect(asked).toEqual([]);
  });
});
