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
