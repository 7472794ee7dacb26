import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { installedLock as shape } from '#shared/domain/dependencies/before-install.ts';
import { environment } from '#shared/domain/dependencies/inventory.ts';
import { installedLock } from './installed-lock.ts';
import { readLock } from './lock-file.ts';

const HASH = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;

function place(...packages: object[]) {
  return environment.parse({ id: '/venv', kind: 'virtual-environment', packages });
}
function lockOf(text: string) {
  const lock = readLock({ path: 'requirements.txt', kind: 'requirements', text, cut: false });
  if (lock === null) throw new Error('no lock');
  return lock;
}

describe('installedLock', () => {
  it('takes hashes from locks of the same version and from direct_url.json, and reads back as a lock', () => {
    const made = installedLock(
      place(
        { name: 'Rich', version: '13.0' },
        { name: 'httpx', version: '0.27.0', from: 'file', archiveHash: OTHER },
      ),
      [lockOf(`rich==13.0.0 --hash=${HASH}\nhttpx==0.26.0 --hash=${HASH}\n`)],
    );
    expect(made).toMatchObject({ hashed: 2, unhashed: [], left: [] });
    expect(lockOf(made.text).entries).toMatchObject([
      { name: 'httpx', version: '0.27.0', hashes: [OTHER] },
      { name: 'rich', version: '13.0', hashes: [HASH] },
    ]);
    expect(made.text).toContain('--require-hashes --only-binary=:all: --no-deps');
    expect(made.command).toEqual(expect.arrayContaining(['python3', '--require-hashes', 'FILE']));
  });

  it('pins only the version where no hash is known, says so, and is no lock then', () => {
    const made = installedLock(place({ name: 'rich', version: '13.0' }), [
      lockOf(`rich==13.1 --hash=${HASH}\n`),
    ]);
    expect(made.unhashed).toEqual([{ name: 'rich', why: expect.stringContaining('hash of its wheel') }]);
    expect(made.text).toContain('# 1 of 1 have no hash');
    expect(made.command).toBeNull();
    expect(made.text).toContain('\nrich==13.0\n');
    expect(readLock({ path: 'r.txt', kind: 'requirements', text: made.text, cut: false })).toBeNull();
  });

  it('leaves out what no index has, what is the system’s, what is broken, and the second of two', () => {
    const made = installedLock(
      place(
        { name: 'own', version: '1', from: 'editable' },
        { name: 'git', version: '1', from: 'vcs' },
        { name: 'apt', version: '1', from: 'distribution' },
        { name: 'copy', version: '1', from: 'vendored', vendoredBy: 'pip' },
        { name: 'torn', version: '1', broken: 'its metadata has no version' },
        { name: 'none', version: null },
        { name: 'bad name\n--index-url x', version: '1' },
        { name: 'bad', version: '1\nhttps://x' },
        { name: 'a', version: '1' },
        { name: 'A', version: '2' },
        { ecosystem: 'Go', name: 'github.com/ollama/ollama', version: '0.1' },
      ),
      [],
    );
    expect(made.left.map(({ name }) => name)).toEqual([
      'own',
      'git',
      'apt',
      'torn',
      'none',
      'bad name\n--index-url x',
      'bad',
      'A',
      'github.com/ollama/ollama',
    ]);
    expect(made.text.split('\n').filter((line) => !line.startsWith('#'))).toEqual(['a==1', '']);
  });

  it('writes nothing but names, versions and hashes, whatever a node says', () => {
    const item = fc.record({ name: fc.string({ maxLength: 40 }), version: fc.string({ maxLength: 40 }) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 10 }), (packages) => {
        const { text } = shape.parse(installedLock(place(...packages), []));
        for (const line of text.split('\n'))
          expect(line).toMatch(/^(?:#.*|[a-z0-9][a-z0-9-]*==[A-Za-z0-9.!+_-]+|)$/);
      }),
    );
  });
});
