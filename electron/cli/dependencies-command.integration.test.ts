import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsole } from '#core/console/create-console.ts';
import { exampleAdvisory } from '#core/dependencies/advisories/testing/example-advisories.ts';
import { makeZip } from '#core/dependencies/advisories/testing/make-zip.ts';
import { keyInFile } from '#core/ledger/key-file.ts';
import { run } from './program.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

const HOUR = 3_600_000;
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR).toISOString();

describe('swarmkeep dependencies', () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  const list = (name: string, packages: unknown): string => {
    writeFileSync(path(name), typeof packages === 'string' ? packages : JSON.stringify(packages));
    return path(name);
  };
  const set = (name: string, modified: string, besides = 0): string => {
    const records = [
      ...Array.from({ length: besides }, (_, at) =>
        exampleAdvisory(`A-${at}`, `besides-${at}`, { modified }),
      ),
      exampleAdvisory('PYSEC-2026-1', 'Django', {
        modified,
        aliases: ['CVE-2026-1', 'GHSA-aaaa-bbbb-cccc'],
        severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
      }),
      exampleAdvisory('GHSA-aaaa-bbbb-cccc', 'django', {
        modified,
        aliases: ['CVE-2026-1'],
        affected: [
          {
            package: { ecosystem: 'PyPI', name: 'django' },
            ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '1.0' }, { fixed: '2.0.1' }] }],
          },
        ],
      }),
      exampleAdvisory('MAL-2026-9', 'evil_thing', {
        modified,
        affected: [{ package: { ecosystem: 'PyPI', name: 'evil-thing' }, versions: ['0.1'] }],
      }),
    ];
    writeFileSync(
      path(name),
      makeZip(records.map((record) => ({ name: `${record.id}.json`, contents: JSON.stringify(record) }))),
    );
    return path(name);
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-dependencies-'));
    mkdirSync(path('data'), { mode: 0o700 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function command(...args: string[]) {
    const { terminal, written } = capturedTerminal();
    const code = await run(['--data-dir', path('data'), 'dependencies', ...args], '0.0.0-test', terminal);
    return { code, ...written };
  }
  async function audit(...args: string[]) {
    const { code, out } = await command('audit', ...args, '--json');
    return { code, document: JSON.parse(out) };
  }
  const found = [
    { name: 'DJANGO', version: '1.9' },
    { name: 'Evil.Thing', version: '0.1' },
    { name: 'unknown', version: '3' },
  ];

  it('finds in a set that is read for once, in the order in which something is to be done', async () => {
    const fresh = set('fresh.zip', ago(30));
    const { code, document } = await audit('--inventory', list('found.json', found), '--advisories', fresh);
    expect(code).toBe(1);
    expect(document).toEqual({
      packages: 3,
      findings: [
        {
          package: 'Evil.Thing',
          version: '0.1',
          ids: ['MAL-2026-9'],
          severity: 'unrated',
          fixed: [],
          kind: 'malware',
        },
        {
          package: 'DJANGO',
          version: '1.9',
          ids: ['GHSA-aaaa-bbbb-cccc', 'PYSEC-2026-1', 'CVE-2026-1'],
          severity: 'critical',
          // In 2.0 one of the two is left.
          fixed: ['2.0.1'],
          kind: 'vulnerability',
        },
      ],
      data: { advisories: 3, newest: expect.stringMatching(/Z$/), ageDays: 1, state: 'fresh' },
    });
    const words = await command('audit', '--inventory', path('found.json'), '--advisories', fresh);
    expect(words.out).toContain('two known vulnerabilities');
    expect(words.out).toContain('$ python3 -m pip install django==2.0.1');
    expect(words.out).toContain('the newest one day old');
  });

  it('puts aside what was accepted, in sight, until it ends or the version changes', async () => {
    const args = [
      '--inventory',
      list('one.json', [found[0]]),
      '--advisories',
      set('fresh.zip', ago(30)),
      '--ignore',
    ];
    const accepted = {
      package: 'django',
      id: 'CVE-2026-1',
      reason: 'not reachable here',
      until: ago(-24),
      version: '1.9',
    };
    const held = await audit(...args, list('held.json', [accepted]));
    expect(held).toMatchObject({
      code: 0,
      document: {
        findings: [],
        ignored: [{ package: 'DJANGO', reason: 'not reachable here', until: accepted.until }],
      },
    });
    for (const ended of [
      { until: ago(1) },
      { untilFixed: true },
      { version: '1.8' },
      { id: 'CVE-2026-2' },
      { package: 'flask' },
    ])
      expect(await audit(...args, list('ended.json', [{ ...accepted, ...ended }]))).toMatchObject({
        code: 1,
      });
    const malware = list('evil.json', [found[1]]);
    const forgiven = list('forgiven.json', [
      { ...accepted, package: 'evil-thing', id: 'MAL-2026-9', version: null },
    ]);
    expect(
      (await audit('--inventory', malware, '--advisories', path('fresh.zip'), '--ignore', forgiven)).code,
    ).toBe(1);
    for (const wrong of [{ reason: '' }, { until: null }, { until: 'tomorrow' }])
      expect((await command('audit', ...args, list('wrong.json', [{ ...accepted, ...wrong }]))).code).toBe(2);
  });

  it('is content only with fresh data about all', async () => {
    const clean = list('clean.json', [{ name: 'unknown', version: '3' }]);
    expect(await audit('--inventory', clean)).toMatchObject({
      code: 2,
      document: {
        packages: 1,
        findings: [],
        data: { advisories: 0, newest: null, ageDays: null, state: 'none' },
      },
    });
    // Three advisories are no answer about all that is published: they are taken, and nothing is called clean by them.
    expect(await command('import', set('few.zip', ago(3)))).toMatchObject({
      code: 0,
      error: expect.stringContaining('Three advisories are a small part'),
    });
    expect(await audit('--inventory', clean)).toMatchObject({
      code: 2,
      document: { findings: [], data: { state: 'fresh', isPart: true } },
    });
    expect((await command('audit', '--inventory', clean)).out).toContain(
      'One package: no known vulnerability, as far as three advisories tell.',
    );
    expect(await command('import', set('stored.zip', ago(2), 1_000))).toMatchObject({ code: 0, error: '' });
    expect(await audit('--inventory', clean)).toMatchObject({
      code: 0,
      document: { data: { state: 'fresh', ageDays: 0 } },
    });
    const old = await audit('--inventory', clean, '--advisories', set('old.zip', ago(24 * 6)));
    expect(old).toMatchObject({ code: 2, document: { data: { state: 'stale', ageDays: 6 } } });
    const future = await audit('--inventory', clean, '--advisories', set('future.zip', ago(-48)));
    expect(future).toMatchObject({ code: 2, document: { data: { state: 'unknown', ageDays: -2 } } });
    expect((await command('import', path('old.zip'))).error).toMatch(/older than what is in use/);
    const broken = list('broken.json', [
      { name: 'a', version: null },
      { name: 'b', version: '1\u0000' },
      { name: 'c', version: '1.0', editable_project_location: '/home/x' },
    ]);
    const unsaid = await audit('--inventory', broken);
    expect(unsaid.code).toBe(2);
    expect(unsaid.document.findings.map(({ kind }: { kind: string }) => kind)).toEqual([
      'unreadable',
      'unparsable',
      'not-comparable',
    ]);
  });

  it('does not call fine what no advisory could be about, nor say "nothing known" of data that cannot tell', async () => {
    const stored = set('stored.zip', ago(2));
    for (const name of ['DJANGO__', ' django', '../django', 'dja\u001b[31mngo'])
      expect(
        await audit('--inventory', list('wild.json', [{ name, version: '3' }]), '--advisories', stored),
      ).toMatchObject({ code: 2, document: { findings: [{ kind: 'unreadable' }] } });
    for (const name of ['Dj_an.-go', 'd', 'D9'])
      expect(
        await audit('--inventory', list('fine.json', [{ name, version: '3' }]), '--advisories', stored),
      ).toMatchObject({ code: 0 });
    const clean = list('clean.json', [{ name: 'unknown', version: '3' }]);
    const words = async (...args: string[]) => (await command('audit', '--inventory', ...args)).out;
    expect(await words(clean, '--advisories', set('old.zip', ago(24 * 6)))).toContain(
      'One package: no known vulnerability, as far as advisories tell that are six days old.',
    );
    expect(await words(clean, '--advisories', set('future.zip', ago(-48)))).toContain('dated in the future.');
    expect(await words(list('none.json', []), '--advisories', stored)).toContain(
      'No packages: there was nothing to compare.',
    );
    mkdirSync(path('damaged'), { mode: 0o700 });
    writeFileSync(
      path('damaged/advisories.db'),
      'no database, though long enough to look like one '.repeat(40),
      {
        mode: 0o600,
      },
    );
    const { terminal, written } = capturedTerminal();
    expect(
      await run(
        ['--data-dir', path('damaged'), 'dependencies', 'audit', '--inventory', clean],
        '0',
        terminal,
      ),
    ).toBe(2);
    expect(written.out).toContain('nothing is known, for the advisory data cannot be read.');
    expect(written.out).toContain('Import the advisories again');
  });

  it('reads a list from a pipe, and no more than a list can have', async () => {
    expect((await command('audit', '--inventory', '/dev/zero')).error).toContain('larger than any list');
    expect((await command('import', '/dev/zero')).error).toContain('neither a file nor a folder');
    const pipe = path('pipe');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const writer = spawn('sh', [
      '-c',
      `printf '%s' '[{"name":"django","version":"1.9"}]' > "$1"`,
      'sh',
      pipe,
    ]);
    const ended = once(writer, 'exit');
    expect((await audit('--inventory', pipe, '--advisories', set('fresh.zip', ago(30)))).code).toBe(1);
    await ended;
  });

  it('reads environments of this computer, and requirements before they are installed', async () => {
    const site = path('venv/lib/python3.11/site-packages');
    mkdirSync(join(site, 'Django-1.9.dist-info'), { recursive: true });
    writeFileSync(
      join(site, 'Django-1.9.dist-info/METADATA'),
      'Metadata-Version: 2.1\nName: Django\nVersion: 1.9\n\n',
    );
    writeFileSync(path('venv/pyvenv.cfg'), 'home = /usr/bin\nversion = 3.11.2\n');
    const installed = await audit(path('venv'));
    expect(installed).toMatchObject({
      code: 1,
      document: { packages: 1, findings: [{ package: 'Django', fixed: ['2.0.1'] }] },
    });
    writeFileSync(path('requirements.txt'), 'django==1.9\nunknown>=2\n');
    const wanted = await audit('--requirements', path('requirements.txt'));
    expect(wanted.code).toBe(1);
    expect(wanted.document.findings.map(({ kind }: { kind: string }) => kind)).toEqual([
      'vulnerability',
      'not-comparable',
    ]);
  });

  it('hands its advisories on, signed, to a console that takes no others', async () => {
    expect(await command('export-advisories', path('out.zip'))).toMatchObject({
      code: 2,
      error: expect.stringContaining('no key'),
    });
    keyInFile(path('data')).make(null);
    const { code, out } = await command('export-advisories', path('out.zip'), '--json');
    expect(code).toBe(0);
    const { signedBy, advisories } = JSON.parse(out);
    expect(advisories).toBe(1_003);
    expect(await command('import', path('out.zip'), '--signed-by', signedBy)).toMatchObject({ code: 0 });
    expect((await command('import', path('fresh.zip'), '--signed-by', signedBy)).error).toMatch(/are needed/);
  });

  it('says what it could not read, and what excludes each other', async () => {
    const inventory = list('fine.json', found);
    for (const [name, text] of [
      ['no.json', '{'],
      ['object.json', '{}'],
      ['nameless.json', '[{"version":"1"}]'],
    ] as const)
      expect(await command('audit', '--inventory', list(name, text), '--json')).toMatchObject({
        code: 2,
        out: expect.stringContaining('"error"'),
      });
    expect((await command('audit', '--inventory', path('nowhere.json'))).code).toBe(2);
    expect((await command('audit', '--inventory', inventory, '--advisories', path('nowhere.zip'))).code).toBe(
      2,
    );
    expect((await command('audit', path('nowhere'))).code).toBe(2);
    expect((await command('audit', folder, '--inventory', inventory)).code).toBe(64);
    expect((await command('import', inventory)).code).toBe(2);
    expect((await command('update', '--from', 'http://example.test')).error).toMatch(/https only/);
  });

  it('puts it on record that other advisories are in use, where there are records', async () => {
    const data = path('recorded');
    const at = async (...args: string[]) => {
      const { terminal, written } = capturedTerminal();
      const code = await run(['--data-dir', data, ...args], '0.0.0-test', terminal);
      return { code, ...written };
    };
    expect((await at('dependencies', 'import', path('fresh.zip'))).code).toBe(0);
    expect(existsSync(join(data, 'swarmkeep.db'))).toBe(false);
    expect((await at('node', 'add', '--local')).code).toBe(0);
    expect((await at('dependencies', 'import', set('later.zip', ago(1)))).code).toBe(0);
    const console = await createConsole({
      dataFolder: data,
      shell: 'command-line',
      version: '0.0.0-test',
      consent: { ask: async () => false },
    });
    const { entries } = await console.activity.list({ search: '', limit: 1 });
    await console.close();
    expect(entries[0]?.record).toMatchObject({
      kind: 'advisories-taken',
      what: { advisories: 3, origin: expect.stringContaining('later.zip') },
    });
  });
});
