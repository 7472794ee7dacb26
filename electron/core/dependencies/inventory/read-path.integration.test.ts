import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CollectContext } from '#core/facts/collector.ts';
import { pythonCollector } from '#core/facts/subjects/python.ts';
import { type Environment, environment as environmentShape } from '#shared/domain/dependencies/inventory.ts';
import { pythonFacts } from '#shared/domain/facts/software.ts';
import { installedTwice, inventoryOf } from './inventory.ts';
import { readPath } from './read-path.ts';
import { install, makeEnvironment, put } from './testing/make-environment.ts';

let base: string;
let venv: string;
let site: string;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-inventory-'));
  venv = join(base, 'venv');
  site = makeEnvironment(venv);
  install(site, {
    name: 'httpx',
    version: '0.27.0',
    requested: true,
    headers:
      'License: BSD-3-Clause\nRequires-Dist: h11<1\nRequires-Dist: h2; extra == "http2"\nRequires-Dist: tomli; python_version < "3.11"',
  });
  install(site, {
    name: 'h11',
    version: '0.14.0',
    headers: 'License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License',
  });
  install(site, { name: 'h2', version: '4.1.0' });
  install(site, { name: 'tomli', version: '2.0.1', headers: 'License-Expression: MIT' });
  install(site, {
    name: 'Zope.Interface',
    version: '5.0',
    directUrl: { url: 'https://u:p@host/zope.whl', archive_info: {} },
  });
  install(site, {
    name: 'from-git',
    version: '1.0',
    directUrl: { url: 'https://github.com/x/y', vcs_info: { vcs: 'git', commit_id: 'a' } },
  });
  install(site, {
    name: 'linked',
    version: '0.1',
    directUrl: { url: 'file:///src/linked', dir_info: { editable: true } },
  });
  install(site, {
    name: 'own-file',
    version: '0.1',
    directUrl: { url: 'file:///tmp/a.whl', archive_info: {} },
  });
  install(site, { name: 'twice', version: '1.0' });
  install(site, { name: 'twice', version: '2.0' });
  install(site, { name: 'conda-ish', version: '2004d', installer: 'conda' });
  put(join(site, 'old-1.2-py3.11.egg-info'), 'Metadata-Version: 1.0\nName: old\nVersion: 1.2\n');
  put(join(site, 'dev.egg-info/PKG-INFO'), 'Name: dev\nVersion: 3\n');
  put(join(site, 'dev.egg-link'), '/src/dev\n.');
  // Nothing of it but a link to its source.
  put(join(site, 'Only.Linked.egg-link'), '/src/only\n.');
  put(join(site, 'easy-install.pth'), '/src/dev\n/src/only\n');
  put(join(site, '__editable__.linked-0.1.pth'), '/src/linked\n');
  put(join(site, 'hook.pth'), '# /opt/x\n\nimport os\n./laid-1.4-py3.11.egg\n');
  // Eggs of setuptools: a folder with its metadata inside, one for a kind of machine, and a packed one.
  put(
    join(site, 'laid-1.4-py3.11.egg/EGG-INFO/PKG-INFO'),
    'Metadata-Version: 1.1\nName: laid\nVersion: 1.4\nLicense: MIT\n\n',
  );
  put(join(site, 'laid-1.4-py3.11.egg/laid/__init__.py'), '');
  put(
    join(site, 'for_arm-2.0_rc1-py3.11-linux-aarch64.egg/EGG-INFO/PKG-INFO'),
    'Name: for-arm\nVersion: 2.0-rc1\n',
  );
  put(join(site, 'packed-3.1-py3.11.egg'), 'PK');
  // Broken in every way.
  mkdirSync(join(site, 'hollow-1.0-py3.11.egg'));
  mkdirSync(join(site, 'led-1.0-py3.11.egg'));
  put(join(base, 'elsewhere/PKG-INFO'), 'Name: led\nVersion: 1.0\n\n');
  symlinkSync(join(base, 'elsewhere'), join(site, 'led-1.0-py3.11.egg/EGG-INFO'));
  symlinkSync(join(site, 'laid-1.4-py3.11.egg'), join(site, 'lead-1.4-py3.11.egg'));
  mkdirSync(join(site, 'empty-1.0.dist-info'));
  put(join(site, 'huge-1.0.dist-info/METADATA'), 'Name: huge\nVersion: 1.0\n');
  truncateSync(join(site, 'huge-1.0.dist-info/METADATA'), 100 * 1024 * 1024);
  put(join(site, 'nameless-1.0.dist-info/METADATA'), 'Version: 1.0\n\n');
  put(join(site, 'norecord-1.0.dist-info/METADATA'), 'Name: norecord\nVersion: 1.0\n\n');
  put(join(site, 'wild-1.0.dist-info/METADATA'), 'Name: $(id);<b>\nVersion: 1.0\n\n');
  put(join(site, 'wild-1.0.dist-info/RECORD'), '');
  put(join(site, 'body-1.0.dist-info/METADATA'), 'Name: body\n\nVersion: 9\n');
  install(site, { name: 'unsourced', version: '1.0' });
  put(join(site, 'unsourced-1.0.dist-info/direct_url.json'), '{"url": "git+https://host/x", "vcs_info": ');
  // Says another name or version than its folder has, to be taken for something that nothing is known of.
  put(join(site, 'django-1.9.dist-info/METADATA'), 'Name: harmless\nVersion: 1.9\n\n');
  put(join(site, 'flask-0.1.dist-info/METADATA'), 'Name: flask\nVersion: 99\n\n');
  // The same, written otherwise.
  put(
    join(site, 'ruamel_yaml.x-1.0_rc1+a_b.dist-info/METADATA'),
    'Name: Ruamel-Yaml.X\nVersion: 1.0.0rc1+a.b\n\n',
  );
  // Longer than anybody writes, empty, or led elsewhere: none of them is as good as none.
  install(site, {
    name: 'padded',
    version: '1.0',
    directUrl: { url: 'https://github.com/x/y', vcs_info: { vcs: 'git' }, padding: 'x'.repeat(4_096) },
  });
  install(site, { name: 'silent', version: '1.0' });
  put(join(site, 'silent-1.0.dist-info/direct_url.json'), '');
  install(site, { name: 'elsewhere', version: '1.0' });
  symlinkSync('/dev/null', join(site, 'elsewhere-1.0.dist-info/direct_url.json'));
  mkdirSync(join(site, 'fifo-1.0.dist-info'));
  spawnSync('mkfifo', [join(site, 'fifo-1.0.dist-info/METADATA')]);
  put(join(base, 'elsewhere/METADATA'), 'Name: secret\nVersion: 1.0\n\n');
  mkdirSync(join(site, 'leads-1.0.dist-info'));
  symlinkSync(join(base, 'elsewhere/METADATA'), join(site, 'leads-1.0.dist-info/METADATA'));
  // Copies within others.
  put(join(site, 'pip/_vendor/vendor.txt'), 'CacheControl==0.13.1\nurllib3==1.26.17 # why\n    idna==3.4\n');
  put(join(site, 'setuptools/_vendor/packaging-24.0.dist-info/METADATA'), 'Name: packaging\nVersion: 24.0\n');
  put(join(site, 'setuptools/_vendor/jaraco.text-3.12.1.dist-info/METADATA'), '');
  put(join(site, 'poetry/core/_vendor/vendor.txt'), 'lark==1.1.8 ; python_version >= "3.8"\n');
});
afterAll(() => rmSync(base, { recursive: true }));

