import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import { commandBack, namesRootsOwn } from './by-hand.ts';

const folders: string[] = [];
function lab(): { at: (name: string) => string; record: string } {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-by-hand-'));
  folders.push(folder);
  mkdirSync(join(folder, 'record'));
  return { at: (name) => join(folder, name), record: join(folder, 'record') };
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const run = (command: string | null) => execFileSync('/bin/sh', ['-c', command ?? 'exit 9']);
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const sha256 = '0'.repeat(64);

it('brings back a file from its undo record, with mode and time', () => {
  const { at, record } = lab();
  const path = at("it's $HOME here");
  writeFileSync(path, 'before', { mode: 0o604 });
  execFileSync('touch', ['-d', '2020-01-02T03:04:05Z', path]);
  const before = statSync(path);
  // As the helper keeps it: one member that is called `entry`.
  execFileSync('tar', [
    '--create',
    `--file=${record}/entry.tar`,
    '--format=pax',
    '--transform=s,.*,entry,',
    '-P',
    '--',
    path,
  ]);
  rmSync(path);
  writeFileSync(path, 'after', { mode: 0o600 });
  const expect_ = { kind: 'file', sha256, ...own, mode: 0o604 } as const;
  const action: HelperAction = {
    verb: 'write-file',
    path,
    contents: '',
    ...own,
    mode: 0o600,
    expect: expect_,
  };
  run(commandBack(action, record, true));
  const after = statSync(path);
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect([after.mode, after.mtimeMs, after.uid]).toEqual([before.mode, before.mtimeMs, before.uid]);
  expect(
    commandBack({ verb: 'remove-lines', path, lines: [sha256], expect: expect_ }, record, false),
  ).toMatch(/^sudo tar -x .* && sudo mv -T -- /);
});

it('takes away what was made, and gives attributes back', () => {
  const { at, record } = lab();
  const absent = { kind: 'absent' } as const;
  writeFileSync(at('-f'), 'new');
  run(
    commandBack(
      { verb: 'write-file', path: at('-f'), contents: '', ...own, mode: 0o600, expect: absent },
      record,
      true,
    ),
  );
  expect(() => statSync(at('-f'))).toThrow('ENOENT');
  mkdirSync(at('made'));
  run(
    commandBack(
      { verb: 'make-directory', path: at('made'), ...own, mode: 0o755, expect: absent },
      record,
      true,
    ),
  );
  expect(() => statSync(at('made'))).toThrow('ENOENT');
  writeFileSync(at('file'), '', { mode: 0o600 });
  const was = { kind: 'file', sha256, ...own, mode: 0o640 } as const;
  run(
    commandBack({ verb: 'set-attributes', path: at('file'), ...own, mode: 0o600, expect: was }, record, true),
  );
  expect(statSync(at('file')).mode & 0o7777).toBe(0o640);
});

it('gives no command where only the record knows what was there, nor one that cannot be written safely', () => {
  const any = { kind: 'any' } as const;
  const quiet = { verb: 'after-undo', rereadUnits: false, loadAuditRules: false, units: [] } as const;
  expect(
    commandBack({ verb: 'set-attributes', path: '/x', ...own, mode: 0o600, expect: any }, '/r', true),
  ).toBeNull();
  expect(commandBack({ ...quiet, units: [] }, '/r', true)).toBeNull();
  const hidden = `/etc/a${String.fromCodePoint(0x202e)}b`;
  expect(
    commandBack(
      { verb: 'make-directory', path: hidden, ...own, mode: 0o755, expect: { kind: 'absent' } },
      '/r',
      true,
    ),
  ).toBeNull();
});

it('is for places where nobody but root can put a link in the way of a command of root', () => {
  const was = { kind: 'file', sha256, ...own, mode: 0o640 } as const;
  const of = (path: string): HelperAction => ({
    verb: 'set-attributes',
    path,
    ...own,
    mode: 0o600,
    expect: was,
  });
  for (const path of ['/etc/nftables.d/a.nft', '/usr/lib/tmpfiles.d/a.conf'])
    expect(namesRootsOwn(of(path)), path).toBe(true);
  for (const path of [
    '/home/eve/.config/mycoswarm/swarm-token',
    '/srv/mycoswarm',
    '/opt/a',
    '/var/lib/a',
    '/etc',
  ])
    expect(namesRootsOwn(of(path)), path).toBe(false);
});
