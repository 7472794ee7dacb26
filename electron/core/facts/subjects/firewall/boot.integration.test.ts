import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { END, PRELUDE } from '../../script/prelude.ts';
import { readRecords } from '../../script/records.ts';
import { BOOT_SCRIPT } from './boot-script.ts';
import { readBoot } from './read-boot.ts';

const isRoot = process.getuid?.() === 0;
const canLoad =
  isRoot && spawnSync('unshare', ['-n', 'nft', 'list', 'ruleset'], { stdio: 'ignore' }).status === 0;

let folder: string;
beforeEach((context) => {
  if (!canLoad) context.skip('needs root, unshare and nft');
  folder = mkdtempSync('/run/swarmkeep-boot-'); // every folder above belongs to root, which /tmp does not give
  chmodSync(folder, 0o755);
});
afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** What is read of one file of nft, loaded as if a unit did it at boot. */
function look(path: string, prefix: string[] = []) {
  const script = `${PRELUDE}${BOOT_SCRIPT}emit boot yes\nboot_nft '${path}' no\n${END}`;
  const [program, ...words] = [...prefix, '/bin/sh', '-s'];
  const run = spawnSync(program as string, words, { input: script, timeout: 30_000 });
  const { records, finished } = readRecords({ stdout: run.stdout });
  expect(finished).toBe(true);
  const file = readBoot(records, null).boot?.files[0];
  if (file === undefined) throw new Error(run.stderr.toString());
  return file;
}

function write(name: string, text: string, mode = 0o644): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** Files that the commands of a unit load, as `boot_files` finds them. */
function filesOf(unit: string, shown: string): string[] {
  const script = `${PRELUDE}${BOOT_SCRIPT}boot_files '${unit}' '${shown}'\n`;
  const run = spawnSync('/bin/sh', ['-s'], { input: script, timeout: 30_000 });
  return run.stdout.toString().trim().split('\n');
}

const command = (key: string, path: string, words: string) =>
  `${key}={ path=${path} ; argv[]=${words} ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }`;

const TABLE = 'table inet t {\n  chain c {\n    type filter hook output priority 0;\n    RULE\n  }\n}\n';

it('lets nft say what a file gives, and touches no live rule', () => {
  const before = spawnSync('nft', ['-j', 'list', 'ruleset']).stdout.toString();
  const path = write('a.nft', `flush ruleset\n${TABLE.replace('RULE', 'meta skuid 1001 drop')}`);
  const file = look(path);
  expect(file).toMatchObject({ path, language: 'nft', problem: null });
  expect(file.text).toContain('flush ruleset');
  expect(JSON.stringify(JSON.parse(file.loaded ?? ''))).toContain('"right":1001');
  expect(spawnSync('nft', ['-j', 'list', 'ruleset']).stdout.toString()).toBe(before);
});

it('makes the interfaces that a file names by number', () => {
  const face = spawnSync('sh', ['-c', 'ls /sys/class/net | grep -v lo | head -n 1']).stdout.toString().trim();
  if (face === '') return;
  expect(look(write('b.nft', TABLE.replace('RULE', `oif "${face}" drop`))).loaded).toContain(face);
});

it('follows what a file includes', () => {
  mkdirSync(join(folder, 'd'));
  write('d/x.nft', TABLE.replace('RULE', 'tcp dport 7 drop'));
  expect(look(write('c.nft', `include "${folder}/d/*.nft"\n`)).loaded).toContain('dport');
  expect(look(write('c2.nft', 'include "/nowhere/*.nft"\n')).loaded).toContain('nftables');
});

