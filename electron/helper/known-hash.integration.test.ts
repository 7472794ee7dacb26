import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HASH_NAME } from '#shared/domain/helper/installation.ts';
import { knownHash } from './known-hash.ts';

const SETTLED_MS = 2_100;
const LIE = 'f'.repeat(64);
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the hash of a large file of our own', () => {
  let ownFolder = '';
  let file = '';
  const note = () => join(ownFolder, HASH_NAME);
  const hash = () => knownHash({ ownFolder }, file);
  /** What is noted, with another hash in it: whoever answers that has not read the file. */
  const lie = () =>
    writeFileSync(note(), JSON.stringify({ ...JSON.parse(readFileSync(note(), 'utf8')), sha256: LIE }));

  beforeAll(async () => {
    ownFolder = mkdtempSync(join(tmpdir(), 'swarmkeep-hash-'));
    file = join(ownFolder, 'node');
    writeFileSync(file, 'runtime');
    await sleep(SETTLED_MS);
  });
  beforeEach((context) => {
    if (process.geteuid?.() !== 0) context.skip('only root notes a hash');
    rmSync(note(), { force: true });
    expect(hash()).toBe(hashOf(readFileSync(file, 'utf8')));
  });
  afterAll(() => rmSync(ownFolder, { recursive: true, force: true }));

  it('is noted, for everybody to read, and not computed again', () => {
    expect(statSync(note()).mode & 0o777).toBe(0o644);
    lie();
    expect(hash()).toBe(LIE);
  });

  it.each<[string, () => void]>([
    ['others could have written', () => chmodSync(note(), 0o666)],
    ['somebody else owns', () => chownSync(note(), 65_534, 65_534)],
    ['is cut', () => writeFileSync(note(), readFileSync(note(), 'utf8').slice(0, 40))],
    [
      'is of another boot',
      () => writeFileSync(note(), readFileSync(note(), 'utf8').replace(/"as":"./, '"as":"x')),
    ],
    [
      'is a link',
      () => {
        renameSync(note(), `${note()}.away`);
        symlinkSync(`${note()}.away`, note());
      },
    ],
    ['has gone', () => unlinkSync(note())],
  ])('is computed when the note %s', (_name, spoil) => {
    lie();
    spoil();
    expect(hash()).toBe(hashOf('runtime'));
  });

  it('is computed when the file was changed and given its old size and times', async () => {
    const { atime, mtime } = statSync(file);
    lie();
    writeFileSync(file, 'RUNTIME');
    utimesSync(file, atime, mtime);
    expect(hash()).toBe(hashOf('RUNTIME'));
    // So lately changed, it may be changed once more and look the same.
    expect(JSON.parse(readFileSync(note(), 'utf8')).sha256).toBe(LIE);
    await sleep(SETTLED_MS);
    expect(hash()).toBe(hashOf('RUNTIME'));
    expect(JSON.parse(readFileSync(note(), 'utf8')).sha256).toBe(hashOf('RUNTIME'));
  });

  it('is computed when another file took its place', () => {
    lie();
    writeFileSync(`${file}.new`, 'runtimf');
    renameSync(`${file}.new`, file);
    expect(hash()).toBe(hashOf('runtimf'));
  });

  it('is computed where it cannot be noted', () => {
    expect(knownHash({ ownFolder: join(ownFolder, 'nowhere') }, file)).toBe(
      hashOf(readFileSync(file, 'utf8')),
    );
  });
});
