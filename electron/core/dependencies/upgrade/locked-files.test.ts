import { describe, expect, it } from 'vitest';
import { readLock } from '#core/dependencies/requirements/lock-file.ts';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import { lockedFiles } from './locked-files.ts';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];

type File = PythonFacts['requirementFiles'][number];
const file = (path: string, kind: File['kind'], text: string) => {
  const lock = readLock({ path, kind, text, cut: false });
  return lock === null ? [] : [lock];
};
const requirements = (path: string, line: string) => file(path, 'requirements', `${line}\n`);
const uv = (...hashes: string[]) =>
  file(
    '/src/uv.lock',
    'uv-lock',
    `version = 1\n[[package]]\nname = "demo"\nversion = "1.1.0"\nsource = { registry = "https://pypi.org/simple" }\nwheels = [${hashes.map((hash) => `{ url = "https://x/demo-1.1.0-py3-none-any.whl", hash = "sha256:${hash}" }`).join(', ')}]\n`,
  );

describe('files that locks name for a version', () => {
  it('are those of the lock, however it writes name and version', () => {
    expect(lockedFiles(uv(A, B), 'DEMO', '1.1')).toEqual({
      say: 'files',
      sha256: [A, B],
      path: '/src/uv.lock',
    });
  });

  it('are none where no lock names that version, or names it without a hash', () => {
    for (const line of [
      `demo==1.0 --hash=sha256:${A}`,
      `other==1.1 --hash=sha256:${A}`,
      'demo==1.1',
      `demo>=1 --hash=sha256:${A}`,
    ])
      expect(lockedFiles(requirements('/src/r.txt', line), 'demo', '1.1'), line).toEqual({
        say: 'nothing',
      });
    expect(lockedFiles([], 'demo', '1.1')).toEqual({ say: 'nothing' });
  });

  it('are only those that every lock names: none of them makes the choice larger', () => {
    const second = requirements('/src/r.txt', `demo==1.1 --hash=sha256:${B} --hash=sha256:${C}`);
    expect(lockedFiles([...uv(A, B), ...second], 'demo', '1.1')).toMatchObject({ sha256: [B] });
    const other = requirements('/src/r.txt', `demo==1.1 --hash=sha256:${C}`);
    expect(lockedFiles([...uv(A, B), ...other], 'demo', '1.1')).toMatchObject({
      say: 'unclear',
      why: expect.stringContaining('/src/uv.lock and /src/r.txt name different files'),
    });
  });

  it('are left to a person where there are more than any version has', () => {
    const many = Array.from({ length: 129 }, (_, number) => number.toString(16).padStart(64, '0'));
    expect(lockedFiles(uv(...many), 'demo', '1.1').say).toBe('unclear');
    expect(lockedFiles(uv(...many.slice(1)), 'demo', '1.1').say).toBe('files');
  });
});
