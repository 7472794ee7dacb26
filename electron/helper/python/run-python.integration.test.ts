import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, PROGRAM_FOLDERS } from '../machine.ts';
import { runPython } from './run-python.ts';

const NOBODY = { uid: 65_431, gid: 65_431, home: null };
const SCRATCH = { home: '/', temporary: '/tmp' };
const machine: Machine = {
  stateFolder: '/nowhere',
  ownFolder: '/nowhere',
  programFolders: PROGRAM_FOLDERS,
  systemd: false,
};

/** Processes of that number, by what they were started with. */
function alive(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        const isTheirs =
          new RegExp(`^Uid:\\s+${NOBODY.uid}\\b`, 'm').test(status) && !/^State:\s*Z/m.test(status);
        return isTheirs ? [readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')] : [];
      } catch {
        return [];
      }
    });
}

describe('the Python of an environment', () => {
  let root = '';
  const python = (script: string) => {
    writeFileSync(join(root, 'bin/python'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(root, 'bin/python'), 0o755);
  };
  /** Forks twice into a session of its own, and asks not to be told when its parent ends. */
  const HIDES = '(setsid setpriv --pdeathsig clear sleep 7131 > /dev/null 2>&1 &)';
  const HANGS = `${HIDES}\nexec setpriv --pdeathsig clear sleep 7132`;

  beforeEach((context) => {
    const isPossible =
      process.getuid?.() === 0 && spawnSync('unshare', ['--fork', '--pid', 'true']).status === 0;
    if (!isPossible) context.skip('another account and a process namespace need root on Linux');
    root = mkdtempSync(join(tmpdir(), 'swarmkeep-python-'));
    chmodSync(root, 0o755);
    mkdirSync(join(root, 'bin'), { mode: 0o755 });
  });
  afterEach(() => {
    if (root !== '') rmSync(root, { recursive: true });
    root = '';
  });

  it('leaves nothing running that it forked, when it ends', () => {
    python(`${HIDES}\necho done`);
    const end = runPython(machine, root, NOBODY, [], SCRATCH, 60_000, null);
    expect(alive()).toEqual([]);
    expect(end).toMatchObject({ status: 0, timedOut: false });
    expect(end.output.toString()).toBe('done\n');
  });

  it('is ended at its limit with everything that it forked, whatever it asked the kernel for', () => {
    python(HANGS);
    const end = runPython(machine, root, NOBODY, [], SCRATCH, 2_000, null);
    expect(alive()).toEqual([]);
    expect(end).toMatchObject({ timedOut: true });
  });

  it('is ended when it says more than is read', async () => {
    python(`${HIDES}\nexec yes`);
    expect(runPython(machine, root, NOBODY, [], SCRATCH, 60_000, null)).toMatchObject({ cut: true });
    await expect.poll(alive, { timeout: 20_000 }).toEqual([]);
  });

  it('ends with a helper that is killed', async () => {
    python(HANGS);
    const script = `import { runPython } from ${JSON.stringify(join(import.meta.dirname, 'run-python.ts'))};
      runPython(...JSON.parse(process.argv[1]));`;
    const given = JSON.stringify([machine, root, NOBODY, [], SCRATCH, 600_000, null]);
    const helper = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script, given], {
      stdio: 'ignore',
    });
    await expect.poll(() => alive().length, { timeout: 30_000 }).toBe(2);
    const ended = once(helper, 'exit');
    helper.kill('SIGKILL');
    await ended;
    await expect.poll(alive, { timeout: 20_000 }).toEqual([]);
  });

  it('writes nowhere but in its stage, whatever namespace it makes for itself, and sees no process but its own', () => {
    const [own, stage] = ['own', 'stage'].map((name) => join(root, name));
    for (const folder of [own, stage] as string[]) {
      mkdirSync(folder);
      chownSync(folder, NOBODY.uid, NOBODY.gid);
    }
    const tries = `for at in ${own} ${stage} /tmp /var/tmp; do (echo x > $at/written) 2>/dev/null && echo "$at"; rm -f $at/written; done`;
    python(`${tries}\necho deeper\nunshare -Urm sh -c 'mount -o remount,bind,rw / 2>/dev/null; mount -o remount,bind,rw /tmp 2>/dev/null; ${tries}' 2>/dev/null
      ls /proc | grep -c '^[0-9]'`);
    const end = runPython(machine, root, NOBODY, [], SCRATCH, 60_000, stage as string);
    const [first, word, second, processes] = end.output.toString().trim().split('\n');
    expect([first, word, second]).toEqual([stage, 'deeper', stage]);
    expect(Number(processes)).toBeLessThan(8);
  });

  it('has no terminal of whoever started the helper', () => {
    python('cut -d" " -f6 /proc/self/stat; cut -d" " -f7 /proc/self/stat');
    const end = runPython(machine, root, NOBODY, [], SCRATCH, 60_000, null);
    const [session, terminal] = end.output.toString().split('\n');
    const mine = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[3];
    expect(terminal).toBe('0');
    expect(session).not.toBe(mine);
  });
});