/** What a look at a node with this environment could not see. */
const collectedGaps = () => looked().gaps;

/** The same as the audit takes it. */
const collected = (): Environment[] => inventoryOf(looked().value, null);

function looked() {
  const instance = { id: 'one', virtualEnvironment: venv, sitePackages: null, home: null, source: null };
  const context = {
    privilege: 'root',
    now: new Date(),
    skewMs: null,
    salt: '',
    profile: { instances: [instance], corrected: [] },
    seen: {},
  } as unknown as CollectContext;
  const run = spawnSync('/bin/sh', ['-s'], { input: pythonCollector.script(context), timeout: 30_000 });
  const answer = pythonCollector.parse(
    { stdout: run.stdout, stderr: '', exitCode: run.status, timedOut: false, cut: false, tookMs: 0 },
    context,
  );
  if (!answer.seen) throw new Error(answer.reason);
  expect(pythonFacts.safeParse(answer.value).error).toBeUndefined();
  return answer;
}

const bySpelling = (found: readonly Environment[]) =>
  found.map((one) => ({
    ...one,
    packages: one.packages.toSorted((a, b) =>
      `${a.name} ${a.version} ${a.metadataPath}`.localeCompare(`${b.name} ${b.version} ${b.metadataPath}`),
    ),
  }));

function here(path: string): Environment[] {
  const read = readPath(path);
  if (!read.ok) throw new Error(read.reason);
  for (const one of read.environments) expect(environmentShape.safeParse(one).error).toBeUndefined();
  return read.environments;
}

