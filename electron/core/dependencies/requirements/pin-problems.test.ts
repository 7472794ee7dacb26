import { describe, expect, it } from 'vitest';
import type { PinKind } from './pin-problem.ts';
import { problemsOfFile, type RequirementFile } from './pin-problems.ts';

const digest = 'a'.repeat(64);
const fileOf = (kind: RequirementFile['kind'], text: string, path = '/s/f'): RequirementFile => ({
  path,
  kind,
  text,
  cut: false,
});
const kindsOf = (kind: RequirementFile['kind'], text: string, path?: string) =>
  problemsOfFile(fileOf(kind, text, path)).map((problem) => problem.kind);

describe('what floats', () => {
  it.each<[RequirementFile['kind'], string, PinKind[]]>([
    ['installer', 'bash -c "$(curl -fsSL https://o/i.sh)"', ['remote-script']],
    ['installer', 'bash <(curl -s https://o)', ['remote-script']],
    ['installer', 'curl -s https://o | gunzip | sudo -E bash -s -- x', ['remote-script']],
    ['installer', 'curl \\\n  https://o \\\n  | sh', ['remote-script']],
    ['installer', 'wget -qO- https://o | python3 -', ['remote-script']],
    ['installer', 'curl https://o > f; cat f | sh', []],
    ['installer', 'curl -o f https://x && echo sh | tee y', []],
    ['installer', 'pip install httpx uvicorn==0.30.1 "rich>=13"', ['range', 'range']],
    ['installer', 'pip install -r requirements.txt --break-system-packages', ['system-packages']],
    ['installer', 'uv pip install git+https://h/x', ['address']],
    [
      'installer',
      'pip install --trusted-host h --extra-index-url https://x -e .',
      ['second-index', 'unverified-host'],
    ],
    ['requirements', '--trusted-host h', ['unverified-host']],
    ['requirements', '-i https://pypi.org/simple', []],
    ['requirements', '-i https://mirror/simple', ['own-index']],
    ['requirements', `a==1 --hash=sha256:${digest}\nb==2`, ['no-hash']],
    ['requirements', 'a==1 --hash=sha256:abc', ['no-hash']],
    ['constraints', 'a==1', []],
    ['requirements', '-r other.txt', ['not-followed']],
    [
      'pyproject',
      '[tool.poetry.dependencies]\npython = "^3.9"\na = "^1"\nb = "1.2.3"\nc = { git = "https://u:p@h/c" }\nd = "*"',
      ['range', 'address', 'range'],
    ],
    ['pyproject', '[[tool.poetry.source]]\nname = "x"\nurl = "https://x/simple"', ['second-index']],
    [
      'pyproject',
      '[tool.uv]\nextra-index-url = ["https://x"]\n[tool.uv.sources]\na = { git = "https://h/a" }',
      ['second-index', 'address'],
    ],
    ['pyproject', '[dependency-groups]\ndev = ["a>=1", {include-group = "x"}]', ['range']],
    [
      'pyproject',
      '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "own"\nbackend-path = ["."]',
      ['range', 'install-code'],
    ],
    [
      'uv-lock',
      '[[package]]\nname = "a"\nversion = "1"\nsource = { git = "https://h/a?rev=1#2" }',
      ['address'],
    ],
    [
      'uv-lock',
      `[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "https://other/simple" }\nsdist = { url = "https://o/a.tar.gz", hash = "sha256:${digest}" }`,
      ['own-index', 'source-only'],
    ],
    [
      'uv-lock',
      '[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "https://pypi.org/simple" }',
      ['no-hash'],
    ],
    [
      'poetry-lock',
      '[[package]]\nname = "a"\nversion = "1"\nfiles = []\n[package.source]\ntype = "url"\nurl = "https://h/a.whl"',
      ['address', 'no-hash'],
    ],
    [
      'pylock',
      `[[packages]]\nname = "a"\n[packages.vcs]\ntype = "git"\nurl = "https://h"\ncommit-id = "1"`,
      ['address'],
    ],
    [
      'pipfile-lock',
      JSON.stringify({
        _meta: { sources: [{ url: 'https://x/simple', verify_ssl: false }] },
        default: { a: { version: '==1', hashes: [`sha256:${digest}`] } },
      }),
      ['own-index', 'unverified-host'],
    ],
    ['pipfile-lock', 'no', ['unread']],
    // What breaks the reading of a list or table hides nothing of it.
    ['pyproject', '[project]\ndependencies = ["a==1", 3]', ['unread']],
    ['pyproject', 'project = 3', ['unread']],
    ['pyproject', 'tool = 3', ['unread']],
    ['pyproject', '[project.optional-dependencies]\ndev = "a"', ['unread']],
    ['pyproject', '[tool.poetry]\ndependencies = ["a"]', ['unread']],
    ['pyproject', '[tool.poetry]\ngroup = 3', ['unread']],
    ['pyproject', '[tool.poetry.dependencies]\na = { extras = ["x"] }', ['unread']],
    ['pyproject', '[tool.uv]\nindex = 3', ['second-index']],
    ['pyproject', '[tool.uv]\nextra-index-url = 3', ['second-index']],
    ['pyproject', '[project]\nname = "x"\ndynamic = ["version", "dependencies"]', ['not-followed']],
    ['pyproject', '[tool.poetry.dev-dependencies]\na = "^1"', ['range']],
    [
      'pyproject',
      '[tool.uv]\ndev-dependencies = ["a"]\nfind-links = ["https://x"]',
      ['range', 'second-index'],
    ],
    ['pyproject', '[tool.pdm.dev-dependencies]\ntest = ["a>=1"]', ['range']],
    [
      'pyproject',
      '[[tool.uv.sources.a]]\ngit = "https://h/a"\nmarker = "x"\n[[tool.uv.sources.a]]\nurl = "https://h/b"',
      ['address', 'address'],
    ],
  ])('%s: %s', (kind, text, expected) => {
    expect(kindsOf(kind, text)).toEqual(expected);
  });

  it('reads setup.cfg, and says of setup.py that it is code', () => {
    expect(
      kindsOf(
        'setup',
        '[metadata]\nname = x\n[options]\ninstall_requires =\n  a>=1\n  b==2\npackages = x',
        '/s/setup.cfg',
      ),
    ).toEqual(['range']);
    expect(kindsOf('setup', '', '/s/setup.py')).toEqual(['install-code']);
  });

  it('says where a table has more than is looked at', () => {
    const many = Array.from({ length: 4_097 }, (_, number) => `"a${number}==1"`);
    expect(kindsOf('pyproject', `[project]\ndependencies = [${many.slice(1).join()}]`)).toEqual([]);
    expect(kindsOf('pyproject', `[project]\ndependencies = [${many.join()}]`)).toEqual(['unread']);
  });

  it('follows a file that was read, and no other', () => {
    const file = fileOf('requirements', '-r ../base.txt\n-c https://h/c.txt', '/s/requirements/dev.txt');
    expect(problemsOfFile(file, new Set(['/s/base.txt'])).map(({ text }) => text)).toEqual([
      'https://h/c.txt',
    ]);
  });

  it('shows no user and password', () => {
    for (const [kind, text] of [
      [
        'requirements',
        '--extra-index-url https://me:hunter2@x/simple\na @ https://hunter2@h/a.whl\n-i https://hunter2@y',
      ],
      ['installer', 'pip install -i https://hunter2@x a'],
      [
        'pyproject',
        '[project]\ndependencies = ["a @ git+https://hunter2@h/a"]\n[tool.uv]\nextra-index-url = ["https://hunter2@h"]',
      ],
      ['uv-lock', '[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "https://hunter2@h" }'],
    ] as const) {
      const found = problemsOfFile(fileOf(kind, text));
      expect(found.length).toBeGreaterThan(0);
      expect(JSON.stringify(found)).not.toContain('hunter2');
    }
  });
});

