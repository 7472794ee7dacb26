import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { timerArguments } from './revert-timer.ts';

const OWN_SYSTEMD = join(import.meta.dirname, '../../core/audit/background/testing/own-systemd.sh');
const GROUPS = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup'].find((path) =>
  existsSync(`${path}/cgroup.procs`),
);
/** More than the five starts in ten seconds that systemd allows a unit by itself. */
const FAILS = 8;

describe('the timer of a change, with a real systemd', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-timer-'));
    mkdirSync(join(folder, 'home'), { mode: 0o700 });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('starts what fails again and again until it ends well', (context) => {
    if (process.getuid?.() !== 0) context.skip('only root may make the namespaces that this needs');
    if (!existsSync('/lib/systemd/systemd') || GROUPS === undefined)
      context.skip('systemd is not installed here');
    if (spawnSync('unshare', ['-m', '-C', 'true']).status !== 0)
      context.skip('unshare(1) may not make namespaces here');
    // Killed the first time, then failing, then done.
    const works = join(folder, 'works.sh');
    writeFileSync(
      works,
      `echo start >> ${folder}/starts\nn=$(wc -l < ${folder}/starts)\n[ "$n" = 1 ] && kill -9 $$\n[ "$n" -gt ${FAILS} ] && touch ${folder}/done\n`,
    );
    const words = timerArguments('c', 2, new Date(Date.now() + 2_000));
    const waits = join(folder, 'waits.sh');
    writeFileSync(
      waits,
      `systemd-run --user "$@" -- /bin/sh ${works} >&2 || exit 1\nn=0\nuntil [ -e ${folder}/done ] || [ $n = 300 ]; do n=$((n + 1)); sleep 0.1; done\n`,
    );
    const group = join(GROUPS ?? '', `swarmkeep-timer-${process.pid}`);
    const run = spawnSync(
      'unshare',
      [
        ...['-m', '-C', '--propagation', 'private', 'sh', OWN_SYSTEMD, group, join(folder, 'home')],
        ...['sh', waits, ...words],
      ],
      { encoding: 'utf8', timeout: 55_000, env: { PATH: process.env.PATH } },
    );
    if (existsSync(group)) rmdirSync(group);
    const starts = readFileSync(join(folder, 'starts'), 'utf8').trim().split('\n');
    expect(starts.length, run.stderr).toBeGreaterThan(FAILS);
  }, 60_000);
});
