import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAdvisories } from '#core/store/advisories/advisory-reader.ts';
import { changeAdvisories } from '#core/store/advisories/testing/change-advisories.ts';
import { importAdvisories } from './import-advisories.ts';
import { readAdvisorySource } from './read-source.ts';
import { withStoredAdvisories } from './stored-source.ts';
import { exampleAdvisory } from './testing/example-advisories.ts';
import { makeZip, type ZipFile } from './testing/make-zip.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const asFile = (id: string, record: unknown): ZipFile => ({
  name: `${id}.json`,
  contents: JSON.stringify(record),
});
const usual = [
  asFile('PYSEC-2026-1', exampleAdvisory('PYSEC-2026-1', 'Django')),
  asFile('MAL-2026-2', exampleAdvisory('MAL-2026-2', 'evil')),
  asFile('GHSA-gone', exampleAdvisory('GHSA-gone', 'django', { withdrawn: '2026-11-20T00:00:00Z' })),
];

let base: string;
let data: string;
const at = (name: string): string => join(base, name);
function put(name: string, contents: string | Buffer): string {
  writeFileSync(at(name), contents);
  return at(name);
}
const take = (path: string, now = NOW) => importAdvisories(data, path, now);
const stored = (): string[] =>
  withStoredAdvisories(data, NOW, ({ about }) =>
    (about('PyPI', 'django')?.advisories ?? []).map(({ id }) => id),
  );

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-advisories-'));
  data = at('data');
  mkdirSync(data, { mode: 0o700 });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('importing advisories', () => {
  it('takes a zip and a folder alike, counts withdrawn ones and never matches them', async () => {
    const zip = put('all.zip', makeZip([...usual, { name: 'README.md', contents: 'no advisory' }]));
    expect(await take(zip)).toMatchObject({
      advisories: 3,
      newest: Date.parse('2026-11-20T10:00:00Z'),
      origin: zip,
    });
    expect(stored()).toEqual(['PYSEC-2026-1']);
    mkdirSync(at('folder/deeper'), { recursive: true });
    for (const { name, contents } of usual) writeFileSync(at(`folder/deeper/${name}`), contents);
    symlinkSync('/etc/passwd', at('folder/link.json'));
    expect(await take(at('folder'))).toMatchObject({ advisories: 3 });
    expect(readdirSync(data)).toEqual(['advisories.db']);
    const reader = readAdvisories(data);
    expect(reader?.facts.advisories).toBe(3);
    expect(JSON.parse(reader?.published('MAL-2026-2') ?? '{}').summary).toBe('Something in evil');
    expect(
      [...(reader?.all() ?? [])].map(([id, text]) => (JSON.parse(text).id === id ? id : 'another')).sort(),
    ).toEqual(['GHSA-gone', 'MAL-2026-2', 'PYSEC-2026-1']);
    reader?.close();
  });

  it('reads for once the same as it stores', async () => {
    const zip = put('all.zip', makeZip(usual));
    await take(zip);
    const once = await readAdvisorySource(zip, (_, name) => name === 'django', NOW);
    withStoredAdvisories(data, NOW, (source) => {
      expect(once.about('PyPI', 'django')).toEqual(source.about('PyPI', 'django'));
      expect(once.about('PyPI', 'evil')).toBeNull();
      const same = { importedAt: null, trouble: '' };
      expect({ ...once.state, ...same }).toEqual({ ...source.state, ...same });
      // What was named for one question answers that; what was taken into use is said to be a part.
      expect(once.state).toMatchObject({ state: 'fresh', ageDays: 2, trouble: '' });
      expect(source.state.trouble).toMatch(/^Three advisories are a small part/);
    });
  });

  const bomb = Buffer.alloc(9 * 1024 * 1024, 0x20);
  /** An archive that says in its end record (APPNOTE.TXT 6.3.10, section 4.3.14) how many entries it has, and has none. */
  const manyEntries = (count: number): Buffer => {
    const end64 = Buffer.alloc(56);
    end64.write('PK\u0006\u0006', 'latin1');
    end64.writeBigUInt64LE(44n, 4);
    end64.writeBigUInt64LE(BigInt(count), 24);
    end64.writeBigUInt64LE(BigInt(count), 32);
    const locator = Buffer.alloc(20);
    locator.write('PK\u0006\u0007', 'latin1');
    locator.writeUInt32LE(1, 16);
    const end = Buffer.alloc(22, 0xff);
    end.write('PK\u0005\u0006', 'latin1');
    end.fill(0, 4, 8);
    end.fill(0, 20);
    return Buffer.concat([end64, locator, end]);
  };
  const BAD: [string, () => Buffer, RegExp][] = [
    ['an empty file', () => Buffer.alloc(0), /is empty/],
    ['an empty archive', () => makeZip([]), /no advisory in/],
    [
      'nothing but what was withdrawn',
      () =>
        makeZip([
          asFile('GHSA-gone', exampleAdvisory('GHSA-gone', 'django', { withdrawn: '2026-11-20T00:00:00Z' })),
        ]),
      /were withdrawn/,
    ],
    ['an archive of other things', () => makeZip([{ name: 'a.txt', contents: 'x' }]), /no advisory in/],
    ['no archive', () => Buffer.from('PK but no archive, and long enough to look like one'), /no sound zip/],
    ['a cut download', () => makeZip(usual).subarray(0, 900), /no sound zip/],
    [
      'a name that leads out',
      () => makeZip([{ name: '../../etc/x.json', contents: '{}' }]),
      /no sound zip.*relative path/,
    ],
    [
      'an absolute name',
      () => makeZip([{ name: '/etc/x.json', contents: '{}' }]),
      /no sound zip.*absolute path/,
    ],
    ['a name with a backslash', () => makeZip([{ name: 'a\\b.json', contents: '{}' }]), /no sound zip/],
    ['a bomb', () => makeZip([{ name: 'a.json', contents: bomb }]), /larger than any advisory/],
    [
      'a bomb that lies',
      () => makeZip([{ name: 'a.json', contents: bomb, size: 100 }]),
      /larger than it says/,
    ],
    [
      'another checksum',
      () => makeZip([{ name: 'a.json', contents: '{}', checksum: 1 }]),
      /checksum differs/,
    ],
    [
      'an entry without its own header',
      () => makeZip([...usual, { name: 'z.json', contents: '{}', header: 'PK\u0003\u0005' }]),
      /cut off at "z\.json"/,
    ],
    [
      'a stored entry of another size than it says',
      () => makeZip([{ name: 'a.json', contents: '{}', method: 0, size: 2 }]),
      /another size than it says|sound zip/,
    ],
    ['more entries than anybody has', () => manyEntries(600_000), /it has 600000 files/],
    ['an encrypted entry', () => makeZip([{ name: 'a.json', contents: '{}', flags: 1 }]), /encrypted/],
    [
      'another way of packing',
      () => makeZip([{ name: 'a.json', contents: '{}', method: 14 }]),
      /packed in a way of its own/,
    ],
    ['no JSON', () => makeZip([...usual, { name: 'z.json', contents: '{"id":' }]), /"z\.json" is no JSON/],
    [
      'no UTF-8',
      () => makeZip([{ name: 'z.json', contents: Buffer.from([0x7b, 0xff, 0x7d]) }]),
      /not in UTF-8/,
    ],
    [
      'JSON that is no advisory',
      () => makeZip([...usual, { name: 'z.json', contents: '{"id":"x"}' }]),
      /no advisory in the OSV schema/,
    ],
    [
      'a million versions',
      () =>
        makeZip([
          asFile('big', {
            ...exampleAdvisory('BIG-1', 'django'),
            affected: [
              {
                package: { ecosystem: 'PyPI', name: 'x' },
                versions: Array.from({ length: 1_000_000 }, (_, i) => String(i)),
              },
            ],
          }),
        ]),
      /larger than any advisory|1000000 entries/,
    ],
    [
      'advisories about other things',
      () =>
        makeZip([
          asFile(
            'n',
            exampleAdvisory('N-1', 'x', { affected: [{ package: { ecosystem: 'npm', name: 'x' } }] }),
          ),
        ]),
      /about a Python package/,
    ],
  ];

  it.each(BAD)('refuses %s, and keeps what is there', async (_, contents, reason) => {
    await take(put('all.zip', makeZip(usual)));
    const before = readFileSync(join(data, 'advisories.db'));
    await expect(take(put('bad.zip', contents()))).rejects.toThrow(reason);
    expect(readFileSync(join(data, 'advisories.db')).equals(before)).toBe(true);
    expect(readdirSync(data)).toEqual(['advisories.db']);
  });

  it.each<[string, number, RegExp]>([
    ['large.zip', 513, /larger than 512 MiB/],
    ['large.json', 65, /larger than 64 MiB/],
    ['folder/large.json', 9, /larger than any advisory/],
  ])('refuses %s of %d MiB before it is read', async (name, size, reason) => {
    mkdirSync(at('folder'));
    const path = put(name, Buffer.alloc(0));
    truncateSync(path, size * 1024 * 1024);
    await expect(take(name.startsWith('folder/') ? at('folder') : path)).rejects.toThrow(reason);
    expect(readdirSync(data)).toEqual([]);
  });

  it('passes over no folder that lies deeper than it reads', async () => {
    const put8 = (levels: number) => {
      const deep = at(`deep${levels}/${Array.from({ length: levels }, () => 'd').join('/')}`);
      mkdirSync(deep, { recursive: true });
      writeFileSync(join(deep, 'a.json'), JSON.stringify(exampleAdvisory('A-1', 'django')));
      return at(`deep${levels}`);
    };
    expect(await take(put8(8))).toMatchObject({ advisories: 1 });
    await expect(take(put8(9))).rejects.toThrow(/deeper than is read/);
  });

  it('refuses a list with an entry that is nested without end, in words', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const usualEntry = JSON.stringify(exampleAdvisory('DEEP-1', 'django')).slice(0, -1);
    await expect(take(put('deep.json', `[${usualEntry},"x":${deep}}]`))).rejects.toThrow(/nested deeper/);
    await expect(take(put('deeper.json', deep))).rejects.toThrow(/nested deeper/);
  });

  it('refuses what is not there, and an older set; one from the future is told, and can be replaced', async () => {
    const dated = (name: string, modified: string) =>
      put(name, makeZip([asFile('a', exampleAdvisory('A-1', 'django', { modified }))]));
    await expect(take(at('nowhere'))).rejects.toThrow(/nothing at/);
    await take(dated('new.zip', '2026-11-21T00:00:00Z'));
    await expect(take(dated('old.zip', '2026-11-20T00:00:00Z'))).rejects.toThrow(/older than what is in use/);
    await take(dated('same.zip', '2026-11-21T00:00:00Z'));
    await take(dated('future.zip', '2031-01-01T00:00:00Z'));
    withStoredAdvisories(data, NOW, ({ state }) =>
      expect(state).toMatchObject({ state: 'unknown', trouble: expect.stringContaining('in the future') }),
    );
    await take(dated('right.zip', '2026-11-15T00:00:00Z'));
    withStoredAdvisories(data, NOW, ({ state }) =>
      expect(state).toMatchObject({ state: 'stale', ageDays: 7 }),
    );
  });

  it('can be called off, and leaves nothing behind', async () => {
    const many = Array.from({ length: 2_000 }, (_, index) =>
      asFile(`A-${index}`, exampleAdvisory(`A-${index}`, `p-${index}`)),
    );
    const zip = put('many.zip', makeZip(many));
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = (read: number) => {
      seen.push(read);
      if (read > 1_000) controller.abort();
    };
    await expect(importAdvisories(data, zip, NOW, { signal: controller.signal, onProgress })).rejects.toThrow(
      /called off/,
    );
    expect(seen).toEqual([512, 1_024]);
    expect(readdirSync(data)).toEqual([]);
    // What an import left that was killed is taken away by the next one.
    writeFileSync(join(data, 'advisories.db.new-4194304'), 'left');
    await take(zip);
    expect(readdirSync(data)).toEqual(['advisories.db']);
  });

  it('says of data that is damaged, foreign or of a newer version that it cannot be read, and replaces what it may', async () => {
    const zip = put('all.zip', makeZip(usual));
    await take(zip);
    const file = join(data, 'advisories.db');
    const state = () => withStoredAdvisories(data, NOW, (source) => source.state);
    const change = (sql: string): void => changeAdvisories(data, sql);
    change('PRAGMA user_version = 99');
    expect(state()).toMatchObject({ state: 'unknown', trouble: expect.stringContaining('newer Swarmkeep') });
    await expect(take(zip)).rejects.toThrow(/newer Swarmkeep/);
    change('PRAGMA user_version = 1; DELETE FROM fact');
    expect(state()).toMatchObject({ state: 'unknown', trouble: expect.stringContaining('damaged') });
    writeFileSync(
      file,
      'no database at all, though long enough to be read as the beginning of one '.repeat(20),
    );
    expect(state()).toMatchObject({ state: 'unknown' });
    await take(zip);
    expect(state()).toMatchObject({ state: 'fresh' });
  });

  it('survives a disk that fills, with the former data in use', (context) => {
    if (spawnSync('unshare', ['-m', 'true']).status !== 0)
      context.skip('unshare(1) may not make a mount namespace here');
    const ON_SMALL_DISK = `
      import { writeFileSync, mkdirSync, readdirSync } from 'node:fs';
      const [importer, source, small, large, folder] = process.argv.slice(1);
      const { importAdvisories } = await import(importer);
      const { withStoredAdvisories } = await import(source);
      mkdirSync(folder + '/data', { mode: 0o700 });
      const now = new Date('2026-11-22T12:00:00Z');
      await importAdvisories(folder + '/data', small, now);
      const failed = await importAdvisories(folder + '/data', large, now).then(() => null, (error) => ({ kind: error.kind, message: error.message, next: error.next }));
      const known = withStoredAdvisories(folder + '/data', now, ({ state }) => state.advisories);
      console.log(JSON.stringify({ failed, known, files: readdirSync(folder + '/data') }));
    `;
    const small = put('all.zip', makeZip(usual));
    const noise = Array.from({ length: 1_500 }, (_, index) =>
      asFile(
        `A-${index}`,
        exampleAdvisory(`A-${index}`, `p-${index}`, {
          details: Buffer.from(Array.from({ length: 1_500 }, () => Math.random() * 256)).toString('hex'),
        }),
      ),
    );
    const large = put('large.zip', makeZip(noise));
    mkdirSync(at('disk'));
    const mount = 'mount -t tmpfs -o size=1m,mode=0700 swarmkeep-test "$1" && shift && exec "$@"';
    const run = spawnSync(
      'unshare',
      [
        ...['-m', '--propagation', 'private', 'sh', '-c', mount, 'sh', at('disk'), process.execPath],
        ...['--input-type=module', '-e', ON_SMALL_DISK],
        ...['import-advisories.ts', 'stored-source.ts'].map((name) => join(import.meta.dirname, name)),
        ...[small, large, at('disk')],
      ],
      { encoding: 'utf8', timeout: 50_000 },
    );
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toEqual({
      failed: {
        kind: 'full',
        message: expect.stringContaining('no room left'),
        next: expect.stringContaining('Free 100 MB'),
      },
      known: 3,
      files: ['advisories.db'],
    });
    expect(existsSync(join(at('disk'), 'data'))).toBe(false);
  });
});
