import { describe, expect, it } from 'vitest';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { readLock } from './lock-file.ts';
import { problemsOfFile } from './pin-problems.ts';
import { parseRequirement } from './requirement.ts';
import { parseRequirementsFile } from './requirements-file.ts';

const hash = `sha256:${'a'.repeat(64)}`;
const fileOf = (kind: Parameters<typeof readLock>[0]['kind'], text: string) => ({
  instance: 'i',
  path: '/s/f',
  kind,
  text,
  cut: false,
});

describe('requirements', () => {
  it.each([
    ['httpx', 'httpx', '', null],
    ['Flask_Login == 0.6.3', 'flask-login', '==0.6.3', '0.6.3'],
    ['zope.interface>=5,<6', 'zope-interface', '>=5,<6', null],
    ['requests[socks] (>=2.0)', 'requests', '>=2.0', null],
    ['a==1.*', 'a', '==1.*', null],
    ['a===1.0+local', 'a', '===1.0+local', '1.0+local'],
    ['a==1.0 ; python_version < "3.9"', 'a', '==1.0', '1.0'],
    ['a==1.0,!=1.0.post1', 'a', '==1.0,!=1.0.post1', null],
    ['a~=2.2', 'a', '~=2.2', null],
  ])('reads %s', (text, name, specifiers, pinned) => {
    expect(parseRequirement(text)).toMatchObject({ name, specifiers, pinned, url: null });
  });

  it('reads addresses, and refuses what is none', () => {
    expect(parseRequirement('a @ git+https://h/x.git')).toMatchObject({
      name: 'a',
      url: 'git+https://h/x.git',
      pinned: null,
    });
    expect(parseRequirement('https://h/a-1.0.tar.gz')).toMatchObject({
      name: null,
      url: 'https://h/a-1.0.tar.gz',
    });
    for (const text of ['', '==1.0', 'a = 1', '-x', 'a b c', `a==${'1'.repeat(5_000)}`])
      expect(parseRequirement(text)).toBeNull();
  });

  it('normalises names as PEP 503 does', () => {
    for (const name of ['Friendly-Bard', 'FRIENDLY.BARD', 'friendly--._bard'])
      expect(normalizedName(name)).toBe('friendly-bard');
  });

  it('reads a requirements file: joined lines, comments, options, hashes', () => {
    const file = parseRequirementsFile(
      [
        '# all',
        `a==1 \\`,
        `  --hash=${hash} \\`,
        `  --hash=sha256:${'B'.repeat(64)}`,
        'b>=2 # why',
        '-e ./src',
        '-r other.txt',
        '--extra-index-url https://x/',
        '--no-binary :all:',
        '-i https://y/',
        '--weird',
      ].join('\r\n'),
    );
    expect(file.lines.map((line) => [line.text, line.hashes, line.editable])).toEqual([
      ['a==1', [hash, 'sha256:'.padEnd(71, 'b')], false],
      ['b>=2', [], false],
      ['./src', [], true],
    ]);
    expect(file.lines.map((line) => line.line)).toEqual([2, 5, 6]);
    expect(file).toMatchObject({
      includes: [{ text: 'other.txt', line: 7, kind: 'requirements' }],
      extraIndexes: [{ text: '--extra-index-url https://x/', line: 8 }],
      sourceOnly: [{ text: '--no-binary :all:', line: 9 }],
      indexes: [{ text: '-i https://y/', line: 10 }],
      unread: [{ text: '--weird', line: 11 }],
    });
  });
});

describe('locks', () => {
  it.each([
    ['requirements', `a==1.0 --hash=${hash}\n`],
    [
      'uv-lock',
      `version = 1\n[[package]]\nname = "me"\nversion = "0"\nsource = { editable = "." }\n[[package]]\nname = "A"\nversion = "1.0"\nwheels = [{ url = "u", hash = "${hash}" }]\n`,
    ],
    [
      'poetry-lock',
      `[[package]]\nname = "a"\nversion = "1.0"\nfiles = [{ file = "a.whl", hash = "${hash}" }]\n`,
    ],
    [
      'pylock',
      `lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1.0"\nwheels = [{ name = "a.whl", hashes = { sha256 = "${'a'.repeat(64)}" } }]\n`,
    ],
    ['pipfile-lock', JSON.stringify({ default: { a: { version: '==1.0', hashes: [hash] } } })],
  ] as const)('reads %s with hashes', (kind, text) => {
    const lock = readLock(fileOf(kind, text));
    expect([...(lock?.versions ?? [])].map(([name, versions]) => [name, [...versions]])).toEqual([
      ['a', ['1.0']],
    ]);
    expect(lock?.withoutHash).toEqual([]);
  });

  it('knows a lock without hashes, and refuses what is no lock', () => {
    expect(readLock(fileOf('uv-lock', '[[package]]\nname = "a"\nversion = "1"\n'))?.withoutHash).toEqual([
      'a',
    ]);
    expect(readLock(fileOf('requirements', 'a==1\n'))).toBeNull();
    expect(readLock(fileOf('requirements', `a==1 --hash=${hash}\nb>=2\n`))).toBeNull();
    expect(readLock(fileOf('requirements', `a==1 --hash=${hash}\nb>=2 --hash=${hash}\n`))).toBeNull();
    expect(readLock(fileOf('requirements', `a==1 --hash=${hash}\n--weird\n`))).toBeNull();
    expect(readLock(fileOf('requirements', `a==1 --hash=${hash}\n-r more.txt\n`))).toBeNull();
    expect(readLock({ ...fileOf('requirements', `a==1 --hash=${hash}\n`), cut: true })).toBeNull();
    for (const text of ['', '[[', 'package = 3', '{"default":3}'])
      for (const kind of ['uv-lock', 'pipfile-lock'] as const)
        expect(readLock(fileOf(kind, text))).toBeNull();
  });
});