describe('hostile files', () => {
  const kinds = [
    'requirements',
    'constraints',
    'pyproject',
    'installer',
    'setup',
    'uv-lock',
    'poetry-lock',
    'pylock',
    'pipfile-lock',
  ] as const;
  it.each([
    ['a line of 4 MB', 'a'.repeat(4e6)],
    ['a line of 4 MB of options', ' --hash=sha256:'.repeat(3e5)],
    ['deep TOML', `a = ${'['.repeat(1e5)}`],
    ['deep tables', `[${'a.'.repeat(2e4)}a]`],
    ['deep JSON', '['.repeat(3e5)],
    ['no UTF-8', '\uFFFD\u0000=\uFFFD\n[\uFFFD]\n'.repeat(1_000)],
    ['pipes and downloads', 'curl x |'.repeat(1e5)],
    ['joined lines', 'a\\\n'.repeat(1e5)],
    ['a prototype', '[__proto__]\nx = 1\n[project]\ndependencies = ["a"]\n'],
  ])('%s ends soon, whatever it calls itself', (_, text) => {
    const began = process.cpuUsage();
    for (const kind of kinds) {
      const found = problemsOfFile(fileOf(kind, text));
      for (const problem of found) expect(problem.text.length).toBeLessThanOrEqual(1_024);
    }
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(3_000);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});
