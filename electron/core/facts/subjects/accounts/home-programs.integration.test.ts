import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blankInstance } from '#shared/domain/profile.ts';
import type { CollectContext } from '../../collector.ts';
import { seenAs } from '../../profile/testing.ts';
import { filesCollector } from '../files.ts';
import { parseAccounts } from './parse.ts';
import { homeProgramsScript } from './script.ts';

const FIRST = Buffer.from(
  '@passwd:1\0root:x:0:0:root:/root:/bin/sh\n\0@end:0\0@capabilities-read:0\0@programs-end:0\0',
);

const asItIs = (script: string) => script;

/** Looks at /home as a collection does: the search of what is not walked, and what the walk tells. */
function look(home: string, mounts: string[] | null, edit = asItIs, editSearch = asItIs) {
  const source = join(home, 'mycoSwarm');
  const instance = {
    ...blankInstance('a', 'by-hand'),
    uid: 64_321,
    source,
    workspace: join(source, 'workspace'),
  };
  const facts = mounts?.map((path) => ({ path, type: 'ext4', source: '', options: [], hung: false }));
  const context: CollectContext = {
    privilege: 'root',
    now: new Date(),
    skewMs: 0,
    salt: '',
    seen: facts ? { mounts: seenAs({ mounts: facts as never, encryptedDevices: [] }) } : {},
    profile: { corrected: [], instances: [instance] },
  };
  const run = (script: string) => spawnSync('/bin/sh', ['-s'], { input: script, maxBuffer: 1 << 26 }).stdout;
  const search = homeProgramsScript(context);
  const stdout = Buffer.concat([FIRST, run(editSearch(search)), run(edit(filesCollector.script(context)))]);
  const output = { stdout, stderr: '', exitCode: 0, timedOut: false, cut: false, tookMs: 1 };
  const read = parseAccounts(output, context);
  if (!read.seen) throw new Error(read.reason);
  const programs = read.value.setuidPrograms.filter(({ path }) => path.startsWith(home));
  return {
    search,
    found: programs.map(({ path, mode, capabilities }) => [
      path.slice(home.length),
      mode & 0o7000,
      capabilities !== null,
    ]),
    gaps: read.gaps.map((gap) => gap.what).filter((what) => what.startsWith('setuid')),
  };
}

it('finds every program of a home once, whoever walks over it, and says when it may not', {
  timeout: 60_000,
}, (context) => {
  if (process.getuid?.() !== 0) return context.skip('making programs of root takes root');
  const home = mkdtempSync('/home/swarmkeep-programs-');
  try {
    const deep = join(home, 'mycoSwarm/workspace/a/b/c/d');
    mkdirSync(deep, { recursive: true });
    mkdirSync(join(home, 'other'));
    const put = (folder: string, name: string, mode: number) => {
      copyFileSync('/usr/bin/true', join(folder, name));
      chmodSync(join(folder, name), mode);
    };
    put(join(home, 'mycoSwarm/workspace'), 'two\nlines', 0o4755);
    put(deep, 'deep', 0o2755);
    put(deep, 'plain', 0o755);
    put(join(home, 'other'), 'beside', 0o4755);
    const able = existsSync('/usr/sbin/setcap');
    for (const place of ['other/able', 'mycoSwarm/workspace/able']) {
      if (!able) break;
      put(home, place, 0o755);
      spawnSync('/usr/sbin/setcap', ['cap_net_raw+ep', join(home, place)]);
    }
    const expected = [
      ...(able ? [['/mycoSwarm/workspace/able', 0, true]] : []),
      ['/mycoSwarm/workspace/a/b/c/d/deep', 0o2000, false],
      ['/mycoSwarm/workspace/two\nlines', 0o4000, false],
      ...(able ? [['/other/able', 0, true]] : []),
      ['/other/beside', 0o4000, false],
    ].toSorted();
    const together = look(home, ['/']);
    expect(together.search).toContain(`-path ${home}/mycoSwarm/workspace`);
    expect(together.found.toSorted()).toEqual(expected);
    expect(together.gaps).toEqual([]);

    // A file system of its own, or nobody knows: then the search looks at all of it, to its depth.
    for (const mounts of [['/', home], null]) {
      const apart = look(home, mounts);
      expect(apart.search).not.toContain(`-path ${home}`);
      expect(apart.found.toSorted()).toEqual(expected.filter(([path]) => !`${path}`.endsWith('/deep')));
    }
    // A walk that did not come to its end may have missed some.
    const late = look(home, ['/'], (script) => script.replace(/walk_end=.*$/m, 'walk_end=0'));
    expect(late.gaps).toEqual(['setuid programs below /home']);
    const silent = look(home, ['/'], () => '');
    expect(silent.gaps).toEqual(['setuid programs below /home']);
    // A program that getcap(8) could tell nothing of may have any capability.
    const vague = (script: string) => script.replace('xargs -0 -r getcap', "xargs -0 -r sh -c 'exit 1'");
    expect(look(home, ['/'], vague).gaps).toEqual(able ? ['setuid programs below /home'] : []);
    expect(look(home, null, asItIs, vague).gaps).toEqual(able ? ['setuid programs below /home'] : []);
  } finally {
    rmSync(home, { recursive: true });
  }
});