describe('an environment', () => {
  it('is the same, read here and by a look at a node', () => {
    const [one] = bySpelling(here(venv));
    expect(bySpelling(collected())).toEqual([one]);
  });

  it('says of each package whence it came, who asks for it, and its licence', () => {
    const [one] = here(venv);
    const item = (name: string) => one?.packages.find((entry) => entry.name === name);
    expect(one).toMatchObject({
      kind: 'virtual-environment',
      pythonVersion: '3.11.2',
      interpreter: `${venv}/bin/python`,
    });
    expect(item('httpx')).toMatchObject({
      version: '0.27.0',
      from: 'index',
      direct: true,
      requiredBy: [],
      licence: 'BSD-3-Clause',
      broken: null,
    });
    expect(item('h11')).toMatchObject({ requiredBy: ['httpx'], direct: false, licence: 'MIT License' });
    expect(item('h2')).toMatchObject({ requiredBy: [], direct: true });
    expect(item('tomli')).toMatchObject({ requiredBy: [], licence: 'MIT' });
    expect(item('Zope.Interface')).toMatchObject({ from: 'url', origin: 'https://host' });
    expect(item('from-git')).toMatchObject({ from: 'vcs', origin: 'git+https://github.com' });
    expect(item('linked')?.from).toBe('editable');
    expect(item('dev')).toMatchObject({ from: 'editable', version: '3', broken: null });
    expect(item('Only.Linked')).toMatchObject({ from: 'editable', version: null, broken: null });
    expect(one?.unreadable).toBeNull();
    expect(item('own-file')?.from).toBe('file');
    expect(item('old')).toMatchObject({ version: '1.2', broken: null });
    expect(item('laid')).toMatchObject({
      version: '1.4',
      licence: 'MIT',
      broken: null,
      metadataPath: `${site}/laid-1.4-py3.11.egg/EGG-INFO/PKG-INFO`,
    });
    expect(item('for-arm')).toMatchObject({ version: '2.0-rc1', broken: null });
    expect(item('packed')).toMatchObject({ version: '3.1', broken: expect.stringContaining('packed egg') });
    expect(item('idna')).toMatchObject({ from: 'vendored', vendoredBy: 'pip', version: '3.4' });
    expect(item('packaging')).toMatchObject({ from: 'vendored', vendoredBy: 'setuptools', version: '24.0' });
    expect(item('lark')).toMatchObject({ vendoredBy: 'poetry' });
    expect(one && installedTwice(one)).toEqual([{ name: 'twice', versions: ['1.0', '2.0'] }]);
  });

  it('lists what is broken, and follows neither links nor FIFOs', () => {
    const [one] = here(venv);
    const broken = one?.packages.filter((entry) => entry.broken !== null).map((entry) => entry.name);
    expect(broken?.toSorted()).toEqual(
      [
        ...['$(id);<b>', 'body', 'empty', 'fifo', 'huge', 'leads', 'nameless', 'unsourced'],
        ...['padded', 'silent', 'elsewhere', 'harmless', 'flask'],
        ...['packed', 'hollow', 'led', 'lead'],
      ].toSorted(),
    );
    expect(one?.packages.find((entry) => entry.name === 'harmless')?.broken).toContain(
      'django-1.9.dist-info',
    );
    const padded = one?.packages.find((entry) => entry.name === 'padded');
    expect(padded?.broken).toContain('nobody knows where its code is from');
    // A RECORD may be missing (PEP 627).
    expect(one?.packages.find((entry) => entry.name === 'norecord')?.broken).toBeNull();
    expect(one?.packages.some((entry) => entry.name === 'secret')).toBe(false);
  });

  it.each(['lib/python3.11/site-packages', '', '../venv'])('is found by venv/%s', (path) => {
    expect(here(join(venv, path))).toEqual(here(venv));
  });

  it('is found within a project, beside its lock', () => {
    const project = join(base, 'project');
    mkdirSync(project, { recursive: true });
    renameSync(venv, join(project, '.venv'));
    try {
      writeFileSync(
        join(project, 'requirements.txt'),
        'httpx==0.27.0\n-r more.txt\n-r requirements.txt\n-c /etc/hostname\nrich>=13\n',
      );
      writeFileSync(join(project, 'more.txt'), '-r requirements.txt\na @ git+https://t0ken@h/a\n');
      const found = here(project);
      expect(found.map(({ kind }) => kind)).toEqual(['virtual-environment', 'list']);
      expect(found[1]?.packages.map(({ name, version, asked }) => [name, version, asked])).toEqual([
        ['httpx', '0.27.0', null],
        ['rich', null, '>=13'],
        ['a', null, 'an address'],
      ]);
      expect(found[1]?.unreadable).toContain('/etc/hostname was not followed');
      expect(JSON.stringify(found)).not.toContain('t0ken');
    } finally {
      renameSync(join(project, '.venv'), venv);
    }
  });

  it('is never taken for all that is loaded when a file of paths adds other folders', () => {
    const rest = () => collectedGaps().map(({ what, reason }) => `${what}: ${reason}`);
    expect(rest()).toEqual([]);
    for (const [name, line] of [
      ['more.pth', '/opt/more'],
      ['up.pth', '../../../../more'],
    ] as const) {
      writeFileSync(join(site, name), `# why\nimport os\n${line}\n`);
      try {
        const words = `${name} adds ${line}, which was not looked into`;
        expect(here(venv)[0]?.unreadable).toBe(words);
        expect(rest()).toEqual([`packages beside ${site}: ${words}`]);
      } finally {
        rmSync(join(site, name));
      }
    }
  });

  it('is said to be missing in part where it is led elsewhere, or has more than is read', () => {
    const root = join(base, 'led');
    makeEnvironment(root);
    mkdirSync(join(root, 'lib/python3.12'), { recursive: true });
    symlinkSync(site, join(root, 'lib/python3.12/site-packages'));
    symlinkSync(join(root, 'lib/python3.12'), join(root, 'lib/python3.13t'));
    expect(here(root).map(({ unreadable }) => unreadable)).toEqual([
      null,
      'it is reached through a link, which is not followed',
      'it is reached through a link, which is not followed',
    ]);
    const project = join(base, 'many');
    mkdirSync(project);
    for (let number = 0; number < 33; number += 1)
      writeFileSync(join(project, `requirements-${number}.txt`), 'a==1\n');
    expect(here(project).at(-1)?.unreadable).toContain('it has 33 files of requirements');
    rmSync(join(project, 'requirements-0.txt'));
    expect(here(project).every(({ unreadable }) => unreadable === null)).toBe(true);
    // A list that cannot be read is not passed over.
    rmSync(join(project, 'requirements-1.txt'));
    symlinkSync('/etc/hostname', join(project, 'uv.lock'));
    expect(
      here(project)
        .filter(({ unreadable }) => unreadable !== null)
        .map(({ id }) => id),
    ).toContain(join(project, 'uv.lock'));
    // The true path decides where a file that is taken in lies.
    const led = join(base, 'led-out');
    mkdirSync(join(led, 'own'), { recursive: true });
    writeFileSync(join(led, 'requirements.txt'), 'secret-name\n');
    symlinkSync(led, join(led, 'own/up'));
    writeFileSync(join(led, 'own/requirements.txt'), '-r up/requirements.txt\n');
    expect(here(join(led, 'own/requirements.txt'))[0]).toMatchObject({
      packages: [],
      unreadable: expect.stringContaining('up/requirements.txt was not followed'),
    });
    writeFileSync(join(led, 'long.txt'), `a==1\n${'#'.repeat(16 * 1024 * 1024)}\nevil\n`);
    expect(here(join(led, 'long.txt'))[0]?.unreadable).toContain('was not read whole');
    // Each of more files than are followed would hide one.
    const chain = join(base, 'chain');
    mkdirSync(chain);
    for (let number = 0; number < 66; number += 1)
      writeFileSync(join(chain, `${number}.txt`), number === 65 ? 'evil\n' : `-r ${number + 1}.txt\n`);
    expect(here(join(chain, '0.txt'))[0]?.unreadable).toContain('64.txt was not followed');
  });

  it('of more packages than are read is not taken for whole', () => {
    const root = join(base, 'crowd');
    const crowd = makeEnvironment(root);
    for (let number = 0; number < 8_193; number += 1) writeFileSync(join(crowd, `a${number}-1.egg-info`), '');
    expect(here(root)[0]?.unreadable).toContain('was not read whole');
  });

  it('is not made up where there is none', () => {
    mkdirSync(join(base, 'nothing'));
    for (const path of ['nothing', 'missing', 'elsewhere/METADATA'])
      expect(readPath(join(base, path)).ok).toBe(false);
    expect(readPath('/dev/null').ok).toBe(false);
  });

  it('of the system is read with its owners', (context) => {
    const folder = '/usr/lib/python3/dist-packages';
    if (!existsSync(folder)) return context.skip('no Python packages of Debian here');
    const [one] = here(folder);
    expect(one).toMatchObject({ kind: 'distribution-packages', unreadable: null });
    expect(one?.packages.length).toBeGreaterThan(0);
  });
});
