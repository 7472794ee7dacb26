import { describe, expect, it } from 'vitest';
import { readLock } from './lock-file.ts';

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
