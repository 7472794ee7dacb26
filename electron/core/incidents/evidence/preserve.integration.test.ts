import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localHost } from '#core/hosts/local.ts';
import { blankInstance, type Profile } from '#shared/domain/profile.ts';
import { preserve } from './preserve.ts';
import { readArchive } from './read-archive.ts';

const TOKEN = `${'c0ffee'.repeat(10)}abcd`;
let base: string;
let home: string;
let profile: Profile;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-evidence-'));
  home = join(base, 'miu');
  const configuration = join(home, '.config/mycoswarm');
  mkdirSync(join(configuration, 'plugins/notes'), { recursive: true });
  writeFileSync(join(configuration, 'swarm-token'), `${TOKEN}\n`, { mode: 0o600 });
  writeFileSync(join(configuration, 'access.log'), `{"path":"/x","note":"${TOKEN}"}\n`);
  writeFileSync(join(configuration, 'plugins/notes/handler.py'), `API_TOKEN = "${TOKEN}"\nprint(1)\n`);
  writeFileSync(join(configuration, 'plugins/notes/two\nlines.py'), 'odd');
  writeFileSync(join(configuration, 'plugins/\u202eevil.py'), Buffer.from([0, 255, 10, 0, 7]));
  symlinkSync('/etc/shadow', join(configuration, 'plugins/notes/shadow.py'));
  symlinkSync('/etc/shadow', join(home, '.bashrc'));
  writeFileSync(join(home, '.profile'), 'export OPENAI_API_KEY=sk-proj-abcdefghijklmnopqrstuvwx\n');
  const instance = {
    ...blankInstance('mycoswarm.service', 'systemd'),
    user: 'miu',
    uid: 64_321,
    home,
    configurationFolder: configuration,
  };
  profile = { instances: [instance], corrected: [] };
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const request = (dataFolder: string, more: object = {}) => ({
  host: localHost(),
  node: { id: 'miu', name: 'miu' },
  profile,
  dataFolder,
  incident: null,
  version: 'test',
  now: () => new Date(),
  sealed: null,
  ...more,
});

it('takes what a real machine has into one archive, in order, without secrets and without following links', async () => {
  const folder = join(base, 'data');
  mkdirSync(folder, { mode: 0o700 });
  const told: number[] = [];
  const host = localHost();
  const summary = await preserve({ ...request(folder), host, onProgress: ({ done }) => told.push(done) });
  await host.close();
  const read = await readArchive(summary.archive);
  expect(read).toMatchObject({ ok: true, sha256: summary.sha256, manifestSha256: summary.manifestSha256 });
  const had = summary.pieces.filter(({ name }) => name !== null);
  expect(had.length).toBeGreaterThan(20);
  for (const piece of had.filter(({ outcome }) => outcome === 'whole'))
    expect(piece.sha256AtSource, piece.origin).toBe(piece.sha256Received);
  const subjects = [...new Set(summary.pieces.map(({ subject }) => subject))];
  expect(subjects).toEqual([
    'processes',
    'sockets',
    'network',
    'rules',
    'sessions',
    'memory',
    'persistence',
    'packages',
    'logs',
    'hashes',
  ]);
  const of = (end: string) => summary.pieces.find(({ origin }) => origin.endsWith(end));
  expect(of('/proc/PID/cmdline')).toMatchObject({ outcome: 'whole' });
  expect(of('plugins/notes/handler.py')).toMatchObject({ outcome: 'whole', sealed: 1 });
  expect(of('/access.log')).toMatchObject({ outcome: 'whole', sealed: 1 });
  expect(of('/.profile')).toMatchObject({ sealed: 1 });
  expect(of('/.bashrc -> /etc/shadow')).toMatchObject({ outcome: 'failed', name: null });
  expect(summary.pieces.some(({ origin }) => origin.includes('\u202e'))).toBe(false);
  expect(of('\\u{202e}evil.py')).toMatchObject({ bytes: 5, outcome: 'whole' });
  expect(summary.pieces.some(({ origin, why }) => origin.includes('two') && why.includes('line end'))).toBe(
    true,
  );
  expect(summary.secretsKept).toBe('not-kept');
  const clear = await clearText(summary.archive);
  expect(clear.includes(TOKEN)).toBe(false);
  expect(clear.includes('sk-proj-abcdefghijkl')).toBe(false);
  expect(clear.includes('[[sealed 0001]]')).toBe(true);
  expect(told.at(-1)).toBeGreaterThan(8);
  expect(readdirSync(join(folder, 'evidence'))).toHaveLength(1);
});

async function clearText(file: string): Promise<Buffer> {
  const { zstdDecompressSync } = await import('node:zlib');
  const { SEAL_BYTES } = await import('./archive-form.ts');
  const bytes = readFileSync(file);
  return zstdDecompressSync(bytes.subarray(0, bytes.length - SEAL_BYTES));
}
