import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CollectContext } from '../../collector.ts';
import { detectProfile } from '../../profile/detect.ts';
import { account, cloneHints, seenAs, subjectsOf } from '../../profile/testing.ts';
import { mycoswarmCollector } from '../mycoswarm.ts';

const isRoot = process.getuid?.() === 0;
let home: string;
let plugins: string;
const secret = randomBytes(32).toString('hex');

beforeEach(() => {
  home = mkdtempSync('/var/tmp/swarmkeep-own-');
  plugins = join(home, '.config/mycoswarm/plugins');
  mkdirSync(join(plugins, 'tool'), { recursive: true });
  writeFileSync(join(home, '.config/mycoswarm/swarm-token'), secret, { mode: 0o600 });
  writeFileSync(join(plugins, 'tool/handler.py'), 'print(1)\n');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function look() {
  const uid = process.getuid?.() ?? 0;
  const profile = detectProfile({
    seen: subjectsOf({ accounts: [account('agent', uid, home)] }),
    hints: cloneHints(home, uid),
    corrections: [],
  });
  const context: CollectContext = {
    privilege: isRoot ? 'root' : 'user',
    now: new Date(),
    skewMs: 0,
    salt: 'ab'.repeat(32),
    seen: { mounts: seenAs({ mounts: [], encryptedDevices: [] }) },
    profile,
  };
  const began = performance.now();
  const result = spawnSync('/bin/sh', ['-s'], {
    input: mycoswarmCollector.script(context),
    maxBuffer: 1 << 26,
  });
  const tookMs = performance.now() - began;
  const output = { stdout: result.stdout, stderr: '', exitCode: 0, timedOut: false, cut: false, tookMs: 1 };
  const read = mycoswarmCollector.parse(output, context);
  if (!read.seen) throw new Error(read.reason);
  expect(result.stdout.toString()).not.toContain(secret);
  return { ...read, tookMs };
}

const digest = () => look().value.plugins.find((plugin) => plugin.name === 'tool')?.digest;

describe('the digest of a plugin', () => {
  it('stays the same while nothing changes', () => {
    expect(digest()).toMatch(/^[0-9a-f]{64}$/);
    expect(digest()).toBe(digest());
  });

  it('counts bytecode, which Python may run without a look at its source', () => {
    const before = digest();
    mkdirSync(join(plugins, 'tool/__pycache__'));
    writeFileSync(join(plugins, 'tool/__pycache__/handler.cpython-311.pyc'), 'evil');
    expect(digest()).toMatch(/^[0-9a-f]{64}$/);
    expect(digest()).not.toBe(before);
  });

  it('is none where there are more files than are read', () => {
    for (let index = 0; index < 4_096; index += 1) writeFileSync(join(plugins, `tool/f${index}`), '');
    expect(digest()).toBeNull();
  });

  it('is none where a file is too large, whatever its time says', () => {
    const large = join(plugins, 'tool/large.py');
    writeFileSync(large, 'x');
    truncateSync(large, 33 * 1024 * 1024);
    utimesSync(large, 1, 1);
    expect(digest()).toBeNull();
  });

  it('is none where a link leads out of the plugin, and one where it stays inside', () => {
    symlinkSync('handler.py', join(plugins, 'tool/again.py'));
    expect(digest()).toMatch(/^[0-9a-f]{64}$/);
    symlinkSync(join(home, 'elsewhere.py'), join(plugins, 'tool/out.py'));
    expect(digest()).toBeNull();
  });

  it('is told of hidden folders that hold a plugin', () => {
    mkdirSync(join(plugins, '.hidden'));
    writeFileSync(join(plugins, '.hidden/handler.py'), 'x');
    expect(look().value.plugins.map((plugin) => plugin.name)).toContain('.hidden');
  });

  it('comes with a gap where there are more plugins than are read', () => {
    for (let index = 0; index < 257; index += 1) mkdirSync(join(plugins, `p${index}`));
    expect(look().gaps.map((gap) => gap.what)).toContain(`plugins in ${plugins}`);
  });
});

describe('copies of the secret', () => {
  const leaks = () => look().value.tokens[0]?.leaks;

  it('are found in a file that everybody can read, and not behind a closed folder', () => {
    const folder = mkdtempSync('/srv/swarmkeep-copy-');
    try {
      writeFileSync(join(folder, 'token-copy'), `x ${secret}\n`, { mode: 0o644 });
      expect(leaks()).toEqual([]);
      execFileSync('chmod', ['755', folder]);
      expect(leaks()).toEqual([{ kind: 'world-readable', place: join(folder, 'token-copy') }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 30_000);

  it('are found in the histories of other accounts', (context) => {
    if (!isRoot) return context.skip('adding an account takes root');
    const name = `swk-history-${process.pid}`;
    execFileSync('/usr/sbin/useradd', ['-m', '-s', '/bin/sh', name]);
    try {
      const history = `/home/${name}/.bash_history`;
      writeFileSync(history, `curl -H "X-Swarm-Token: ${secret}"\n`, { mode: 0o600 });
      expect(leaks()).toEqual([{ kind: 'shell-history', place: history }]);
    } finally {
      execFileSync('/usr/sbin/userdel', ['-r', name], { stdio: 'ignore' });
    }
  }, 30_000);

  it('are found in the home behind many files that only their owner can read', () => {
    for (let index = 0; index < 200; index += 1)
      writeFileSync(join(home, `a${index}`), secret, { mode: 0o600 });
    writeFileSync(join(home, 'zz two\nlines'), secret, { mode: 0o644 });
    expect(leaks()).toEqual([{ kind: 'world-readable', place: join(home, 'zz two\nlines') }]);
  }, 30_000);

  it('are told up to a number, and that there are more', () => {
    for (let index = 0; index < 40; index += 1)
      writeFileSync(join(home, `open${index}`), secret, { mode: 0o644 });
    const { value, gaps } = look();
    expect(value.tokens[0]?.leaks).toHaveLength(32);
    const what = `copies of ${home}/.config/mycoswarm/swarm-token in ${home}`;
    expect(gaps.map((gap) => gap.what)).toContain(what);
    for (let index = 0; index < 1_100; index += 1)
      writeFileSync(join(home, `closed${index}`), secret, { mode: 0o600 });
    expect(look().gaps.map((gap) => gap.what)).toContain(what);
  }, 60_000);

  it('are said to be unsought where there was more than could be searched', () => {
    const folder = mkdtempSync('/srv/swarmkeep-copy-');
    try {
      execFileSync('chmod', ['755', folder]);
      const many =
        'for d in $(seq 13); do mkdir d$d; for f in $(seq 1000); do echo 0123456789ab > d$d/$f; done; done; chmod -R go+rX .';
      execFileSync('/bin/sh', ['-c', many], { cwd: folder });
      const { gaps, tookMs } = look();
      expect(gaps.map((gap) => gap.what)).toContain(
        `copies of ${home}/.config/mycoswarm/swarm-token in /srv`,
      );
      expect(tookMs).toBeLessThan(10_000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