describe('what floats', () => {
  it.each([
    ['installer', 'curl -fsSL https://o/install.sh | sh', /server sends/],
    ['installer', 'wget -qO- https://o | sudo bash', /server sends/],
    ['installer', 'pip install --break-system-packages .', /Python of the system/],
    ['requirements', '--extra-index-url https://x', /second index/],
    ['requirements', 'a @ https://h/a.whl', /from an address/],
    ['requirements', 'a==1', /without a hash/],
    ['requirements', 'a', /any version/],
    ['requirements', '--no-binary :all:', /built from source/],
    ['pyproject', '[project]\ndependencies = ["a>=1"]\n', /a range/],
    ['pyproject', '[[', /no TOML/],
  ] as const)('%s: %s', (kind, text, expected) => {
    expect(
      problemsOfFile(fileOf(kind, text))
        .map((problem) => problem.seen)
        .join(),
    ).toMatch(expected);
  });

  it('says nothing of comments and of curl without a shell', () => {
    expect(
      problemsOfFile(fileOf('installer', '# curl x | sh\ncurl -o f https://x\ncurl x | tee y\n')),
    ).toEqual([]);
  });
});

describe('a file that is read in another way than pip reads it', () => {
  /** What pip would take in of it: names of requirements, and options. */
  const taken = (text: string) => {
    const read = parseRequirementsFile(text);
    return [
      ...read.lines.map((line) => line.text),
      ...[...read.extraIndexes, ...read.indexes, ...read.trustedHosts, ...read.includes].map(
        (other) => other.text,
      ),
      ...read.unread.map((other) => `? ${other.text}`),
    ];
  };

  it.each([
    // A comment ends what is joined, although it ends with a backslash itself (pip, join_lines).
    ['a comment among joined lines', 'a==1 \\\n# why \\\nevil', ['a==1', 'evil']],
    [
      'an option after a comment',
      '--pre \\\n# why \\\n--extra-index-url https://e/',
      ['--extra-index-url https://e/'],
    ],
    ['a comment at first', '# why \\\nevil', ['evil']],
    ['a name in two lines', 'ev\\\nil==1', ['evil==1']],
    // Several options stand on one line; the harmless first one says nothing of the others.
    [
      'options behind a harmless one',
      '--pre --trusted-host e --extra-index-url=https://e/',
      ['--extra-index-url=https://e/', '--trusted-host e'],
    ],
    ['options behind one with a value', '--only-binary :all: -i https://e/', ['-i https://e/']],
    ['a joined short option', '-rmore.txt -ihttps://e/', ['-ihttps://e/', 'more.txt']],
    ['a shortened option', '--extra-index https://e/', ['? --extra-index https://e/']],
    ['a quoted option', '--pre "--extra-index-url" https://e/', ['? --pre "--extra-index-url" https://e/']],
    ['a word behind an option', '--pre evil', ['? evil']],
    // Lines of str.splitlines.
    ...['\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029', '\r'].map(
      (end): [string, string, string[]] => [`a line end ${JSON.stringify(end)}`, `# why${end}evil`, ['evil']],
    ),
    ['another encoding', '# coding: utf-7\na==1', ['a==1', '? all of it: it claims to be written in utf-7']],
    ['the usual encoding', '# -*- coding: UTF-8 -*-\na==1', ['a==1']],
  ])('hides nothing behind %s', (_, text, expected) => {
    expect(taken(text)).toEqual(expected);
  });

  it('says what is longer than is read, and takes no hash of another length than its kind has', () => {
    const long = `a==1${` --hash=${hash}`.repeat(2_000)}`;
    expect(taken(long)).toEqual([expect.stringMatching(/^\? a==1 .*… \(too long\)$/)]);
    expect(taken(`${'--pre '.repeat(300)}--trusted-host e`)).toEqual([
      expect.stringMatching(/^\? --pre --pre/),
    ]);
    const hashes = (text: string) => parseRequirementsFile(text).lines.map((line) => line.hashes);
    expect(hashes(`a==1 --hash=sha256:${'a'.repeat(128)}\nb==1 --hash=sha512:${'a'.repeat(64)}`)).toEqual([
      [],
      [],
    ]);
    expect(hashes(`a==1 --hash=sha512:${'a'.repeat(128)}`)[0]).toHaveLength(1);
  });

  it('takes no other index for the usual one', () => {
    for (const text of [
      '--index-url=https://e/?x=https://pypi.org/simple',
      '-i https://e/#=https://pypi.org/simple',
      '--index-url https://pypi.org/simple --index-url https://e/',
    ])
      expect(
        problemsOfFile(fileOf('requirements', text)).map(({ kind }) => kind),
        text,
      ).toEqual(['own-index']);
    for (const text of ['--index-url=https://pypi.org/simple', '-ihttps://pypi.org/simple/'])
      expect(problemsOfFile(fileOf('requirements', text)), text).toEqual([]);
  });
});
