import { describe, expect, it } from 'vitest';
import { readLock } from './lock-file.ts';
import { problemsOfFile } from './pin-problems.ts';

const HASH = `sha256:${'a'.repeat(64)}`;

/** Each would end the hash in the line of a file that pip reads, and go on with something of its own. */
const NOT_PLAIN = [
  `${HASH} --index-url https://evil.example/simple`,
  `${HASH}\nevil==1.0`,
  `${HASH}\\`,
  `sha256:${'a'.repeat(63)}g`,
  `sha256:${'a'.repeat(63)}`,
  `md5:${'a'.repeat(64)}`,
  ` ${HASH}`,
  'a'.repeat(64),
  '',
];

describe('a hash of a lock', () => {
  it.each(NOT_PLAIN)('is none when it is not plain, in a Pipfile.lock: %j', (hash) => {
    const of = (hashes: string[]) =>
      readLock({
        path: '/srv/Pipfile.lock',
        kind: 'pipfile-lock',
        text: JSON.stringify({ default: { a: { version: '==1.0', hashes } } }),
        cut: false,
      });
    expect(of([hash])?.entries[0]).toMatchObject({ hashes: [], hashed: false });
    expect(of([hash])?.withoutHash).toEqual(['a']);
    expect(of([hash, HASH.toUpperCase()])?.entries[0]).toMatchObject({ hashes: [HASH], hashed: true });
  });

  it.each(NOT_PLAIN)('is none when it is not plain, in a lock of Poetry: %j', (hash) => {
    const text = `[[package]]\nname = "a"\nversion = "1.0"\nfiles = [{ file = "a.whl", hash = ${JSON.stringify(hash)} }]\n`;
    const read = readLock({ path: '/srv/poetry.lock', kind: 'poetry-lock', text, cut: false });
    expect(read?.entries[0]).toMatchObject({ hashes: [], hashed: false });
  });
});

describe('a name that every object has already', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'is a package like others: %s',
    (name) => {
      const toml = `[[package]]\nname = "${name}"\nversion = "1.0"\nfiles = [{ file = "a.whl", hash = "${HASH}" }]\n`;
      const pipfile = `{"default":{"${name}":{"version":"==1.0","hashes":["${HASH}"]}}}`;
      for (const [kind, text] of [
        ['poetry-lock', toml],
        ['uv-lock', toml],
        ['pylock', toml.replace('package', 'packages').replace('files = [{ file', 'wheels = [{ name')],
        ['pipfile-lock', pipfile],
        ['requirements', `${name}==1.0 --hash=${HASH}\n`],
      ] as const) {
        const read = readLock({ path: '/srv/x', kind, text, cut: false });
        // A name that begins with an underscore is none that a package may have: nothing of it has to be known.
        if (name.startsWith('_')) expect(read?.entries.length ?? 0).toBeLessThan(2);
        else expect(read?.entries[0], kind).toMatchObject({ version: '1.0', hashes: [HASH] });
      }
    },
  );
});

describe('a lock that does not lock', () => {
  const wheel = `{ url = "https://x/a-1-py3-none-any.whl", hash = "${HASH}" }`;
  const problems = (kind: Parameters<typeof readLock>[0]['kind'], text: string) => {
    const file = { path: '/srv/x', kind, text, cut: false };
    return {
      found: problemsOfFile(file).map((problem) => `${problem.kind} ${problem.text}`),
      without: readLock(file)?.withoutHash ?? null,
    };
  };

  it.each([
    ['no version', '', 'range a'],
    ['any version', 'version = "*"', 'range a'],
    ['a range', 'version = ">=1"', 'range a >=1'],
    ['a range of Poetry', 'version = "^1"', 'range a ^1'],
  ])('is told: %s, although its files have hashes', (_, version, expected) => {
    const text = `[[package]]\nname = "a"\n${version}\nsource = { registry = "https://pypi.org/simple" }\nwheels = [${wheel}]\n`;
    expect(problems('uv-lock', text)).toEqual({ found: [expected], without: ['a'] });
  });

  it('is told of a Pipfile.lock: a range, no version, a working copy from version control, a folder elsewhere', () => {
    const of = (entry: object) =>
      problems('pipfile-lock', JSON.stringify({ default: { a: { hashes: [HASH], ...entry } } }));
    expect(of({ version: '>=1' })).toEqual({ found: ['range a >=1'], without: ['a'] });
    expect(of({})).toEqual({ found: ['range a'], without: ['a'] });
    expect(of({ version: '*' })).toEqual({ found: ['range a'], without: ['a'] });
    expect(of({ editable: true, git: 'https://h/a', ref: '1' }).found).toEqual([
      'address a from https://h/a',
    ]);
    expect(of({ editable: true, path: '../a' }).found).toEqual(['address a from ../a']);
    expect(of({ editable: true, file: 'https://h/a.zip' }).found).toEqual(['address a from https://h/a.zip']);
    // The project itself, or a part of it, is nobody's requirement.
    expect(of({ editable: true, path: './src' })).toEqual({ found: ['unread /srv/x'], without: null });
  });

  it.each([
    ['a folder elsewhere', 'source = { directory = "../a" }'],
    ['a working copy elsewhere', 'source = { editable = "/opt/a" }'],
    ['one that goes out again', 'source = { virtual = "src/../../a" }'],
    ['a folder of Poetry', '[package.source]\ntype = "directory"\nurl = "../a"'],
  ])('is told: %s', (_, source) => {
    const { found } = problems('uv-lock', `[[package]]\nname = "a"\nversion = "1"\n${source}\n`);
    expect(found[0]).toMatch(/^address a==1 from /);
  });

  it('is none with a hash of another length than its kind has', () => {
    const of = (hash: string) =>
      readLock({
        path: '/srv/x',
        kind: 'pipfile-lock',
        text: JSON.stringify({ default: { a: { version: '==1', hashes: [hash] } } }),
        cut: false,
      })?.withoutHash;
    expect(of(`sha512:${'a'.repeat(128)}`)).toEqual([]);
    for (const hash of [`sha512:${'a'.repeat(64)}`, `sha256:${'a'.repeat(128)}`, `sha384:${'a'.repeat(64)}`])
      expect(of(hash), hash).toEqual(['a']);
  });
});
