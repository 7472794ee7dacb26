import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, PROGRAM_FOLDERS } from '../machine.ts';
import { Refused } from '../refused.ts';
import { close, openFolder } from '../walk/descriptor.ts';
import { settleCopy } from './settle-copy.ts';

const machine: Machine = {
  stateFolder: '/var/lib/swarmkeep',
  ownFolder: '/usr/local/libexec/swarmkeep',
  programFolders: PROGRAM_FOLDERS,
  systemd: false,
};
/** Where the copy is said to be put later: what is outside of it is judged from there. */
const PLACE = '/opt/a/copy';

describe('a copy before it is put in place', () => {
  let folder: string;
  const sh = (script: string) => execFileSync('sh', ['-ec', script], { cwd: folder, encoding: 'utf8' });
  const settle = (uid: number, takeBits = 0, giveBits = 0) => {
    const top = openFolder(folder);
    try {
      settleCopy(machine, top, PLACE, { uid, gid: uid, takeBits, giveBits });
    } finally {
      close(top);
    }
  };
  const modes = () => sh("find . -mindepth 1 -printf '%p %m\\n' | sort").trim().split('\n');

  beforeEach((context) => {
    if (process.getuid?.() !== 0) context.skip('needs root, for a copy belongs to root');
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-settle-'));
  });
  afterEach(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it('has no setuid file, whoever it belongs to, and executes what could be executed', () => {
    sh('umask 022; mkdir d; : > x; : > y; : > z; chmod 6777 x; chmod 2600 y; chmod 4666 z; chmod 2700 d');
    settle(0, 0, 0o055);
    expect(modes()).toEqual(['./d 2755', './x 755', './y 644', './z 644']);
    sh('chown -R 1500:1500 . && chmod 6777 x');
    settle(1500);
    expect(modes()).toContain('./x 777');
  });

  it.each([
    ['to a folder outside', 'ln -s /etc/profile.d l'],
    ['to a folder outside, by way of another', 'mkdir a; ln -s ../../.. a/up; ln -s a/up/etc l'],
    [
      'to a file that another account can change',
      ': > /tmp/swarmkeep-theirs; chown 1500 /tmp/swarmkeep-theirs; ln -s /tmp/swarmkeep-theirs l',
    ],
    ['to nothing outside', 'ln -s /etc/swarmkeep-not-there l'],
    ['into the kernel', 'ln -s /proc/self/cwd l'],
    ['to a file that no plan may touch', 'ln -s /etc/shadow l'],
    ['round in a circle', 'ln -s m l; ln -s l m'],
  ])('is refused with a link %s, when it is root’s', (_name, script) => {
    sh(script);
    try {
      expect(() => settle(0)).toThrow(Refused);
      sh('chown -hR 1500:1500 .');
      expect(() => settle(1500)).not.toThrow();
    } finally {
      rmSync('/tmp/swarmkeep-theirs', { force: true });
    }
  });

  it('may have links in itself, and to files that only root can change', () => {
    sh(
      `mkdir -p lib bin; ln -s lib lib64; ln -s /usr/bin/env bin/python; ln -s python bin/python3; ln -s /bin/sh bin/sh; ln -s ${PLACE}/lib whole; ln -s lib/none dangling`,
    );
    expect(() => settle(0)).not.toThrow();
  });

  it.each([
    ['a pipe', 'mkfifo p'],
    ['a file of somebody else', ': > f; chown 7 f'],
    ['an access list that its folder handed on', 'setfacl -d -m u:1500:rwx .'],
  ])('is refused with %s', (_name, script) => {
    sh(script);
    expect(() => settle(0)).toThrow(Refused);
  });
});
