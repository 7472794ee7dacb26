import { describe, expect, it } from 'vitest';
import { pinnedInstall } from './install-line.ts';
import { readLock } from './lock-file.ts';
import { parseRequirementsFile } from './requirements-file.ts';

const hash = (letter: string) => `sha256:${letter.repeat(64)}`;
const lock = readLock({
  path: '/s/uv.lock',
  kind: 'uv-lock',
  cut: false,
  text: `version = 1
[[package]]
name = "A_b"
version = "1.0"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://f/a.tar.gz", hash = "${hash('a')}" }
wheels = [{ url = "https://f/a.whl", hash = "${hash('b')}" }]
[[package]]
name = "c"
version = "2"
source = { git = "https://h/c?rev=1#2" }
[[package]]
name = "d"
version = "3"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "e"
version = "4; rm -rf /"
source = { registry = "https://pypi.org/simple" }
wheels = [{ url = "https://f/e.whl", hash = "${hash('c')}" }]
`,
});

describe('an install line with hashes', () => {
  it('is read by pip as what the lock says, and leaves out what no hash pins', () => {
    if (lock === null) throw new Error('no lock');
    const { lines, left, command } = pinnedInstall(lock);
    const read = parseRequirementsFile(lines.join('\n'));
    expect(read.unread).toEqual([]);
    expect(read.lines.map((line) => [line.text, line.hashes])).toEqual([
      ['a-b==1.0', [hash('b'), hash('a')]],
    ]);
    expect(left.map(({ name }) => name)).toEqual(['c', 'd', 'e']);
    expect(command).toContain('--require-hashes');
  });

  it('is made for one name, and says when the lock does not name it', () => {
    if (lock === null) throw new Error('no lock');
    expect(pinnedInstall(lock, ['a.B']).lines.length).toBe(1);
    expect(pinnedInstall(lock, ['zzz'])).toMatchObject({ lines: [], left: [{ name: 'zzz' }] });
  });
});