it('gives nft nothing that others than root may change', () => {
  const plain = TABLE.replace('RULE', 'accept');
  const trust = expect.stringContaining('others than root');
  expect(look(write('g.nft', plain, 0o664))).toMatchObject({ loaded: null, problem: trust });
  write('open.nft', plain, 0o666);
  expect(look(write('i.nft', `include "${folder}/open.nft"\n`))).toMatchObject({
    loaded: null,
    problem: trust,
  });
  expect(look(write('r.nft', 'include "relative.nft"\n'))).toMatchObject({ loaded: null, problem: trust });
  symlinkSync(join(folder, 'open.nft'), join(folder, 'link.nft'));
  expect(look(join(folder, 'link.nft'))).toMatchObject({ loaded: null, problem: trust });
  chmodSync(folder, 0o777);
  expect(look(write('f.nft', plain))).toMatchObject({ loaded: null, problem: trust });
});

it('says what nft refuses, what is not there, and what root would have to do', () => {
  expect(look(write('bad.nft', 'table inet {\n'))).toMatchObject({
    loaded: null,
    problem: 'nft refuses to load it',
  });
  expect(look(join(folder, 'none.nft'))).toMatchObject({
    text: null,
    loaded: null,
    problem: 'there is no such file',
  });
  const path = write('u.nft', TABLE.replace('RULE', 'accept'));
  const user = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
  expect(look(path, user)).toMatchObject({ loaded: null, problem: expect.stringContaining('only root') });
});

it('finds the files in the commands of a unit', () => {
  const nft = [
    command('ExecStart', '/usr/sbin/nft', '/usr/sbin/nft -f /etc/nftables.conf'),
    command('ExecStart', '/usr/sbin/ip6tables-restore', '/usr/sbin/ip6tables-restore -n /etc/fw/six'),
    command('ExecStartPost', '/bin/sh', '/bin/sh -c iptables-legacy-restore </etc/fw/four'),
    command('ExecReload', '/usr/sbin/nft', '/usr/sbin/nft -f /etc/other.conf'),
  ].join('\n');
  expect(filesOf('own.service', nft)).toEqual([
    'nft /etc/nftables.conf',
    'v6 /etc/fw/six',
    'v4 /etc/fw/four',
  ]);
  expect(filesOf('netfilter-persistent.service', '')).toEqual([
    'v4 /etc/iptables/rules.v4',
    'v6 /etc/iptables/rules.v6',
  ]);
});

it('reads when a unit loads them and what takes it along', () => {
  const shown = [
    'Id=own.service',
    'ActiveState=active',
    'UnitFileState=static',
    'After=nftables.service basic.target',
    'PartOf=nftables.service',
    'ReloadPropagatedFrom=nftables.service',
    'RequiredBy=mycoswarm.service',
    command('ExecStart', '/usr/sbin/nft', '/usr/sbin/nft -f /etc/b'),
    command('ExecReload', '/usr/sbin/nft', '/usr/sbin/nft -f /etc/a.nft'),
    command('ExecStop', '/usr/sbin/nft', '/usr/sbin/nft flush ruleset'),
    command('ExecStop', '/bin/true', '/bin/true'),
  ].join('\n');
  const fields = ['own.service', shown, 'nft /etc/a.nft\nv6 /etc/b'].map((text) => Buffer.from(text));
  const unit = { tag: 'boot-unit', fields };
  const head = { tag: 'boot', fields: [Buffer.from('yes')] };
  const { boot } = readBoot([head, unit], null);
  expect(boot?.loaders).toEqual([
    {
      unit: 'own.service',
      enabled: true,
      active: true,
      files: ['/etc/a.nft', '/etc/b'],
      starts: ['/usr/sbin/nft -f /etc/b'],
      stops: ['/usr/sbin/nft flush ruleset', '/bin/true'],
      reloads: ['/usr/sbin/nft -f /etc/a.nft'],
      after: ['nftables.service', 'basic.target'],
      restartsWith: ['nftables.service'],
      reloadsWith: ['nftables.service'],
      requiredBy: ['mycoswarm.service'],
    },
  ]);
  expect(readBoot([{ tag: 'boot', fields: [Buffer.from('no')] }], null)).toMatchObject({
    boot: null,
    gaps: [{ what: 'rules that are loaded at boot' }],
  });
});
